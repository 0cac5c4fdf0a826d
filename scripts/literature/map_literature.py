"""Map the selected literature: when, what, where, on whom, and what nobody in the list has studied.

Method. Counts of included records from the coding sheet: by period of five years (undated records are counted apart),
by topic (a record counts in each of its topics), by topic x kind of region and topic x kind of customer with the empty
cells kept. A cell is a gap when it is empty and its code says something (``none``, ``unknown`` and ``method`` do not).
The study's own kind of region and of customer is the first of its closed list. The study's own source, marked
``own_source`` in the coding sheet, is left out of both cross tables and of every gap count. Key works of a topic: among
the dated, coded records that name the topic first, with confidence not low, the two earliest and the two latest; where
fewer than four name it first, those that name it further on join.

Co-occurrence of keywords when at least half of the records carry two (``scripts/literature/keywords.py``). Themes from
abstracts need 100 abstracts, agreement of coders needs two coders; otherwise one sentence says so.
"""

from typing import Any

import pandas as pd

from scripts.lib import tables, values
from scripts.lib.job import run
from scripts.literature.coding import UNTOLD, labels_of, load_code_lists
from scripts.literature.keywords import pairs, share_with_two

PERIOD = 5
REGION = "underdeveloped"  # the study's kind of region and of customer where the closed lists do not begin with them
CUSTOMER = "corporate_major"
ABSTRACTS = 100
KEYWORDS_SHARE = 0.5
UNREAD = ["title", "list of contents"]  # what a record may be coded from without its text


