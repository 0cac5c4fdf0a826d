"""Read the literature: records on the subject and on the methods, the coding sheets, and the log of searches.

Method. Records are read by ``scripts/literature/records.py``, coding sheets and the log of searches by
``scripts/literature/coding.py``, with which the Snakefile has read them before. Where a second coder coded the records,
or a part of them, the agreement of the two is measured (``scripts/literature/agreement.py``).
"""

import logging
from typing import Any

import pandas as pd

from scripts.lib import tables, values
from scripts.lib.job import run
from scripts.literature import agreement
from scripts.literature.coding import SEARCH, load_code_lists, read_coding, read_searches
from scripts.literature.records import read_both

RECORDS = ["key", "list", "type", "authors", "year", "title", "journal", "doi", "url", "abstract", "verification"]
RECORDS += ["verified"]


def agreement_values(table: pd.DataFrame) -> dict[str, Any]:
    """How far two coders agree: counts and one sentence; absent with one coder."""
    if table.empty:
        return values.absent(
            "One coder coded the list, so the agreement of coders is not known.",
            "列表由一名编码员编码，因此编码一致性未知。",
        )
    known = table.dropna(subset=["kappa"])
    n = int(table["n"].iloc[0])
    low, high = (f"{known['kappa'].agg(end):.2f}" if len(known) else "undefined" for end in ("min", "max"))
    sentence = values.text(
        f"Two coders coded {n} records; Cohen's kappa is {low} to {high} over {len(known)} fields.",
        f"两名编码员均编码了{n}条文献；{len(known)}个字段的Cohen kappa为{low}至{high}。",
    )
    return {"status": "ok", "n": n, "sentence": sentence}


def warn(uncoded: list[str]) -> list[dict[str, Any]]:
    """Records that no table of topics holds."""
    if not uncoded:
        return []
    return [
        values.warning(
            "literature_uncoded",
            "caution",
            f"In no table of topics, because the coding sheet lacks them: {', '.join(uncoded)}.",
            f"有{len(uncoded)}条文献未编码，不进入任何主题表：{'、'.join(uncoded)}。",
        )
    ]


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, output, study = snakemake.input, snakemake.output, snakemake.params.study
    records = pd.DataFrame(read_both(source.literature, source.methods, study)).astype({"year": "Int64"})
    literature = records[records["list"] == "literature"]
    lists = load_code_lists(source.topics, study)
    keys = set(literature["key"])
    coding = pd.DataFrame(read_coding(source.coding, study, lists, keys))
    searches, alike = tables.empty([*SEARCH, "note"]), tables.empty(agreement.COLUMNS)
    if source.search_log:
        searches = pd.DataFrame(read_searches(source.search_log, study, len(literature)))
    if source.coding_second:
        alike = agreement.agree(coding, pd.DataFrame(read_coding(source.coding_second, study, lists, keys)))
    logging.info("%d records, %d coded", len(records), len(coding))
    told = records["abstract"] != ""
    tables.write(records.loc[told, ["key", "abstract"]], output.abstracts, ["key"])
    tables.write(records.assign(abstract=told)[RECORDS], output.records, ["key"])
    tables.write(coding, output.coding, ["key"])
    tables.write(searches, output.searches, ["source", "date", "query"])
    tables.write(alike, output.agreement, ["position"])
    methods = records[records["list"] == "methods"]
    values.write(
        {
            "n_literature": len(literature),
            "n_methods": len(methods),
            "n_verified": int(literature["verified"].sum()),
            "n_methods_verified": int(methods["verified"].sum()),
            "n_undated": int(literature["year"].isna().sum()),
            "n_abstracts": int((literature["abstract"] != "").sum()),
            "n_coded": len(coding),
            "own_source_marked": bool((coding["own_source"] == "yes").any()),
            "agreement": agreement_values(alike),
            "warnings": warn(sorted(keys - set(coding["key"]))),
        },
        output.values,
    )


if __name__ == "__main__":
    run(main, snakemake)
