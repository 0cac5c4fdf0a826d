"""Select the records that the review rests on, with counts that add up.

Method. Duplicates are records with one DOI, or with one normalised title and one year (undated counts as a year); of a
set of duplicates the verified record stays, then the one whose key comes first. Of the rest, a record that was not seen
in an independent list is excluded and never cited, and one that the coding sheet excludes is left out with its reason.
identified - duplicates - excluded = included, each exclusion with its reason.

With a log of searches the records identified are its hits, those that were not taken into the list are an exclusion of
their own, and the flow is that of PRISMA 2020 (Page et al. 2021). Without one it is the "Selection of the
hand-assembled list", and every gap is a gap in this list.
"""

import re
from typing import Any

import pandas as pd

from scripts.lib import tables, values
from scripts.lib.job import run

NOT_SEEN = ("not seen in an independent list", "未在独立文献列表中见到")
SEEN = ("seen in an independent list", "已在独立文献列表中见到")
NOT_TAKEN = ("found by a search, not taken into the list", "检索命中但未纳入列表")
STEPS = {
    "identified": ("Records in the list", "列表中的文献"),
    "duplicates": ("Duplicates removed", "剔除的重复文献"),
    "screened": ("Records screened", "筛选的文献"),
    "included": ("Records included", "纳入的文献"),
}
SEARCHED = {"identified": ("Records identified by searches", "检索识别的文献")}
TITLES = {
    True: ("PRISMA 2020 flow of the literature", "PRISMA 2020文献流程"),
    False: ("Selection of the hand-assembled list", "自编文献列表的筛选"),
}
FLOW = ["position", "step", "n", "label_en", "label_zh"]


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


def screen(records: pd.DataFrame, reasons: dict[str, str]) -> pd.DataFrame:
    """One row a record: key, decision (included, excluded, duplicate), reason, reason_zh.

    Parameters
    ----------
    records
        Columns key, doi, title, year, verified (yes/no).
    reasons
        Why the coding sheet leaves out a record, by key.
    """
    removed = duplicates(records)
    rows = []
    for key, verified in zip(records["key"], records["verified"], strict=True):
        if key in removed:
            rows.append((key, "duplicate", f"same work as {removed[key]}", f"与{removed[key]}为同一文献"))
        elif verified != "yes":
            rows.append((key, "excluded", *NOT_SEEN))
        elif key in reasons:
            rows.append((key, "excluded", reasons[key], reasons[key]))
        else:
            rows.append((key, "included", *SEEN))
    return pd.DataFrame(rows, columns=["key", "decision", "reason", "reason_zh"])


def flow(screened: pd.DataFrame, n_hits: int | None = None) -> pd.DataFrame:
    """Counts of the selection, which add up: ``FLOW``; ``excluded`` has a row a reason.

    ``n_hits`` are the hits of the searches; None without a log of searches.
    """
    n = screened["decision"].value_counts()
    identified = len(screened) if n_hits is None else n_hits
    doubles = int(n.get("duplicate", 0))
    words = STEPS | (SEARCHED if n_hits is not None else {})
    rows = [("identified", identified, *words["identified"]), ("duplicates", doubles, *words["duplicates"])]
    rows.append(("screened", identified - doubles, *words["screened"]))
    reasons = [] if n_hits is None else [(*NOT_TAKEN, n_hits - len(screened))]
    left_out = screened[screened["decision"] == "excluded"].groupby(["reason", "reason_zh"], sort=True).size()
    reasons += [(en, zh, int(count)) for (en, zh), count in left_out.items()]
    rows += [("excluded", count, f"Excluded: {en}", f"剔除：{zh}") for en, zh, count in reasons]
    rows.append(("included", int(n.get("included", 0)), *words["included"]))
    return pd.DataFrame([(i, *row) for i, row in enumerate(rows, start=1)], columns=FLOW)


def said(steps: pd.DataFrame, searches: pd.DataFrame) -> dict[str, Any]:
    """Counts by step, the title of the flow and what it is worth."""
    counts = {f"n_{step}": int(n) for step, n in steps.groupby("step")["n"].sum().items()}
    method = "duplicates by DOI, or by normalised title and year; excluded unless seen in an independent list"
    found: dict[str, Any] = (
        {"n_excluded": 0, "method": method}
        | counts
        | {"logged": len(searches) > 0, "title": values.text(*TITLES[len(searches) > 0])}
    )
    if searches.empty:
        sentence = values.text(
            "There is no log of searches: the list was assembled by hand, so every gap is a gap in this list.",
            "没有检索记录：该列表为人工汇编，因此所有空白均指本列表中的空白。",
        )
        return found | {"n_searches": 0, "sentence": sentence}
    sources, last = searches["source"].nunique(), searches["date"].max()
    sentence = values.text(
        f"In {values.count(sources, 'source', 'sources')} "
        f"{values.count(len(searches), 'search', 'searches')}, the last of {last}, found "
        f"{values.count(counts['n_identified'], 'record', 'records')}; every gap is a gap in what they found.",
        f"在{sources}个来源中检索{len(searches)}次，最近一次为{last}，共识别{counts['n_identified']}条文献；"
        "所有空白均指检索结果中的空白。",
    )
    return found | {"n_searches": len(searches), "last_search": last, "sentence": sentence}


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, output = snakemake.input, snakemake.output
    records = tables.read(source.records, text=["key", "doi", "title"])
    coding = tables.read(source.coding, text=["key", "excluded"]).dropna(subset=["excluded"])
    searches = tables.read(source.searches, text=["date"])
    reasons = dict(zip(coding["key"], coding["excluded"], strict=True))
    screened = screen(records[records["list"] == "literature"], reasons)
    steps = flow(screened, int(searches["hits"].sum()) if len(searches) else None)
    tables.write(screened, output.screened, ["key"])
    tables.write(steps, output.flow, ["position"])
    values.write(said(steps, searches), output.values)


if __name__ == "__main__":
    run(main, snakemake)
