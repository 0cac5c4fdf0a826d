"""The coding sheets, their closed lists, and the log of searches: what each record of the literature is about.

``topics.yaml`` holds the closed list of topics. It may also hold ``region_types`` and ``customer_kinds``: these are
then closed and labelled too, and a code that no record carries still has its row of empty cells. The sheet may have a
column ``own_source`` (yes/no): the study's own source is described like any record, but is no evidence that a gap is
filled; and a column ``excluded`` with the reason for which a record is left out.

A second coder's sheet has the same columns; it may hold a part of the records. The log of searches has a row a search:
source, date, query, hits.

Plain Python without pandas: the Snakefile reads with it before anything runs.
"""

from collections.abc import Collection
from pathlib import Path
from typing import Any

from pydantic import Field

from scripts.lib.instrument import Identifier, Label, Strict
from scripts.lib.sheet import Sheet, load_model

COLUMNS = (
    "key",
    "topics",
    "keywords",
    "region_type",
    "region",
    "customer_kind",
    "study_type",
    "coded_from",
    "confidence",
)
OPTIONAL = ("own_source", "excluded")
SEARCH = ("source", "date", "query", "hits")
CODE = r"[a-z][a-z0-9_]*"
DATE = r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?"
UNTOLD = ("none", "unknown", "method")  # codes that say nothing of a region or customer: never a gap


class Code(Strict):
    """One value of a closed list."""

    id: Identifier
    label: Label


class Topic(Code):
    """A topic of the coding sheet."""

    definition: str = Field("", description="what belongs to the topic")


class CodeLists(Strict):
    """The closed lists of the coding sheet."""

    topics: list[Topic] = Field(min_length=1, description="topics of the coding sheet")
    region_types: list[Code] = Field([], description="kinds of region, the study's own first; or those of the sheet")
    customer_kinds: list[Code] = Field(
        [], description="kinds of customer, the study's own first; or those of the sheet"
    )


def load_code_lists(path: str | Path, study: str) -> CodeLists:
    """The closed lists of a study."""
    return load_model(path, study, CodeLists)


def read_coding(path: str | Path, study: str, lists: CodeLists, keys: Collection[str]) -> dict[str, list[Any]]:
    """A coding sheet by column, one row a record, checked against the records' keys and the closed lists.

    Raises
    ------
    InputError
        If a key is not a record's, stands twice, or a code is not in its list.
    """
    sheet = Sheet(path, study, COLUMNS, optional=OPTIONAL)
    columns = sheet.columns
    for column in ("topics", "keywords"):
        columns[column] = [_tidy(cell) for cell in columns[column]]
    sheet.filled("key", "topics", "region_type", "customer_kind", "confidence")
    sheet.unique("key")
    for row, key in sheet.filled_cells("key"):
        if key not in keys:
            sheet.fault(row, "key", repr(key), "keys of the literature file", "correct the key or add the record")
    topics = [topic.id for topic in lists.topics]
    for row, cell in sheet.filled_cells("topics"):
        for topic in cell.split(";"):
            if topic not in topics:
                sheet.fault(row, "topics", repr(topic), " | ".join(topics), "correct it or add the topic")
    for column, closed in (("region_type", lists.region_types), ("customer_kind", lists.customer_kinds)):
        if closed:
            sheet.one_of(column, [code.id for code in closed])
        else:
            sheet.matches(column, CODE, "a code of lower-case letters, digits and _")
    sheet.one_of("confidence", ["high", "medium", "low"])
    sheet.one_of("own_source", ["yes", "no"])
    sheet.stop()
    return columns | {"own_source": [cell or "no" for cell in columns["own_source"]]}


def read_searches(path: str | Path, study: str, n_records: int) -> dict[str, list[Any]]:
    """The log of searches by column; together they found at least the records of the list.

    Raises
    ------
    InputError
        If anything is wrong with the file, one line a fault.
    """
    sheet = Sheet(path, study, SEARCH, optional=["note"])
    sheet.filled(*SEARCH)
    sheet.matches("date", DATE, "YYYY, YYYY-MM or YYYY-MM-DD")
    hits = sheet.number("hits", 0, whole=True)
    sheet.unique("source", "date", "query")
    if not sheet.faults and sum(hits) < n_records:
        found = f"{sum(hits):.0f} in all, where the literature file holds {n_records} records"
        sheet.fault(sheet.rows.stop - 1, "hits", found, f"at least {n_records}", "add the search that is missing")
    sheet.stop()
    return sheet.columns | {"hits": [int(hit) for hit in hits]}


def _tidy(cell: str) -> str:
    """A list in a cell without blanks and repetitions."""
    parts = (part.strip() for part in cell.split(";"))
    return ";".join(dict.fromkeys(part for part in parts if part))
