"""The columns of a customer list: one row a customer (legal person), groups linked by ``group_id``.

The columns are the pipeline's, the same for every study. ``secret`` ones must not enter it at all: reading stops when
one is filled. ``pseudonym`` is a key and is never published; ``confidential`` ones only as shares or classes,
``internal`` ones as counts, both in groups of at least the study's smallest cell. Amounts are in 10 thousand units of
the currency, turnover in 100 million. ``prod__<product id>`` (family) says whether a product is in use.
"""

from typing import NamedTuple

FAMILY = r"prod__[A-Za-z0-9_]+"
AMOUNT = "10 thousand units of the currency"


class Column(NamedTuple):
    """A column: kind is text, category, number, whole, flag (0/1) or date."""

    name: str
    kind: str
    confidential: str
    required: bool = False
    allowed: tuple[str, ...] = ()
    minimum: float = 0
    unit: str = ""


COLUMNS = (
    Column("customer_id", "text", "pseudonym", required=True),
    Column("customer_name", "text", "secret"),
    Column("credit_code", "text", "secret"),
    Column("group_id", "text", "pseudonym"),
    Column("sub_branch", "text", "internal", required=True),
    Column("manager_code", "text", "internal"),
    Column("city", "text", "internal", required=True),
    Column(
        "ownership",
        "category",
        "internal",
        required=True,
        allowed=("central_soe", "local_soe", "private", "foreign", "public_institution", "other"),
    ),
    Column("industry_section", "category", "internal", required=True, allowed=tuple("ABCDEFGHIJKLMNOPQRST")),
    Column("size_class", "category", "internal", required=True, allowed=("large", "medium", "small")),
    Column("turnover_yuan_100m", "number", "confidential", unit="100 million units of the currency"),
    Column("employees", "whole", "confidential", unit="persons"),
    Column("listed_or_bond_issuer", "flag", "internal"),
    Column("internal_rating", "category", "confidential", allowed=("A", "B", "C", "D", "unrated")),
    Column("risk_flag", "category", "confidential", required=True, allowed=("normal", "watch", "npl")),
    Column("relationship_start_year", "whole", "internal", required=True, minimum=1950, unit="year"),
    Column("tier", "category", "internal", allowed=("strategic", "core", "growth", "potential")),
    Column("deposit_avg", "number", "confidential", required=True, unit=AMOUNT),
    Column("loan_balance", "number", "confidential", required=True, unit=AMOUNT),
    Column("off_balance", "number", "confidential", unit=AMOUNT),
    Column("credit_line", "number", "confidential", unit=AMOUNT),
    Column("total_bank_debt", "number", "confidential", unit=AMOUNT),
    Column("settlement_volume", "number", "confidential", unit=AMOUNT),
    Column("fee_income", "number", "confidential", minimum=float("-inf"), unit=AMOUNT),
    Column("net_contribution", "number", "confidential", minimum=float("-inf"), unit=AMOUNT),
    Column("contacts_12m", "whole", "internal", unit="visits"),
    Column("complaints_12m", "whole", "internal", unit="complaints"),
    Column("approval_days_last", "number", "internal", unit="days"),
    Column("status", "category", "internal", required=True, allowed=("existing", "lost", "prospect")),
    Column("invited", "flag", "none", required=True),
    Column("invite_wave", "whole", "none", minimum=1),
    Column("responded", "flag", "none", required=True),
    Column("response_date", "date", "none"),
)
SECRET = tuple(column.name for column in COLUMNS if column.confidential == "secret")
KEPT = tuple(column.name for column in COLUMNS if column.confidential != "secret")
FLAGS = {"1": 1, "yes": 1, "true": 1, "是": 1, "0": 0, "no": 0, "false": 0, "否": 0}

LABELS = {
    ("status", "existing"): ("Existing", "存量客户"),
    ("status", "lost"): ("Lost in the last 24 months", "近24个月流失"),
    ("status", "prospect"): ("Prospect", "潜在客户"),
    ("size_class", "large"): ("Large", "大型"),
    ("size_class", "medium"): ("Medium", "中型"),
    ("size_class", "small"): ("Small", "小型"),
    ("tier", "strategic"): ("Strategic", "战略"),
    ("tier", "core"): ("Core", "核心"),
    ("tier", "growth"): ("Growth", "成长"),
    ("tier", "potential"): ("Potential", "潜力"),
}
