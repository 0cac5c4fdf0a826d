"""Select the records that the review rests on, with counts that add up.

Method. Duplicates are records with one DOI, or with one normalised title and one year (undated counts as a year); of a
set of duplicates the verified record stays, then the one whose key comes first. Of the rest, a record that was not seen
in an independent list is excluded and never cited. identified - duplicates - excluded = included. The flow follows the
idea of PRISMA 2020 (Page et al. 2021), but without a search log it is the "Selection of the hand-assembled list".
"""

import re
from typing import Any

import pandas as pd

from scripts.lib import tables, values
from scripts.lib.job import run

NOT_SEEN = ("not seen in an independent list", "未在独立文献列表中见到")
SEEN = ("seen in an independent list", "已在独立文献列表中见到")
STEPS = {
    "identified": ("Records in the list", "列表中的文献"),
    "duplicates": ("Duplicates removed", "剔除的重复文献"),
    "screened": ("Records screened", "筛选的文献"),
    "excluded": ("Excluded: not seen in an independent list", "剔除：未在独立文献列表中见到"),
    "included": ("Records included", "纳入的文献"),
}


def normal_doi(doi: str) -> str:
    """A DOI without resolver, in lower case."""
    return re.sub(r"^(https?://)?(dx\.)?(doi\.org/|doi:)\s*", "", doi.strip().lower())


def normal_title(title: str) -> str:
    """A title in lower case, letters and digits only."""
    return re.sub(r"[\W_]+", "", title.casefold())


def duplicates(records: pd.DataFrame) -> dict[str, str]:
    """{key of a duplicate: key of the record that stays}.

    Parameters
    ----------
    records
        Columns key, doi, title, year, verified (yes/no).
    """
    ordered = records.assign(unseen=records["verified"] != "yes").sort_values(["unseen", "key"])
    first: dict[tuple[str, str], str] = {}
    removed: dict[str, str] = {}
    for row in ordered.itertuples():
        year = "" if pd.isna(row.year) else str(int(row.year))
        marks = [("title", normal_title(str(row.title)) + "|" + year)]
        if pd.notna(row.doi) and str(row.doi):
            marks.append(("doi", normal_doi(str(row.doi))))
        known = next((first[mark] for mark in marks if mark in first), None)
        if known is not None:
            removed[str(row.key)] = known
        for mark in marks:
            first.setdefault(mark, known or str(row.key))
    return removed


def screen(records: pd.DataFrame) -> pd.DataFrame:
    """One row a record: key, decision (included, excluded, duplicate), reason, reason_zh."""
    removed = duplicates(records)
    rows = []
    for key, verified in zip(records["key"], records["verified"], strict=True):
        if key in removed:
            rows.append((key, "duplicate", f"same work as {removed[key]}", f"与{removed[key]}为同一文献"))
        elif verified != "yes":
            rows.append((key, "excluded", *NOT_SEEN))
        else:
            rows.append((key, "included", *SEEN))
    return pd.DataFrame(rows, columns=["key", "decision", "reason", "reason_zh"])


def flow(screened: pd.DataFrame) -> pd.DataFrame:
    """Counts of the selection: position, step, n, label_en, label_zh; they add up."""
    n = screened["decision"].value_counts()
    counts = {
        "identified": len(screened),
        "duplicates": int(n.get("duplicate", 0)),
        "screened": len(screened) - int(n.get("duplicate", 0)),
        "excluded": int(n.get("excluded", 0)),
        "included": int(n.get("included", 0)),
    }
    rows = [(i, step, counts[step], *STEPS[step]) for i, step in enumerate(STEPS, start=1)]
    return pd.DataFrame(rows, columns=["position", "step", "n", "label_en", "label_zh"])


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    records = tables.read(snakemake.input.records, text=["key", "doi", "title"])
    screened = screen(records[records["list"] == "literature"])
    steps = flow(screened)
    tables.write(screened, snakemake.output.screened, ["key"])
    tables.write(steps, snakemake.output.flow, ["position"])
    values.write(
        {f"n_{step}": int(n) for step, n in zip(steps["step"], steps["n"], strict=True)}
        | {
            "title": values.text("Selection of the hand-assembled list", "自编文献列表的筛选"),
            "sentence": values.text(
                "There is no log of searches: the list was assembled by hand, so every gap is a gap in this list.",
                "没有检索记录：该列表为人工汇编，因此所有空白均指本列表中的空白。",
            ),
        },
        snakemake.output.values,
    )


if __name__ == "__main__":
    run(main, snakemake)
