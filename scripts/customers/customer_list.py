"""Reading the customer list, strictly, and refusing to carry who the customers are.

Every column against ``scripts/customers/schema.py``: required ones are there and filled, numbers and dates are such,
categories are allowed ones, keys are unique and pseudonymous. What cannot be true of a customer is a fault: a product
that the questionnaire does not know, an answer without invitation, a date of answer without answer, a prospect with
balances or products.

A list that tells who a customer is does not enter: a filled column of names or credit codes; in any cell a unified
social credit code (18 signs), a registration, identity or account number (15 digits and more) or the name of a firm;
and a class (place, sub-branch) that differs from row to row, for it is a name in disguise. No fault repeats such a
cell.

Plain Python without pandas: the Snakefile reads with it before anything runs.
"""

import re
from typing import Any

from scripts.customers.schema import COLUMNS, FAMILY, FLAGS, SECRET
from scripts.lib.sheet import Sheet

BALANCES = ("deposit_avg", "loan_balance", "off_balance")
PLACES = ("sub_branch", "city")  # the only columns of free text
PSEUDONYM = r"[A-Za-z0-9_.-]{1,16}"
DATE = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
# GB 32100-2015: authority, category, six digits of the district, nine signs of the organisation, check sign.
CREDIT_CODE = re.compile(r"(?<![0-9A-Za-z])[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}(?![0-9A-Za-z])", re.I)
LONG_NUMBER = re.compile(r"\d{15,}")
FIRM = re.compile(
    r"公司|集团|有限|股份|合作社|事务所|研究院|医院|学校|大学|厂$|\b(ltd|limited|inc|corp|company|gmbh|llc|plc|group)\b|\bco\.",
    re.I,
)
ENOUGH = 20  # rows from which on a class that differs in more than half of them is none


def read_customers(path: str, study: str, products: list[str]) -> dict[str, list[Any]]:
    """The list as typed columns: those of the schema but the secret ones, then one 0/1 column a product.

    Numbers are floats with NaN where blank; whole numbers and flags are integers, None where blank; other cells are
    texts, None where blank. ``products`` are the questionnaire's; where it has none, any product may stand in the list.

    Raises
    ------
    InputError
        If anything is wrong with the file, one line a fault.
    """
    required = [column.name for column in COLUMNS if column.required]
    optional = [column.name for column in COLUMNS if not column.required]
    sheet = Sheet(path, study, required, optional, family=FAMILY, private=True)
    _refuse_secrets(sheet)
    holdings = [name for name in sheet.columns if name.startswith("prod__")]
    for name in holdings:
        if products and name.removeprefix("prod__") not in products:
            allowed = "prod__ with " + " | ".join(products)
            sheet.fault(1, name, "a product that the questionnaire does not have", allowed, "rename or remove it")
    sheet.filled(*required)
    sheet.matches("customer_id", r"C[0-9]{4,}", "C and at least four digits")
    for name in ("group_id", "manager_code"):
        sheet.matches(name, PSEUDONYM, "a code of up to 16 Latin letters and digits")
    sheet.unique("customer_id")
    typed: dict[str, list[Any]] = {"customer_id": sheet.columns["customer_id"]}
    for column in COLUMNS[1:]:
        if column.name not in SECRET:
            typed[column.name] = _typed(sheet, column.name, column.kind, column.allowed, column.minimum)
    for name in holdings:
        typed[name] = _typed(sheet, name, "flag", (), 0)
    sheet.stop()
    _check_rows(sheet, typed, holdings)
    sheet.stop()
    return typed


def _refuse_secrets(sheet: Sheet) -> None:
    """End here when the file tells who a customer is; one fault a column, and no cell is repeated."""
    for name in sheet.columns:
        if name in SECRET:
            for row, _ in list(sheet.filled_cells(name))[:1]:
                sheet.fault(row, name, "an entry (not repeated here)", "an empty column", "remove it from the file")
            continue
        for row, cell in sheet.filled_cells(name):
            squeezed = re.sub(r"[\s-]", "", cell)
            if CREDIT_CODE.search(cell) or CREDIT_CODE.search(squeezed) or LONG_NUMBER.search(squeezed):
                found = "what looks like a credit code, an identity or an account number (not repeated here)"
            elif FIRM.search(cell):
                found = "what looks like the name of a firm (not repeated here)"
            else:
                continue
            sheet.fault(row, name, found, "pseudonyms only", "remove what tells who the customer is")
            break
    for name in PLACES:
        cells = [cell for _, cell in sheet.filled_cells(name)]
        if len(cells) >= ENOUGH and 2 * len(set(cells)) > len(cells):
            found = f"{len(set(cells))} different texts in {len(cells)} rows (not repeated here)"
            sheet.fault(2, name, found, "classes that customers share", "put classes in the place of names")
    sheet.stop()


def _typed(sheet: Sheet, name: str, kind: str, allowed: tuple[str, ...], minimum: float) -> list[Any]:
    cells = sheet.columns[name]
    if kind == "number":
        return sheet.number(name, minimum)
    if kind == "whole":
        numbers = sheet.number(name, minimum, whole=True)
        return [int(number) if number % 1 == 0 else None for number in numbers]
    if kind == "flag":
        for row, cell in sheet.filled_cells(name):
            if cell.lower() not in FLAGS:
                sheet.fault(row, name, sheet.shown(cell), " | ".join(FLAGS), "correct it")
        return [FLAGS.get(cell.lower()) for cell in cells]
    if kind == "date":
        sheet.matches(name, DATE, "YYYY-MM-DD")
    if kind == "category":
        sheet.one_of(name, allowed)
    return [cell or None for cell in cells]


def _check_rows(sheet: Sheet, typed: dict[str, list[Any]], holdings: list[str]) -> None:
    """What cannot be true of a customer."""
    for i, row in enumerate(sheet.rows):
        customer = {name: cells[i] for name, cells in typed.items()}
        if customer["responded"] == 1 and customer["invited"] == 0:
            sheet.fault(row, "responded", "1 where invited is 0", "answers of invited customers", "correct one of them")
        if customer["response_date"] and customer["responded"] == 0:
            sheet.fault(row, "response_date", repr(customer["response_date"]), "blank without an answer", "remove it")
        if customer["status"] == "prospect":
            for name in [*BALANCES, *holdings]:
                if customer[name] and customer[name] == customer[name]:
                    found = sheet.shown(sheet.columns[name][i])
                    sheet.fault(row, name, found, "0 for a prospect", "correct it or the status")
