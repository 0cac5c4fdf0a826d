"""Who enters what: for each analysis the respondents, their number, the items, and what becomes of holes.

Read from the tables and values of the analyses themselves; nothing is counted anew. Where the number differs by item,
the smallest and the largest are given. An analysis that a study does not have, or that its answers could not carry,
keeps its row without numbers.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from scripts.lib import tables, values
from scripts.lib.job import run

COLUMNS = ["position", "analysis", "label_en", "label_zh", "who_en", "who_zh", "n_low", "n_high", "n_used", "n_asked"]
COLUMNS += ["holes_en", "holes_zh"]
Said = Mapping[str, Any]
TEXTS = {
    "ratings": (
        ("Means, gaps, importance against performance", "均值、差距与重要性—绩效分析"),
        ("whoever rated the item", "评价了该题项者"),
        ("not filled; item by item", "不填补，逐题计算"),
    ),
    "kano": (
        ("Kano categories", "Kano 分类"),
        ("whoever answered both questions of a pair", "成对两题均作答者"),
        ("not filled; pair by pair", "不填补，逐对计算"),
    ),
    "white_space": (
        ("Products in use and wanted", "产品持有与需求"),
        ("whoever answered the product questions", "回答了产品题者"),
        ("not filled; product by product", "不填补，逐产品计算"),
    ),
    "outcomes": (
        ("Satisfaction and loyalty", "满意度与忠诚度"),
        ("whoever answered the item", "回答了该题项者"),
        ("not filled; item by item", "不填补，逐题计算"),
    ),
    "scales": (
        ("Reliability of the scales", "量表信度"),
        ("whoever answered an item of the scale", "回答了该量表任一题项者"),
        ("one normal model of the scale's items (EM)", "量表题项的正态模型（EM）"),
    ),
    "segments": (
        ("Segments", "需求分群"),
        ("those with at least {answered:.0%} of the importance items", "至少回答{answered:.0%}重要性题项者"),
        ("conditional mean of one normal model (EM)", "正态模型条件均值（EM）"),
    ),
    "weights": (
        ("Derived importance (relative weights)", "推导重要性（相对权重）"),
        ("those with overall satisfaction and a performance rating", "回答了总体满意度并有表现评分者"),
        ("one normal model of ratings and satisfaction (EM)", "评分与满意度的正态模型（EM）"),
    ),
    "regression": (
        ("Satisfaction on the aspects (regression)", "满意度对各方面的回归"),
        ("those with overall satisfaction and a score", "回答了总体满意度并有得分者"),
        ("{m} imputations by predictive mean matching", "预测均值匹配{m}重插补"),
    ),
}


def span(counts: Iterable[Any]) -> dict[str, int]:
    """Smallest and largest of the counts that are known and not 0."""
    known = [int(n) for n in counts if pd.notna(n) and n > 0]
    return {"n_low": min(known), "n_high": max(known)} if known else {}


def items(used: int, asked: int) -> dict[str, int]:
    """How many of the items enter."""
    return {"n_used": used, "n_asked": asked}


def of_everybody(table: pd.DataFrame, columns: list[str]) -> dict[str, int]:
    """Answers and items of an item-by-item analysis: its rows of everybody."""
    rows = table[table["group"].eq("all")] if len(table) else table
    if rows.empty:
        return {}
    counts = rows[columns].astype(float).to_numpy().ravel()
    return span(counts) | items(int((counts > 0).sum()), len(counts))


def of_scales(scales: pd.DataFrame) -> dict[str, int]:
    """Answers and items of the scales that have a coefficient."""
    usable = scales[scales["alpha"].notna()] if len(scales) else scales
    if usable.empty:
        return {}
    left = sum(len(str(items).split(";")) for items in scales["left_out"].dropna())
    used = int(usable["n_items"].sum())
    return span(usable["n"]) | items(used, int(scales["n_items"].sum()) + left)


def of_segments(built: Said) -> dict[str, int]:
    """Respondents and importance items that are clustered."""
    if built["status"] != "ok":
        return {}
    return span([built["n_clustered"]]) | items(built["n_items_used"], built["n_items"])


def of_weights(derived: pd.DataFrame) -> dict[str, int]:
    """Respondents and attributes of the models of derived importance."""
    if derived.empty or derived["n_model"].isna().all():
        return {}
    return span(derived["n_model"]) | items(int(derived["n_model"].notna().sum()), len(derived))


def of_regression(regressed: Said, table: pd.DataFrame) -> dict[str, int]:
    """Respondents and aspects of the regression of satisfaction."""
    if regressed["status"] != "ok":
        return {}
    return span([regressed["n"]]) | items(regressed["n_predictors"], len(table))


def entrants(found: Mapping[str, dict[str, int]], settings: Mapping[str, Any]) -> pd.DataFrame:
    """One row an analysis, in the order of ``TEXTS``; ``settings`` fill the texts."""
    rows = []
    for position, (name, (label, who, holes)) in enumerate(TEXTS.items(), start=1):
        row: dict[str, Any] = {"position": position, "analysis": name} | found[name]
        for language, *texts in zip(("en", "zh"), label, who, holes, strict=True):
            filled = [text.format(**settings) for text in texts]
            row |= dict(zip((f"label_{language}", f"who_{language}", f"holes_{language}"), filled, strict=True))
        rows.append(row)
    numbers = ["n_low", "n_high", "n_used", "n_asked"]
    return pd.DataFrame(rows).reindex(columns=COLUMNS).astype(dict.fromkeys(numbers, "Int64"))


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, output, params = snakemake.input, snakemake.output, snakemake.params
    read = {name: tables.read(source[name]) for name in ("scales", "derived", "regression")}
    grouped = {name: tables.read(source[name], text=["group"]) for name in ("ipa", "kano", "white_space", "drivers")}
    outcomes = grouped["drivers"]
    outcomes = outcomes[outcomes["measure"].eq("mean")] if len(outcomes) else outcomes
    found = {
        "ratings": of_everybody(grouped["ipa"], ["n_importance", "n_performance"]),
        "kano": of_everybody(grouped["kano"], ["n"]),
        "white_space": of_everybody(grouped["white_space"], ["n"]),
        "outcomes": of_everybody(outcomes, ["n"]),
        "scales": of_scales(read["scales"]),
        "segments": of_segments(values.read(source.built)),
        "weights": of_weights(read["derived"]),
        "regression": of_regression(values.read(source.regressed), read["regression"]),
    }
    table = entrants(found, {"answered": params.answered, "m": params.imputations})
    done = table["n_low"].notna()
    tables.write(table, output.table, ["position"])
    values.write(
        {
            "n_used": values.read(source.completed)["n_used"],
            "n_analyses": int(done.sum()),
            "n_not_done": int((~done).sum()),
            "fewest": table["n_low"].min() if done.any() else None,
        },
        output.values,
    )


if __name__ == "__main__":
    run(main, snakemake)