def trend(years: pd.Series) -> pd.DataFrame:
    """Records by period of five years, empty periods kept: start, end, period, n."""
    dated = years.dropna().astype(int)
    if dated.empty:
        return tables.empty(["start", "end", "period", "n"])
    starts = range(dated.min() // PERIOD * PERIOD, dated.max() + 1, PERIOD)
    rows = [(s, s + PERIOD - 1, f"{s}-{s + PERIOD - 1}", int(dated.between(s, s + PERIOD - 1).sum())) for s in starts]
    return pd.DataFrame(rows, columns=["start", "end", "period", "n"])


def by_topic(works: pd.DataFrame) -> pd.DataFrame:
    """One row a record and topic; ``rank`` 0 is the topic that the record names first."""
    long = works.assign(topic=works["topics"].str.split(";")).explode("topic").reset_index(drop=True)
    return long.assign(rank=long.groupby("key").cumcount())


def count_topics(long: pd.DataFrame, topics: pd.DataFrame, n_works: int) -> pd.DataFrame:
    """Records by topic: position, topic, label_en, label_zh, n, share of the records (shares overlap)."""
    n = long["topic"].value_counts()
    out = topics.rename(columns={"code": "topic"})
    out["n"] = out["topic"].map(n).fillna(0).astype(int)
    out["share"] = out["n"] / max(n_works, 1)
    return out


def cross(long: pd.DataFrame, topics: pd.DataFrame, codes: pd.DataFrame, column: str) -> pd.DataFrame:
    """Topic x code with every cell: topic, ``column``, n, gap (yes/no), and the labels of both."""
    n = long.groupby(["topic", column]).size()
    rows = [
        {
            "position": (topic.position - 1) * len(codes) + code.position,
            "topic": topic.code,
            column: code.code,
            "n": int(n.get((topic.code, code.code), 0)),
            "gap": code.code not in UNTOLD and (topic.code, code.code) not in n.index,
            "label_en": topic.label_en,
            "label_zh": topic.label_zh,
            f"{column}_label_en": code.label_en,
            f"{column}_label_zh": code.label_zh,
        }
        for topic in topics.itertuples()
        for code in codes.itertuples()
    ]
    return pd.DataFrame(rows)


def key_works(long: pd.DataFrame, topics: pd.DataFrame, each: int = 2) -> pd.DataFrame:
    """The earliest and the latest works of each topic, by the rule of the module: one row a topic and work."""
    columns = ["topic", "position", "key", "authors", "year", "title", "journal", "age"]
    able = long[long["year"].notna() & (long["confidence"] != "low")].sort_values(["year", "key"])
    parts = []
    for topic in topics["code"]:
        works = able[able["topic"] == topic]
        first = works[works["rank"] == 0]
        chosen = first if len(first) >= 2 * each else works
        early = chosen.head(each).assign(age="early")
        late = chosen.iloc[each:].tail(each).assign(age="recent")
        part = pd.concat([early, late])
        parts.append(part.assign(position=range(1, len(part) + 1)))
    return pd.concat(parts)[columns]


def gap_values(works: pd.DataFrame, region: pd.DataFrame, own: pd.Series, customer: pd.Series) -> dict[str, Any]:
    """What the list holds on the study's kind of region, without the study's own source, and one sentence on it.

    Parameters
    ----------
    works
        Included and coded records: region_type, customer_kind, own_source.
    region
        Topic x kind of region: region_type, gap.
    own, customer
        The study's kind of region and of customer: code, label_en, label_zh.
    """
    others = works[works["own_source"] != "yes"]
    there = others[others["region_type"] == own["code"]]
    kinds = there["customer_kind"].value_counts().sort_index()
    served = int(kinds.get(customer["code"], 0))
    untold = int(others["region_type"].isin(UNTOLD).sum())
    kind_en, kind_zh = own["label_en"], own["label_zh"] or own["label_en"]
    who_en, who_zh = customer["label_en"], customer["label_zh"] or customer["label_en"]
    return {
        "region_type": own["code"],
        "customer_kind": customer["code"],
        "n_own_source": int((works["own_source"] == "yes").sum()),
        "n_region": len(there),
        "n_region_customer": served,
        "n_region_by_customer": kinds.to_dict(),
        "n_topics_without_region": int(region.loc[region["region_type"] == own["code"], "gap"].sum()),
        "n_region_untold": untold,
        "share_region_untold": untold / max(len(others), 1),
        "gap_sentence": values.text(
            f"Of the {len(others)} coded records of this list {len(there) or 'none'} "
            f"{'deals' if len(there) == 1 else 'deal'} with the study's kind of region ({kind_en})"
            + (f", and of these {served or 'none'} with its kind of customer ({who_en})." if len(there) else "."),
            f"本列表{len(others)}条已编码文献中，{len(there)}条涉及本研究的地区类型（{kind_zh}）"
            + (f"，其中{served}条涉及本研究的客户类型（{who_zh}）。" if len(there) else "。"),
        ),
    }


def method_values(works: pd.DataFrame, n_abstracts: int) -> dict[str, Any]:
    """What the list can carry of co-occurrence, themes and agreement, each with its sentence."""
    share = share_with_two(works["keywords"])
    able = share >= KEYWORDS_SHARE
    percent = f"{share:.0%}"
    cooccurrence = (
        {"status": "ok", "share": share}
        if able
        else values.refused(
            f"{percent} of the records carry two keywords or more; half is needed for a map of keywords.",
            f"{percent}的文献有两个及以上关键词；绘制关键词共现图需要一半。",
            share=share,
        )
    )
    if n_abstracts < ABSTRACTS:
        reason = (
            f"The list holds {n_abstracts} abstracts; themes need {ABSTRACTS}, so topics are coded by hand.",
            f"列表中有{n_abstracts}篇摘要；主题模型至少需要{ABSTRACTS}篇，因此主题由人工编码。",
        )
    else:
        reason = (
            f"Topics are coded by hand, although the list holds {n_abstracts} abstracts.",
            f"列表中有{n_abstracts}篇摘要，但主题由人工编码。",
        )
    return {
        "cooccurrence": cooccurrence,
        "themes": values.refused(*reason, n_abstracts=n_abstracts),
        "agreement": values.absent(
            "One coder coded the list, so the agreement of coders is not known.",
            "列表由一名编码员编码，因此编码一致性未知。",
        ),
    }


def warn(facts: dict[str, Any], from_title: bool) -> list[dict[str, Any]]:
    """What a reader of the tables must know."""
    warnings = []
    if from_title:
        warnings.append(
            values.warning(
                "literature_titles_only",
                "caution",
                "No record was coded from its text, only from its title or its list of contents; for "
                f"{facts['n_region_untold']} of them the region is not known, so an empty cell is a sign of a gap, no "
                "proof.",
                f"全部文献仅依据题名或目录编码，未依据正文；其中{facts['n_region_untold']}条的地区不详，"
                "因此空格只是空白的迹象，而非证明。",
            )
        )
    if not facts["n_own_source"] and facts["n_region"]:
        warnings.append(
            values.warning(
                "literature_own_source",
                "note",
                "No record is marked as the study's own source; all records count as evidence against a gap.",
                "没有文献被标记为本研究自身的来源；所有文献均计入。",
            )
        )
    return warnings


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, output = snakemake.input, snakemake.output
    lists = load_code_lists(source.topics, snakemake.params.study)
    records = tables.read(source.records, text=["key", "title"]).astype({"year": "Int64"})
    screened = tables.read(source.screened, text=["key"])
    coding = tables.read(source.coding, text=["key"])
    included = records[records["key"].isin(screened.loc[screened["decision"] == "included", "key"])]
    works = included.merge(coding, on="key", validate="one_to_one")
    long = by_topic(works)
    others = long[long["own_source"] != "yes"]
    topics = labels_of(list(lists.topics), [])
    regions = labels_of(lists.region_types, [*coding["region_type"], REGION])
    customers = labels_of(lists.customer_kinds, [*coding["customer_kind"], CUSTOMER])
    own = regions.iloc[0] if lists.region_types else regions[regions["code"] == REGION].iloc[0]
    served = customers.iloc[0] if lists.customer_kinds else customers[customers["code"] == CUSTOMER].iloc[0]
    region = cross(others, topics, regions, "region_type")
    customer = cross(others, topics, customers, "customer_kind")
    facts = gap_values(works, region, own, served)
    methods = method_values(works, int((included["abstract"] == "yes").sum()))
    words = pairs(works["keywords"] if methods["cooccurrence"]["status"] == "ok" else works["keywords"].head(0))
    there = works[works["region_type"] == facts["region_type"]]
    named = ["key", "authors", "year", "title", "region", "customer_kind", "own_source"]
    tables.write(trend(included["year"]), output.trend, ["start"])
    tables.write(count_topics(long, topics, len(works)), output.topics, ["position"])
    tables.write(region, output.topic_region, ["position"])
    tables.write(customer, output.topic_customer, ["position"])
    tables.write(key_works(long, topics), output.key_works, ["topic", "position"])
    tables.write(there[named], output.region_works, ["key"])
    tables.write(words, output.keyword_pairs, ["first", "second"])
    values.write(
        {
            "n_included": len(included),
            "n_coded": len(works),
            "n_undated": int(included["year"].isna().sum()),
            "first_year": None if included["year"].isna().all() else int(included["year"].min()),
            "last_year": None if included["year"].isna().all() else int(included["year"].max()),
            "n_topics": len(topics),
            "n_gap_cells_region": int(region["gap"].sum()),
            "n_gap_cells_customer": int(customer["gap"].sum()),
            "warnings": warn(facts, works["coded_from"].dropna().isin(UNREAD).all()),
        }
        | facts
        | methods,
        output.values,
    )


if __name__ == "__main__":
    run(main, snakemake)
