"""Read and check the customer list; it stays in the confidential folder.

Method. Every column against ``scripts/customers/schema.py``: required ones are there and filled, numbers and dates are
such, categories are allowed ones, the key is unique and pseudonymous. What cannot be true ends the run: a name or
credit code, a product that the questionnaire does not know, an answer without invitation, a date of answer without
answer, a prospect with balances or products. What can be an error of another system is a warning with its count: a
credit line below loans and off-balance items, total debt below our loans.

A study without a customer list gets an empty table and a sentence.
"""

import logging
from typing import Any

import pandas as pd

from scripts.customers.schema import COLUMNS, FAMILY, FLAGS, KEPT, SECRET
from scripts.lib import tables, values
from scripts.lib.job import run
from scripts.lib.sheet import Sheet
from scripts.lib.suppression import suppress

STATUSES = ("existing", "lost", "prospect")
BALANCES = ("deposit_avg", "loan_balance", "off_balance")


def read_customers(path: str, study: str, products: list[str]) -> pd.DataFrame:
    """The list as typed columns: those of the schema but the secret ones, then one 0/1 column a product.

    Raises
    ------
    InputError
        If anything is wrong with the file, one line a fault.
    """
    required = [column.name for column in COLUMNS if column.required]
    optional = [column.name for column in COLUMNS if not column.required]
    sheet = Sheet(path, study, required, optional, family=FAMILY)
    frame = sheet.frame
    _refuse_secrets(sheet)
    holdings = [name for name in frame.columns if name.startswith("prod__")]
    for name in holdings:
        if products and name.removeprefix("prod__") not in products:
            allowed = "prod__ with " + " | ".join(products)
            sheet.fault(1, name, "a product that the questionnaire does not have", allowed, "rename or remove it")
    for name in required:
        sheet.filled(name)
    sheet.matches("customer_id", r"C[0-9]{4,}", "C and at least four digits")
    sheet.unique("customer_id")
    typed = {"customer_id": frame["customer_id"]}
    for column in COLUMNS:
        if column.name not in SECRET:
            typed[column.name] = _typed(sheet, column.name, column.kind, column.allowed, column.minimum)
    for name in holdings:
        typed[name] = _typed(sheet, name, "flag", (), 0)
    sheet.stop()
    out = pd.DataFrame(typed)
    _check_rows(sheet, out, holdings)
    sheet.stop()
    return out


def _refuse_secrets(sheet: Sheet) -> None:
    for name in SECRET:
        for row in sheet.frame.index[sheet.frame[name] != ""][:1]:
            sheet.fault(row, name, "an entry (not repeated here)", "an empty column", "remove the column from the file")
    sheet.stop()


def _typed(sheet: Sheet, name: str, kind: str, allowed: tuple[str, ...], minimum: float) -> pd.Series:
    text = sheet.frame[name]
    if kind in ("number", "whole"):
        number = sheet.number(name, minimum, whole=kind == "whole")
        return number if kind == "number" else number.where(number % 1 == 0).astype("Int64")
    if kind == "flag":
        lower = text.str.lower()
        for row in sheet.frame.index[~lower.isin(list(FLAGS)) & (text != "")]:
            sheet.fault(row, name, repr(text[row]), " | ".join(FLAGS), "correct it")
        return lower.map(FLAGS).astype("Int64")
    if kind == "date":
        sheet.matches(name, r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", "YYYY-MM-DD")
    if kind == "category":
        sheet.one_of(name, allowed)
    return text.where(text != "")


def _check_rows(sheet: Sheet, frame: pd.DataFrame, holdings: list[str]) -> None:
    """What cannot be true of a customer."""
    for row in frame.index[(frame["responded"] == 1) & (frame["invited"] == 0)]:
        sheet.fault(row, "responded", "1 where invited is 0", "answers of invited customers", "correct one of them")
    for row in frame.index[frame["response_date"].notna() & (frame["responded"] == 0)]:
        sheet.fault(row, "response_date", repr(frame.loc[row, "response_date"]), "blank without an answer", "remove it")
    prospect = frame["status"] == "prospect"
    for name in [*BALANCES, *holdings]:
        for row in frame.index[prospect & (frame[name].fillna(0) != 0)]:
            sheet.fault(row, name, repr(sheet.frame.loc[row, name]), "0 for a prospect", "correct it or the status")


def integrity(frame: pd.DataFrame) -> dict[str, int]:
    """Customers whose figures do not agree with each other: line below use, debt below our loans."""
    used = frame["loan_balance"] + frame["off_balance"].fillna(0)
    return {
        "line_below_use": int((frame["credit_line"] < used).sum()),
        "debt_below_loans": int((frame["total_bank_debt"] < frame["loan_balance"]).sum()),
    }


def by_status(frame: pd.DataFrame, min_cell: int) -> pd.DataFrame:
    """Customers by status: status, n, suppressed."""
    n = frame["status"].value_counts()
    counts = pd.DataFrame({"status": STATUSES, "n": [int(n.get(status, 0)) for status in STATUSES]})
    return suppress(counts, min_cell, group=None, key="status")


def warn(counts: dict[str, int], min_cell: int) -> list[dict[str, Any]]:
    """A warning a rule of integrity that is broken; small counts are not named."""
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
    frame = read_customers(snakemake.input.customers, params.study, products)
    logging.info("%d customers", len(frame))
    statuses = by_status(frame, params.min_cell)
    tables.write(frame, output.customers, ["customer_id"])
    values.write(
        {
            "n": len(frame),
            "by_status": {row.status: None if row.suppressed else int(row.n) for row in statuses.itertuples()},
            "n_groups": frame["group_id"].nunique(),
            "n_in_groups": int(frame["group_id"].notna().sum()),
            "n_invited": int(frame["invited"].sum()),
            "n_responded": int(frame["responded"].sum()),
            "n_products": sum(name.startswith("prod__") for name in frame.columns),
            "blank_columns": [name for name in KEPT if frame[name].isna().all()],
            "min_cell": params.min_cell,
            "warnings": warn(integrity(frame), params.min_cell),
        },
        output.values,
    )


if __name__ == "__main__":
    run(main, snakemake)
