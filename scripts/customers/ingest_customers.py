"""Read and check the customer list; it stays in the confidential folder.

Method. The list is read by ``scripts/customers/customer_list.py``, with which the Snakefile has read it before. What
can be an error of another system is a warning with its count: a credit line below loans and off-balance items, total
debt below our loans.

Counts by status stand beside totals of other tables, so a small one cannot just be blanked. Fewer than ``min_cell``
lost customers are counted among the existing ones, here and in every table of customers; fewer than ``min_cell``
prospects are not counted, and then the length of the list is not told.

The kind of data that the list is declared to hold goes with the values: everything made from it also rests on the
questionnaire, so that its ancestors do not tell a real list beside synthetic answers.

A study without a customer list gets an empty table and a sentence.
"""

import logging
from typing import Any

import pandas as pd

from scripts.customers.customer_list import read_customers
from scripts.customers.schema import COLUMNS, KEPT
from scripts.lib import tables, values
from scripts.lib.job import run

STATUSES = ("existing", "lost", "prospect")
WHOLE = [column.name for column in COLUMNS if column.kind in ("whole", "flag")]


def frame_of(columns: dict[str, list[Any]]) -> pd.DataFrame:
    """The list as a table: amounts as floats, whole numbers and flags as integers that may be missing."""
    whole = [name for name in columns if name in WHOLE or name.startswith("prod__")]
    return pd.DataFrame(columns).astype(dict.fromkeys(whole, "Int64"))


def integrity(frame: pd.DataFrame) -> dict[str, int]:
    """Customers whose figures do not agree with each other: line below use, debt below our loans."""
    used = frame["loan_balance"] + frame["off_balance"].fillna(0)
    return {
        "line_below_use": int((frame["credit_line"] < used).sum()),
        "debt_below_loans": int((frame["total_bank_debt"] < frame["loan_balance"]).sum()),
    }


def few_lost(frame: pd.DataFrame, min_cell: int) -> bool:
    """True when the lost customers are too few to be told from the existing ones."""
    return 0 < int((frame["status"] == "lost").sum()) < min_cell


def by_status(frame: pd.DataFrame, min_cell: int) -> dict[str, int | None]:
    """Customers by status, and ``all`` of them; None where a count is not told."""
    n = frame["status"].value_counts().reindex(STATUSES, fill_value=0)
    if few_lost(frame, min_cell):
        served: dict[str, int | None] = {"existing": int(n["existing"] + n["lost"]), "lost": None}
    else:
        served = {"existing": int(n["existing"]), "lost": int(n["lost"])}
    prospects = shown(int(n["prospect"]), min_cell)
    return served | {"prospect": prospects, "all": None if prospects is None else len(frame)}


def shown(n: int, min_cell: int) -> int | None:
    """A count that may be published, or nothing."""
    return None if 0 < n < min_cell else n


def warn(counts: dict[str, int], lost_folded: bool, min_cell: int) -> list[dict[str, Any]]:
    """A warning a rule of integrity that is broken, and one where statuses are joined; small counts are not named."""
    texts = {
        "line_below_use": ("a credit line below loans and off-balance items", "授信总额低于贷款与表外余额之和"),
        "debt_below_loans": ("a total debt below the loans of this list", "全部融资低于本名单贷款余额"),
    }
    warnings = []
    for code, n in counts.items():
        if n:
            few = n < min_cell
            en = f"Fewer than {min_cell}" if few else str(n)
            zh = f"少于{min_cell}" if few else str(n)
            what = texts[code]
            note = f"{en} customers of the list have {what[0]}."
            warnings.append(values.warning(f"customers_{code}", "note", note, f"{zh}户客户的{what[1]}。"))
    if lost_folded:
        warnings.append(
            values.warning(
                "customers_few_lost",
                "note",
                f"Fewer than {min_cell} customers of the list were lost; they are counted among the existing ones.",
                f"名单中流失客户少于{min_cell}户，计入存量客户。",
            )
        )
    return warnings


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    params, output = snakemake.params, snakemake.output
    if not snakemake.input.customers:
        tables.write(tables.empty(KEPT), output.customers, ["customer_id"])
        reason = "This study has no customer list, so it does not show who its customers are and what they are worth."
        values.write(values.absent(reason, "本研究没有客户名单，因此不说明客户构成及其价值。"), output.values)
        return
    products = list(tables.read(snakemake.input.products)["product"])
    frame = frame_of(read_customers(snakemake.input.customers, params.study, products))
    logging.info("%d customers", len(frame))
    tables.write(frame, output.customers, ["customer_id"])
    values.write(
        {
            "kind": params.kind,
            "by_status": by_status(frame, params.min_cell),
            "n_invited": int(frame["invited"].sum()),
            "n_responded": int(frame["responded"].sum()),
            "n_products": sum(name.startswith("prod__") for name in frame.columns),
            "blank_columns": [name for name in KEPT if frame[name].isna().all()],
            "min_cell": params.min_cell,
            "warnings": warn(integrity(frame), few_lost(frame, params.min_cell), params.min_cell),
        },
        output.values,
    )


if __name__ == "__main__":
    run(main, snakemake)
