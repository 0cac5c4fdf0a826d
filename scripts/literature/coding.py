"""The coding sheet and its closed lists: what each record of the literature is about.

``topics.yaml`` holds the closed list of topics. It may also hold ``region_types`` and ``customer_kinds``: these are
then closed and labelled too, and a code that no record carries still has its row of empty cells. The sheet may have a
column ``own_source`` (yes/no): the study's own source is described like any record, but is no evidence that a gap is
filled.
"""

from pathlib import Path

import pandas as pd
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
CODE = r"[a-z][a-z0-9_]*"
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


def read_coding(path: str | Path, study: str, lists: CodeLists, keys: list[str]) -> pd.DataFrame:
    """The coding sheet, one row a record, checked against the records' keys and the closed lists.

    Raises
    ------
    InputError
        If a key is not a record's, stands twice, or a code is not in its list.
    """
    sheet = Sheet(path, study, COLUMNS, optional=["own_source"])
    frame = sheet.frame
    for column in ("topics", "keywords"):
        frame[column] = frame[column].map(_tidy)
    for column in ("key", "topics", "region_type", "customer_kind", "confidence"):
        sheet.filled(column)
    sheet.unique("key")
    for row in frame.index[~frame["key"].isin(keys) & (frame["key"] != "")]:
        found = repr(frame.loc[row, "key"])
        sheet.fault(row, "key", found, "keys of the literature file", "correct the key or add the record")
    topics = [topic.id for topic in lists.topics]
    for row, cell in frame["topics"].items():
        for topic in cell.split(";") if cell else []:
            if topic not in topics:
                sheet.fault(int(str(row)), "topics", repr(topic), " | ".join(topics), "correct it or add the topic")
    for column, closed in (("region_type", lists.region_types), ("customer_kind", lists.customer_kinds)):
        if closed:
            sheet.one_of(column, [code.id for code in closed])
        else:
            sheet.matches(column, CODE, "a code of lower-case letters, digits and _")
    sheet.one_of("confidence", ["high", "medium", "low"])
    sheet.one_of("own_source", ["yes", "no"])
    sheet.stop()
    frame["own_source"] = frame["own_source"].replace("", "no")
    return frame.reset_index(drop=True)


def _tidy(cell: str) -> str:
    """A list in a cell without blanks and repetitions."""
    parts = (part.strip() for part in cell.split(";"))
    return ";".join(dict.fromkeys(part for part in parts if part))


def labels_of(codes: list[Code], found: list[str]) -> pd.DataFrame:
    """Labels of the codes in their order: those of the closed list, or those found in the sheet, sorted."""
    listed = codes or [Code(id=code, label=Label(en=code.replace("_", " "), zh="")) for code in sorted(set(found))]
    rows = [(position, code.id, code.label.en, code.label.zh) for position, code in enumerate(listed, start=1)]
    return pd.DataFrame(rows, columns=["position", "code", "label_en", "label_zh"])
