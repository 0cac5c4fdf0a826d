"""Map the selected literature: when, what, where, on whom, and what nobody in the list has studied.

Method. Counts of included records from the coding sheet: by period of five years (undated records are counted apart),
by topic (a record counts in each of its topics), by topic x kind of region and topic x kind of customer with the empty
cells kept. A cell is a gap when it is empty and its code says something (``none``, ``unknown`` and ``method`` do not).
The study's own kind of region and of customer is the first of its closed list. The study's own source, marked
``own_source`` in the coding sheet, is left out of both cross tables and of every gap count. Key works of a topic: among
the dated, coded records that name the topic first, with confidence not low, the two earliest and the two latest; where
fewer than four name it first, those that name it further on join.

Co-occurrence of keywords when the study's share of the records (one half) carries two
(``scripts/literature/keywords.py``). Themes when there are as many abstracts as the study asks for (100 (c))
(``scripts/literature/themes.py``); otherwise one sentence says so.
"""

from typing import Any

import pandas as pd

from scripts.lib import tables, values
from scripts.lib.instrument import Label
from scripts.lib.job import run
from scripts.literature.coding import UNTOLD, Code, load_code_lists
from scripts.literature.gap import gap_values
from scripts.literature.keywords import pairs, share_with_two
from scripts.literature.themes import COLUMNS as THEMES
from scripts.literature.themes import find_themes

PERIOD = 5
REGION = "underdeveloped"  # the study's kind of region and of customer where the closed lists do not begin with them
CUSTOMER = "corporate_major"
UNREAD = ["title", "list of contents"]  # what a record may be coded from without its text


def labels_of(codes: list[Code], found: list[str]) -> pd.DataFrame:
    """Labels of the codes in their order: those of the closed list, or those found in the sheet, sorted."""
    listed = codes or [Code(id=code, label=Label(en=code.replace("_", " "), zh="")) for code in sorted(set(found))]
    rows = [(position, code.id, code.label.en, code.label.zh) for position, code in enumerate(listed, start=1)]
    return pd.DataFrame(rows, columns=["position", "code", "label_en", "label_zh"])


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


def keyword_values(works: pd.DataFrame, needed: float) -> dict[str, Any]:
    """Whether the records carry keywords enough for a map of them."""
    share = share_with_two(works["keywords"])
    if share >= needed:
        return {"status": "ok", "share": share}
    return values.refused(
        f"{share:.0%} of the records carry two keywords or more; {needed:.0%} are needed for a map of keywords.",
        f"{share:.0%}的文献有两个及以上关键词；绘制关键词共现图需要{needed:.0%}。",
        share=share,
    )


def theme_values(themes: pd.DataFrame, n_abstracts: int, needed: int) -> dict[str, Any]:
    """Whether there are abstracts enough for themes, and how many of these are stable."""
    if n_abstracts < needed:
        return values.refused(
            f"The list holds {n_abstracts} abstracts; themes need {needed}, so topics are coded by hand.",
            f"列表中有{n_abstracts}篇摘要；主题模型至少需要{needed}篇，因此主题由人工编码。",
            n_abstracts=n_abstracts,
        )
    stable = int(themes["stable"].sum())
    return {"status": "ok", "n_abstracts": n_abstracts, "n_themes": len(themes), "n_stable": stable}


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
    source, output, params = snakemake.input, snakemake.output, snakemake.params
    settings = params.literature
    lists = load_code_lists(source.topics, params.study)
    records = tables.read(source.records, text=["key", "title"]).astype({"year": "Int64"})
    screened = tables.read(source.screened, text=["key"])
    coding = tables.read(source.coding, text=["key"])
    abstracts = tables.read(source.abstracts, text=["key", "abstract"])
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
    facts = gap_values(works, region, own, served, logged=len(tables.read(source.searches)) > 0)
    keyworded = keyword_values(works, settings["keyworded"])
    words = pairs(works["keywords"] if keyworded["status"] == "ok" else works["keywords"].head(0))
    texts = list(abstracts.loc[abstracts["key"].isin(included["key"]), "abstract"])
    themes = tables.empty(THEMES)
    if len(texts) >= settings["abstracts"]:
        themes = find_themes(texts, settings["theme_starts"], settings["theme_stability"], params.seed)
    there = works[works["region_type"] == facts["region_type"]]
    named = ["key", "authors", "year", "title", "region", "customer_kind", "own_source"]
    tables.write(trend(included["year"]), output.trend, ["start"])
    tables.write(count_topics(long, topics, len(works)), output.topics, ["position"])
    tables.write(region, output.topic_region, ["position"])
    tables.write(customer, output.topic_customer, ["position"])
    tables.write(key_works(long, topics), output.key_works, ["topic", "position"])
    tables.write(there[named], output.region_works, ["key"])
    tables.write(words, output.keyword_pairs, ["first", "second"])
    tables.write(themes, output.themes, ["theme"])
    values.write(
        {
            "method": {
                "keywords": f"association strength (observed / expected), from {settings['keyworded']:.0%} with two on",
                "themes": f"NMF on tf-idf from {settings['abstracts']} abstracts, {settings['theme_starts']} starts; "
                f"named from an overlap of {settings['theme_stability']:g} on",
            },
            "n_included": len(included),
            "n_coded": len(works),
            "n_undated": int(included["year"].isna().sum()),
            "first_year": None if included["year"].isna().all() else int(included["year"].min()),
            "last_year": None if included["year"].isna().all() else int(included["year"].max()),
            "n_topics": len(topics),
            "n_gap_cells_region": int(region["gap"].sum()),
            "n_gap_cells_customer": int(customer["gap"].sum()),
            "cooccurrence": keyworded,
            "themes": theme_values(themes, len(texts), settings["abstracts"]),
            "warnings": warn(facts, works["coded_from"].dropna().isin(UNREAD).all()),
        }
        | facts,
        output.values,
    )


if __name__ == "__main__":
    run(main, snakemake)
