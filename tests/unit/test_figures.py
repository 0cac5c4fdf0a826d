"""Every figure with usual, empty and extreme tables; the same tables give the same bytes."""

import itertools
import warnings
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse
from matplotlib.text import Text
from PIL import Image

from scripts.figures import (
    draw_customers,
    draw_environment,
    draw_factors,
    draw_literature,
    draw_needs,
    draw_quality,
    draw_route,
    draw_segments,
    draw_strategy,
    draw_survey,
    draw_validity,
    mosaic,
    plan,
    planes,
    segment_profile,
)
from scripts.figures.numbers import place_numbers
from scripts.lib import tables, values
from scripts.lib.figures import (
    SOFT,
    Drawing,
    both,
    cut,
    names,
    row_labels,
    save,
    save_picture,
    sheet,
    text_width,
    wrap,
    write,
)
from scripts.lib.job import InputError

ASPECTS = ["product", "platform", "relationship", "operations"]


def label(kind: str, i: int, long: bool = False) -> tuple[str, str]:
    extra = " that goes on and on, with a comma, until no row has room for it" if long and i % 3 == 0 else ""
    return f"{kind} number {i + 1}{extra}", f"第{i + 1}项名称"


def attributes(n: int, long: bool = False) -> pd.DataFrame:
    texts = [label("Quality of service", i, long) for i in range(n)]
    return pd.DataFrame(
        {
            "position": range(1, n + 1),
            "attribute": [f"a{i:02d}" for i in range(n)],
            "aspect": [ASPECTS[4 * i // n] for i in range(n)],
            "label_en": [en for en, _ in texts],
            "label_zh": [zh for _, zh in texts],
        }
    )


def groups(n: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "group": [str(i + 1) for i in range(n)],
            "group_kind": "segment",
            "label_en": [f"Group {i + 1}: seeks quality" for i in range(n)],
            "label_zh": [f"第{i + 1}群" for i in range(n)],
            "n": 40,
            "share": 1 / n,
        }
    )


def gate(k_max: int = 6) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(1)
    draws = pd.DataFrame(
        [(k, draw, 0.05 + 0.01 * k + 0.004 * rng.normal()) for k in range(2, k_max + 1) for draw in range(60)],
        columns=["k", "draw", "silhouette"],
    )
    ks = range(2, k_max + 1)
    rows = pd.DataFrame({"k": ks, "silhouette": [0.12 - 0.01 * k for k in ks], "null_mean": 0.08, "null_sd": 0.004})
    rows["p"] = [0.005 if k < 4 else 0.4 for k in ks]
    rows["passes"] = ["yes" if k < 4 else "no" for k in ks]
    return rows, draws


def partitions(k_max: int, chosen: int | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Indices and Jaccard similarities of k = 2..k_max."""
    ks = range(2, k_max + 1)
    indices = pd.DataFrame({"k": ks, "min_size": [90 // k for k in ks], "gates": "A C"})
    indices["chosen"] = ["yes" if k == chosen else "no" for k in ks]
    rows = [(k, str(j + 1), 0.95 - 0.06 * k - 0.03 * j) for k in ks for j in range(k)]
    return indices, pd.DataFrame(rows, columns=["k", "segment", "jaccard"])


def profile(n_groups: int, n_attributes: int) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    rows = [(str(g + 1), f"a{a:02d}", rng.normal(0, 0.5)) for g in range(n_groups) for a in range(n_attributes)]
    out = pd.DataFrame(rows, columns=["group", "attribute", "mean_centred"])
    out["g"] = 2 * out["mean_centred"] if n_groups > 1 else np.nan
    out = out.assign(g_low=out["g"] - 0.4, g_high=out["g"] + 0.4)
    size = out["attribute"].str[1:].astype(float) / 60 if n_groups > 1 else np.nan
    return out.assign(effect_size=size, effect_low=size, effect_high=size + 0.1)


def firmographics(n_groups: int, n_categories: int, long: bool = False) -> pd.DataFrame:
    """Two items; the first category of the first group is withheld, and that of the second with it."""
    rng = np.random.default_rng(4)
    parts = []
    for item in ("size", "kind"):
        counts = rng.integers(5, 40, (n_groups, n_categories))
        for group, row in [*zip(map(str, range(1, n_groups + 1)), counts, strict=True), ("all", counts.sum(axis=0))]:
            for j, n in enumerate(row):
                en, zh = label("Category", j, long)
                parts.append((group, item, f"c{j}", en, zh, n, n / row.sum(), (-1) ** j * 1.5 * j))
    out = pd.DataFrame(parts, columns=["group", "item", "key", "label_en", "label_zh", "n", "share", "residual"])
    withheld = out["key"].eq("c0") & out["group"].isin(["1", "2"]) & (n_categories > 1)
    out["suppressed"] = np.where(withheld, "yes", "no")
    out.loc[withheld, ["n", "share", "residual"]] = np.nan
    out.loc[out["group"].eq("all"), "residual"] = np.nan
    return out.assign(v=0.3, item_en="An item " * (9 if long else 1), item_zh="题项", position=range(1, len(out) + 1))


def ipa(n: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(3)
    rows = attributes(n)[["attribute", "aspect", "label_en", "label_zh"]].assign(group="all")
    rows["importance"], rows["performance"] = 4 + 0.3 * rng.normal(size=n), 3.3 + 0.3 * rng.normal(size=n)
    rows["n_importance"], rows["n_performance"] = 200, 180
    high, good = rows["importance"] > 4, rows["performance"] > 3.3
    rows["quadrant"] = np.select(
        [high & ~good, high & good, ~high & ~good], ["concentrate", "keep_up", "low_priority"], "overkill"
    )
    rows["verdict"] = np.where(rng.random(n) < 0.4, "undecided", rows["quadrant"])
    rows["axis"], rows["axis_importance"], rows["p_quadrant"] = "stated", rows["importance"], 0.9
    rows["spread_importance"], rows["spread_performance"] = 0.01 + 0.02 * rng.random(n), 0.02
    rows["spread_correlation"] = rng.uniform(-0.9, 0.9, n)
    for name in ("importance", "performance"):
        rows[f"{name}_pomp"] = (rows[name] - 1) / 4
    cuts = {
        "importance_cut": [4.0],
        "performance_cut": [3.3],
        "importance_cut_pomp": [0.75],
        "performance_cut_pomp": [0.575],
    }
    return rows, pd.DataFrame({"group": ["all"], "axis": ["stated"]} | cuts)


def kano(n: int) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    rows = attributes(n)[["attribute", "label_en", "label_zh"]].assign(group="all", n=180)
    rows["better"], rows["worse"] = rng.random(n), -rng.random(n)
    for column in ("better", "worse"):
        rows[f"{column}_low"], rows[f"{column}_high"] = rows[column] - 0.07, rows[column] + 0.07
    rows["category"] = np.where(
        rows["better"] > 0.5, np.where(rows["worse"] < -0.5, "O", "A"), np.where(rows["worse"] < -0.5, "M", "I")
    )
    rows["distinct"] = np.where(rng.random(n) < 0.7, "yes", "no")
    return rows.assign(verdict=rows["category"])


def white_space(n_products: int, n_groups: int) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    rows = []
    for i in range(n_products):
        en, zh = label("Product", i)
        for group in ["all", *(str(g + 1) for g in range(n_groups))]:
            few = group != "all" and rng.random() < 0.15
            rows.append(
                (
                    group,
                    f"p{i:02d}",
                    en,
                    zh,
                    np.nan if few else 40,
                    np.nan if few else 0.5 * rng.random(),
                    "yes" if few else "no",
                )
            )
    return pd.DataFrame(rows, columns=["group", "product", "label_en", "label_zh", "n", "unmet_share", "suppressed"])


def needs(n: int) -> pd.DataFrame:
    rows = attributes(n)[["attribute", "aspect", "label_en", "label_zh"]].assign(group="all")
    rows["weight"] = np.linspace(2, 0.5, n) / np.linspace(2, 0.5, n).sum()
    rows["rank"] = np.arange(1, n + 1)
    rows["rank_low"], rows["rank_high"] = (rows["rank"] - 3).clip(1), (rows["rank"] + 4).clip(upper=n)
    rows["weight_low"], rows["weight_high"] = 0.9 * rows["weight"], 1.1 * rows["weight"]
    rows["rank_derived"] = np.where(rows["rank"] % 5 == 0, np.nan, n + 1 - rows["rank"])
    return rows.assign(p_top3=np.exp(-rows["rank"] / 3))


def families() -> pd.DataFrame:
    zh = ["产品策略", "平台技术策略", "客户关系管理策略", "内部运营管理策略"]
    rows = pd.DataFrame({"position": range(1, 5), "family": [f"family_{a}" for a in ASPECTS], "label_zh": zh})
    return rows.assign(label_en=[f"{a.title()} strategy of the study" for a in ASPECTS])


def measures(n: int, long: bool = False) -> pd.DataFrame:
    texts = [label("Measure", i, long) for i in range(n)]
    aspect = [ASPECTS[4 * i // n] for i in range(n)]
    return pd.DataFrame(
        {
            "measure": [f"m{i:02d}" for i in range(n)],
            "position": range(1, n + 1),
            "family": [f"family_{a}" for a in aspect],
            "aspect": aspect,
            "label_en": [en for en, _ in texts],
            "label_zh": [zh for _, zh in texts],
        }
    )


def qfd(n_measures: int, n_attributes: int) -> pd.DataFrame:
    rng = np.random.default_rng(6)
    rows = [
        (f"m{m:02d}", f"a{a:02d}", strength)
        for m in range(n_measures)
        for a in range(n_attributes)
        if (strength := 9 if m == a else int(rng.choice([0, 1, 3, 9], p=[0.8, 0.08, 0.07, 0.05])))
    ]
    return pd.DataFrame(rows, columns=["measure", "attribute", "strength"])


def ranking(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A ranking whose last measure stands apart, and the acceptability of the ranks of the others."""
    n = len(table)
    rows = table[["measure", "family", "label_en", "label_zh"]].assign(position=np.arange(1, n + 1), apart="no")
    rows["goes_first"] = ["yes" if i == 2 else "no" for i in range(n)]
    rows.loc[n - 1, "apart"] = "yes" if n > 1 else "no"
    among = rows.loc[rows["apart"].eq("no"), "measure"].tolist()
    shares = np.exp(-np.abs(np.subtract.outer(np.arange(len(among)), np.arange(len(among)))))
    shares /= shares.sum(axis=1, keepdims=True)
    long = pd.DataFrame(shares, index=among, columns=range(1, len(among) + 1)).rename_axis("measure").reset_index()
    long = long.melt("measure", var_name="rank", value_name="p").astype({"rank": int})
    first, top = shares[:, 0], shares[:, :3].sum(axis=1)
    chances = pd.DataFrame({"measure": among, "p_rank1": first, "p_rank1_weighted_sum": first[::-1]})
    chances["p_top3"] = chances["p_top3_weighted_sum"] = top
    both_ways = pd.concat([long.assign(method=method) for method in ("topsis", "weighted_sum")])
    return rows.merge(chances, on="measure", how="left"), both_ways


def roadmap(table: pd.DataFrame, n_safeguards: int) -> pd.DataFrame:
    rows = [
        (m.measure, "measure", m.label_en, m.label_zh, 1 + i % 5, 1 + i % 5 + i % 3)
        for i, m in enumerate(table.itertuples())
    ]
    rows += [(f"s{i}", "safeguard", *label("Safeguard", i), 1 + i % 4, 8) for i in range(n_safeguards)]
    out = pd.DataFrame(rows, columns=["id", "kind", "label_en", "label_zh", "start_quarter", "end_quarter"])
    out["prerequisites"] = ["m00;s0" if name == "m04" and n_safeguards else None for name in out["id"]]
    for end in ("start", "end"):
        out[f"{end}_name"] = [f"{2027 + (q + 1) // 4}Q{(q + 1) % 4 + 1}" for q in out[f"{end}_quarter"]]
    return out


def risks(n: int) -> pd.DataFrame:
    rng = np.random.default_rng(7)
    texts = [label("Risk", i) for i in range(n)]
    rows = pd.DataFrame(
        {"risk": [f"r{i}" for i in range(n)], "label_en": [en for en, _ in texts], "label_zh": [zh for _, zh in texts]}
    )
    rows["likelihood"], rows["impact"] = rng.integers(1, 6, n), rng.integers(1, 6, n)
    rows["likelihood_after"], rows["impact_after"] = (rows["likelihood"] - 1).clip(1), rows["impact"]
    rows["before"], rows["after"] = rows["likelihood"] * rows["impact"], rows["likelihood_after"] * rows["impact_after"]
    return rows


def trend(n: int) -> pd.DataFrame:
    starts = [1970 + 5 * i for i in range(n)]
    return pd.DataFrame(
        {"start": starts, "period": [f"{s}-{s + 4}" for s in starts], "n": [(3 * i) % 7 for i in range(n)]}
    )


def topic_region(n_topics: int, n_regions: int) -> pd.DataFrame:
    rows = []
    for t in range(n_topics):
        for r in range(n_regions):
            n = (t * r) % 4
            rows.append(
                (
                    n_regions * t + r + 1,
                    f"t{t}",
                    f"r{r}",
                    n,
                    "yes" if n == 0 and r else "no",
                    *label("Topic", t),
                    *label("Region", r),
                )
            )
    columns = ["position", "topic", "region_type", "n", "gap", "label_en", "label_zh"]
    return pd.DataFrame(rows, columns=[*columns, "region_type_label_en", "region_type_label_zh"])


def topic_customer(n_topics: int, n_kinds: int) -> pd.DataFrame:
    frame = topic_region(n_topics, n_kinds)
    return frame.rename(columns={name: name.replace("region_type", "customer_kind") for name in frame.columns})


def selection(n_reasons: int) -> pd.DataFrame:
    steps = [("identified", 500), ("duplicates", 20), ("screened", 480)]
    steps += [("excluded", 10 + i) for i in range(n_reasons)]
    steps.append(("included", 480 - sum(n for step, n in steps if step == "excluded")))
    texts = [label("Step of the selection", i) for i in range(len(steps))]
    rows = [(i + 1, step, n, *texts[i]) for i, (step, n) in enumerate(steps)]
    return pd.DataFrame(rows, columns=draw_literature.FLOW)


def flow() -> pd.DataFrame:
    steps = ["list", "invited", "returned", "flagged", "used"]
    rows = pd.DataFrame({"position": range(1, 6), "step": steps, "n": [500, 480, 260, 12, 248]})
    return rows.assign(label_en=[step.title() for step in steps], label_zh="步骤")


def missing(n: int) -> pd.DataFrame:
    rng = np.random.default_rng(8)
    rows = [
        (f"i{role}{i}", role, f"a{i:02d}", 0.3 * rng.random(), 0.4 * rng.random(), "yes" if i % 7 == 0 else "no")
        for role in ("importance", "performance", "kano_functional")
        for i in range(n)
    ]
    columns = ["item", "role", "attribute", "share_not_applicable", "share_missing", "leaves_models"]
    return pd.DataFrame(rows, columns=columns).assign(position=range(3 * n))


def careless(n: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Indices, one of them not computed, and their pairs, one of them hidden."""
    rows = pd.DataFrame({"position": range(1, n + 2), "index": [f"x{i}" for i in range(n + 1)]})
    rows["label_en"], rows["label_zh"] = zip(*(label("Index", i) for i in range(n + 1)), strict=True)
    rows["computed"] = ["yes"] * n + ["no"]
    rows["n_crossed"], rows["share_crossed"] = range(3, n + 4), np.linspace(0.01, 0.4, n + 1)
    pairs = pd.DataFrame(itertools.combinations(rows["index"], 2), columns=["index", "other"])
    pairs["n_computed"], pairs["n_crossed"] = 100, np.arange(len(pairs)) % 9 + 5.0
    pairs["suppressed"] = "no"
    pairs.loc[0, ["n_crossed", "suppressed"]] = np.nan, "yes"
    return rows, pairs


def hole_patterns(n: int, n_aspects: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Patterns of two roles over aspects, the last of each pooled; the aspects."""
    names = [f"aspect{i}" for i in range(n_aspects)]
    texts = [label("Field of service", i) for i in range(n_aspects)]
    aspects = pd.DataFrame({"aspect": names, "label_en": [t[0] for t in texts], "label_zh": [t[1] for t in texts]})
    rows = []
    for role in ("importance", "performance"):
        for i in range(n):
            states = [";".join(names[k::3] if k == i % 3 else []) for k in range(3)]
            states[(i + 1) % 3] = ";".join(name for name in names if name not in states[i % 3].split(";"))
            rows.append((role, i + 1, 20 - i % 15, 0.1, 1, *(text or None for text in states)))
        rows.append((role, n + 1, 9, 0.03, 4, None, None, None))
    return pd.DataFrame(rows, columns=draw_quality_columns()), aspects


def draw_quality_columns() -> list[str]:
    return ["role", "position", "n", "share", "n_patterns", *draw_quality.STATES]


def scales(n: int) -> pd.DataFrame:
    texts = [label("Scale", i) for i in range(n)]
    rows = pd.DataFrame({"construct": [f"c{i}" for i in range(n)], "n_items": 3, "n": 120})
    rows["label_en"], rows["label_zh"] = zip(*texts, strict=True)
    rows["alpha"] = np.linspace(0.4, 0.9, n)
    rows["alpha_low"], rows["alpha_high"] = rows["alpha"] - 0.1, rows["alpha"] + 0.05
    rows.loc[n - 1, ["alpha", "alpha_low", "alpha_high"]] = np.nan  # one item is no scale
    return rows.assign(usable=np.where(rows["alpha"] > 0.6, "yes", "no"))


def scale_items(n: int, long: bool = False) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(9)
    entering = attributes(n, long).rename(columns={"attribute": "item"}).assign(n=180)
    entering["construct"] = [f"c{i // 3:02d}" for i in range(n)]
    statistics = entering[["item"]].assign(citc=rng.uniform(0.1, 0.8, n), pomp=rng.uniform(0.3, 0.9, n), top_share=0.4)
    statistics["ceiling"] = ["yes" if i % 4 == 0 else "no" for i in range(n)]
    return statistics.assign(citc_low=np.where(statistics["citc"] < 0.3, "yes", "no")), entering


def loadings(n: int, k: int, long: bool = False) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(10)
    rows = scale_items(n, long)[1].assign(flagged=["yes" if i % 5 == 0 else "no" for i in range(n)])
    for j in range(k):
        rows[f"factor_{j + 1}"] = np.where(np.arange(n) % k == j, 0.7, rng.normal(0, 0.1, n))
    rows.loc[n // 2 + 1 :, "factor_1"] = np.nan  # another block
    return rows, pd.DataFrame({"factor": range(1, k + 1)})


def scale_pairs(m: int, confirmed: bool = True) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    texts = [label("Scale", i) for i in range(m)]
    constructs = pd.DataFrame({"position": range(1, m + 1), "construct": [f"c{i}" for i in range(m)]})
    constructs["label_en"], constructs["label_zh"] = zip(*texts, strict=True)
    at = list(itertools.combinations(range(m), 2))
    pairs = pd.DataFrame({"first": [f"c{i}" for i, _ in at], "second": [f"c{j}" for _, j in at]})
    pairs["htmt"] = np.linspace(0.3, 0.95, len(at)) if len(at) > 1 else 0.95
    pairs["latent_r"] = pairs["htmt"] if confirmed else np.nan
    pairs["verdict"] = np.where(pairs["htmt"] > 0.9, "not_apart", np.where(pairs["htmt"] > 0.8, "unsure", "apart"))
    for name in ("first", "second"):
        for language, text in (("en", "Scale"), ("zh", "量表")):
            pairs[f"{name}_{language}"] = text + pairs[name]
    validity = constructs[["construct"]].assign(root_ave=0.75)
    return pairs, validity if confirmed else validity.head(0), constructs


def curve() -> pd.DataFrame:
    share = np.round(np.linspace(0, 1, 11), 6)
    return pd.DataFrame({"share_of_groups": share, "share_of_value": share**0.4})


def portfolio() -> pd.DataFrame:
    zh = {"high": "高", "other": "其他", "unknown": "未知"}
    rows = [(v, p, v, zh[v], p, zh[p]) for v in ("high", "other") for p in zh]
    out = pd.DataFrame(rows, columns=draw_customers.PORTFOLIO[:6])
    out["n"], out["value_share"], out["suppressed"] = [30.0, 12, np.nan, 40, 200, np.nan], 0.2, ["no", "no", "yes"] * 2
    return out


def regions(n_measures: int, n_regions: int) -> pd.DataFrame:
    rows = []
    for m in range(n_measures):
        en, zh = label("Measure of the economy", m)
        unit = ("%", "people")[m % 2]
        same = ("2021", "province", en, zh, unit)
        rows.append((f"m{m}", "home", "Home", *same, 4.0, "yes", None, None, np.nan))
        for r in range(n_regions):
            role = ("coast", "peer", "country")[r % 3]
            rows.append((f"m{m}", role, f"Region {r}", *same, (r - 1) * 5.5, "yes", "Home", "2021", 4.0))
    columns = ["measure", "role", "region", "period", "level", "label_en", "label_zh", "unit", "value", "comparable"]
    return pd.DataFrame(rows, columns=[*columns, "partner_region", "partner_period", "partner_value"])


THRESHOLDS = {"2010": [1500, 2500], "2023": [1000, 1800]}


def concentration(basis: str, n_sets: int) -> pd.DataFrame:
    rows = []
    for i in range(n_sets):
        for place in ("Home", "Elsewhere"):
            high = 1600 + 100 * i if basis == "outlets" else np.nan
            rows.append(
                (basis, f"set {i}", place, "outlets", "2026", 5.0 + i, 1600 + 100 * i, high, 0.6, 0.6 if high else 1)
            )
    out = pd.DataFrame(rows, columns=draw_environment.CONCENTRATION)
    return out.assign(label_en=out["set"], label_zh="类别", main="yes", n_compared=out["n_firms"])


def rater_scores(n: int) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    rows = [
        (matrix, f"r{i}", i + 1, *label("Rater", i), 1 + 3 * rng.random())
        for matrix in ("efe", "ife")
        for i in range(n)
    ]
    return pd.DataFrame(rows, columns=["matrix", "rater", "position", "label_en", "label_zh", "score"])


def factors(n: int, long: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    rows = []
    for matrix, kinds in (("efe", ("opportunity", "threat")), ("ife", ("strength", "weakness"))):
        for i in range(n):
            rows.append(
                (
                    matrix,
                    f"{matrix}{i}",
                    kinds[i % 2],
                    *label("Statement of a factor", i, long),
                    0.1,
                    3.0,
                    0.3 - 0.01 * i,
                )
            )
    matrices = {"matrix": ["efe", "ife"], "score": 2.6, "score_min": 2.4, "score_max": 2.8}
    return pd.DataFrame(rows, columns=draw_factors.FACTORS), pd.DataFrame(matrices)


FLOORS = {"alpha_floor": 0.6, "alpha_caution": 0.7}
LIMITS = {"alpha": 0.2, "jaccard": 0.75}
STAGES = {"survey": ["read_answers"], "needs": ["rank_needs", "map_needs"], "a_new_stage": ["do_it"]}


def draw(size: str) -> dict[str, Callable[[], Drawing]]:
    """Every figure with tables of a size: usual, extreme (many rows, long labels) or least (a row or two)."""
    n, k, m, long = {"usual": (23, 3, 22, False), "extreme": (48, 6, 30, True), "least": (1, 1, 1, False)}[size]
    plain, table = attributes(n, long), measures(m, long)
    few = max(n // 3, 2)
    return {
        "literature_trend": lambda: draw_literature.draw_trend(trend(n // 2 + 1), {"n_undated": 3}),
        "literature_flow": lambda: draw_literature.draw_flow(selection(k), {}),
        "literature_map": lambda: draw_literature.draw_map(
            topic_region(n // 2 + 1, k + 2), topic_customer(n // 2 + 1, k + 3), {}
        ),
        "regions": lambda: draw_environment.draw_regions(regions(k + 2, k + 1), {}),
        "concentration": lambda: draw_environment.draw_concentration(concentration("outlets", k), {}, THRESHOLDS),
        "matrix_map": lambda: draw_factors.draw_map(rater_scores(k), {}),
        "factors": lambda: draw_factors.draw_factors(*factors(few, long), {}),
        "value_curve": lambda: draw_customers.draw_curve(curve(), {}),
        "portfolio": lambda: draw_customers.draw_portfolio(portfolio(), {}),
        "sample_flow": lambda: draw_survey.draw_flow(flow()),
        "missing": lambda: draw_survey.draw_missing(missing(n), plain, 0.4),
        "scales": lambda: draw_survey.draw_scales(scales(few), FLOORS, {}),
        "careless_map": lambda: draw_quality.draw_careless(*careless(max(k + 1, 2)), 5),
        "missing_map": lambda: draw_quality.draw_missing(*hole_patterns(n, 2 * k)),
        "item_map": lambda: draw_validity.draw_item_map(*scale_items(n, long), 0.3, {}),
        "loadings": lambda: draw_validity.draw_loadings(*loadings(n, k + 1, long), {}),
        "separation": lambda: draw_validity.draw_separation(*scale_pairs(2 * k, k != 1), {}),
        "homogeneity": lambda: draw_segments.draw_homogeneity(*gate(k + 2), {}),
        "segment_numbers": lambda: draw_segments.draw_numbers(
            *gate(k + 2), *partitions(k + 2, 3 if size == "usual" else None), LIMITS, {}
        ),
        "segment_profile": lambda: segment_profile.draw_profile(profile(k, n), groups(k), plain, {}),
        "segment_mosaic": lambda: mosaic.draw_mosaic(
            firmographics(max(k, 2), min(k + 2, 8), long), groups(max(k, 2)), {}
        ),
        "ipa": lambda: planes.draw_ipa(*ipa(n), plain, {}),
        "kano": lambda: planes.draw_kano(kano(n), plain, {}),
        "white_space": lambda: draw_needs.draw_white_space(white_space(m, k), groups(k), {}),
        "needs": lambda: draw_needs.draw_ranked(needs(n), {}),
        "qfd": lambda: draw_strategy.draw_qfd(qfd(m, n), table, plain, families(), {}),
        "ranking": lambda: draw_strategy.draw_ranking(*ranking(table), families(), {}),
        "roadmap": lambda: plan.draw_roadmap(roadmap(table, m // 2), table, families(), {"quarters": 6}),
        "risks": lambda: plan.draw_risks(risks(few), {}),
        "technical_route": lambda: draw_route.draw_route(STAGES),
    }


NAMES = list(draw("usual"))
SAID = values.refused("Too few answers for it.", "样本过少。")
EMPTY: dict[str, Callable[[], Drawing]] = {
    "literature_trend": lambda: draw_literature.draw_trend(trend(3).head(0), SAID),
    "literature_flow": lambda: draw_literature.draw_flow(selection(1).head(0), SAID),
    "literature_map": lambda: draw_literature.draw_map(topic_region(2, 2).head(0), topic_customer(2, 2).head(0), SAID),
    "matrix_map": lambda: draw_factors.draw_map(rater_scores(2).head(0), SAID),
    "regions": lambda: draw_environment.draw_regions(tables.empty(regions(1, 1).columns), SAID),
    "concentration": lambda: draw_environment.draw_concentration(concentration("outlets", 1).head(0), SAID, {}),
    "factors": lambda: draw_factors.draw_factors(*(frame.head(0) for frame in factors(2, False)), SAID),
    "value_curve": lambda: draw_customers.draw_curve(curve().head(0), SAID),
    "portfolio": lambda: draw_customers.draw_portfolio(portfolio().head(0), SAID),
    "scales": lambda: draw_survey.draw_scales(tables.empty(scales(2).columns), FLOORS, SAID),
    "item_map": lambda: draw_validity.draw_item_map(
        *(tables.empty(part.columns) for part in scale_items(2)), 0.3, SAID
    ),
    "loadings": lambda: draw_validity.draw_loadings(*(tables.empty(part.columns) for part in loadings(2, 1)), SAID),
    "separation": lambda: draw_validity.draw_separation(*(part.head(0) for part in scale_pairs(2)), SAID),
    "homogeneity": lambda: draw_segments.draw_homogeneity(*(frame.head(0) for frame in gate()), SAID),
    "segment_numbers": lambda: draw_segments.draw_numbers(
        *(frame.head(0) for frame in (*gate(), *partitions(3, None))), LIMITS, SAID
    ),
    "segment_profile": lambda: segment_profile.draw_profile(profile(1, 1).head(0), groups(1), attributes(1), SAID),
    "segment_mosaic": lambda: mosaic.draw_mosaic(firmographics(2, 2).head(0), groups(2), SAID),
    "ipa": lambda: planes.draw_ipa(*(tables.empty(frame.columns) for frame in ipa(2)), attributes(2), SAID),
    "kano": lambda: planes.draw_kano(tables.empty(kano(2).columns), attributes(2), SAID),
    "white_space": lambda: draw_needs.draw_white_space(white_space(2, 1).head(0), groups(1), SAID),
    "needs": lambda: draw_needs.draw_ranked(tables.empty(needs(2).columns), SAID),
    "qfd": lambda: draw_strategy.draw_qfd(qfd(2, 2).head(0), measures(2), attributes(2), families(), SAID),
    "ranking": lambda: draw_strategy.draw_ranking(*(frame.head(0) for frame in ranking(measures(2))), families(), SAID),
    "roadmap": lambda: plan.draw_roadmap(roadmap(measures(2), 1).head(0), measures(2), families(), SAID),
    "risks": lambda: plan.draw_risks(risks(2).head(0), SAID),
}


def outside(figure: Figure) -> list[str]:
    """What the page cuts off: texts inside the axes, or "layout" for names, titles and legends."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a layout that could not be made
        figure.draw_without_rendering()
    page, drawn = figure.bbox, figure.get_tightbbox()
    wide, high = figure.get_size_inches()
    fits = min(drawn.x0, drawn.y0) > -0.03 and drawn.x1 < wide + 0.03 and drawn.y1 < high + 0.03
    found = [] if fits else ["layout"]
    for text in itertools.chain.from_iterable(axes.texts for axes in figure.findobj(Axes)):
        box = text.get_window_extent()
        if text.get_text() and (min(box.x0, box.y0) < -3 or box.x1 > page.width + 3 or box.y1 > page.height + 3):
            found.append(text.get_text())
    return found


@pytest.mark.parametrize("name", NAMES)
def test_usual_tables_give_the_same_bytes_twice(name: str, tmp_path: Path) -> None:
    for path in (tmp_path / "one.svg", tmp_path / "two.svg"):
        drawing = draw("usual")[name]()
        assert drawing.figure is not None and drawing.alt is not None
        save(drawing.figure, path)
    svg = (tmp_path / "one.svg").read_text(encoding="utf-8")
    assert svg == (tmp_path / "two.svg").read_text(encoding="utf-8")
    assert "<dc:date>" not in svg and "matplotlib.org" not in svg.split("<defs>")[0]
    assert ElementTree.fromstring(svg).tag.endswith("svg")
    assert outside(drawing.figure) == []
    assert not drawing.data.duplicated(list(drawing.key)).any()
    for language in ("en", "zh"):
        assert any(sign.isdigit() for sign in drawing.alt[language])
        assert "nan" not in drawing.alt[language].lower() and drawing.title[language]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", ["extreme", "least"])
def test_extreme_tables_keep_every_text_on_the_page(name: str, size: str) -> None:
    drawing = draw(size)[name]()
    assert drawing.figure is not None and drawing.alt is not None
    assert outside(drawing.figure) == []
    assert drawing.figure.get_figheight() <= 8.6
    assert "nan" not in drawing.alt["en"].lower()


@pytest.mark.parametrize("name", EMPTY)
def test_empty_table_is_absent_with_the_reason_of_its_stage(name: str, tmp_path: Path) -> None:
    output = {f"{name}_{kind}": tmp_path / f"{name}.{kind}" for kind in ("svg", "png", "csv")}
    write({name: EMPTY[name]()}, output | {"values": tmp_path / "draw.json"})
    said = values.read(tmp_path / "draw.json")["figures"][name]
    assert said["status"] == "absent" and said["reason"]["en"] == "Too few answers for it."
    assert "Too few answers for it." in (tmp_path / f"{name}.svg").read_text(encoding="utf-8")
    assert ElementTree.parse(tmp_path / f"{name}.svg").getroot().tag.endswith("svg")
    assert (tmp_path / f"{name}.csv").read_text(encoding="utf-8").count("\n") == 1
    with Image.open(tmp_path / f"{name}.png") as picture:
        assert len(picture.getcolors()) > 2, "the sentence is drawn"


def test_written_figure_has_its_rows_beside_it(tmp_path: Path) -> None:
    output = {f"needs_{kind}": tmp_path / f"needs.{kind}" for kind in ("svg", "png", "csv")}
    write({"needs": draw_needs.draw_ranked(needs(30), {})}, output | {"values": tmp_path / "draw.json"})
    assert len(tables.read(tmp_path / "needs.csv")) == draw_needs.SHOWN
    assert set(values.read(tmp_path / "draw.json")["figures"]["needs"]) == {"title", "alt", "status"}


def test_picture_for_word_is_the_same_bytes_and_carries_no_metadata(tmp_path: Path) -> None:
    for path in (tmp_path / "one.png", tmp_path / "two.png"):
        figure = draw_needs.draw_ranked(needs(5), {}).figure
        assert figure is not None
        save(figure, path.with_suffix(".svg"))
        save_picture(figure, path)
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()
    with Image.open(tmp_path / "one.png") as picture:
        assert picture.size == tuple(int(inches * 200) for inches in figure.get_size_inches())
        assert set(picture.info) <= {"dpi"} and picture.mode == "P"


def test_picture_keeps_a_pale_fill_apart_from_the_white_around_it(tmp_path: Path) -> None:
    figure = draw("usual")["concentration"]().figure
    assert figure is not None
    save(figure, tmp_path / "concentration.svg")
    save_picture(figure, tmp_path / "concentration.png")
    with Image.open(tmp_path / "concentration.png") as picture:
        width, height = picture.size
        found = dict(count[::-1] for count in picture.convert("RGB").getcolors())
    for colour, least in (("#FFFFFF", 0.4), (SOFT, 0.02)):
        meant = [255 * part for part in to_rgb(colour)]
        near = [at for at in found if max(abs(a - b) for a, b in zip(at, meant, strict=True)) <= 2]
        assert sum(found[at] for at in near) >= least * width * height, colour


def test_text_stays_text_and_the_figure_carries_its_faces(tmp_path: Path) -> None:
    figure = draw_needs.draw_ranked(needs(3).assign(label_en="Złoty", label_zh="审批速度"), {}).figure
    assert figure is not None
    save(figure, tmp_path / "needs.svg")
    svg = (tmp_path / "needs.svg").read_text(encoding="utf-8")
    assert "Złoty 审批速度" in svg
    assert svg.count("src: url(data:font/ttf;base64,") == 2, "the second face has the sign that the first lacks"


def test_sign_without_glyph_is_told(tmp_path: Path) -> None:
    rows = needs(3).assign(label_en="Smile \N{ROBOT FACE}")
    figure = draw_needs.draw_ranked(rows, {}).figure
    assert figure is not None
    with pytest.raises(InputError, match="ROBOT FACE"):
        save(figure, tmp_path / "needs.svg")


def test_the_route_has_figures_behind_every_analysis() -> None:
    stages = {"survey": ["a"], "figures": ["b"], "new_analysis": ["c"], "needs": ["d"], "report": ["e"]}
    order = list(draw_route.draw_route(stages).data["stage"])
    assert order == ["survey", "needs", "new_analysis", "figures", "report"]


def test_a_name_that_leaves_no_room_is_told(tmp_path: Path) -> None:
    figure = sheet(1.5)
    axes = figure.subplots()
    axes.set_yticks([0, 1], ["short", "W" * 100])
    with pytest.raises(InputError, match=r"needs\.svg: its names leave no room .* 'W{100}'; write it shorter"):
        save(figure, tmp_path / "needs.svg")


def test_points_are_numbered_as_in_the_list_when_some_have_no_mean() -> None:
    rows, cuts = ipa(5)
    rows.loc[1, ["importance", "performance", "quadrant"]] = None
    data = planes.draw_ipa(rows, cuts, attributes(5), {}).data
    assert list(data["attribute"]) == ["a00", "a02", "a03", "a04"]
    assert list(data["number"]) == [1, 2, 3, 4]


def test_performance_stands_in_percent_and_derived_importance_as_weight() -> None:
    rows, cuts = ipa(4)
    stated, derived = (planes.ipa_rows(rows.assign(axis=axis), cuts, attributes(4)) for axis in ("stated", "derived"))
    assert list(stated["shown_performance"]) == pytest.approx(list((rows["performance"] - 1) / 4))
    assert list(stated["shown_importance"]) == pytest.approx(list((rows["importance"] - 1) / 4))
    assert set(stated["importance_cut"]) == {0.75} and set(stated["importance_unit"]) == {"pomp"}
    assert list(derived["shown_importance"]) == list(rows["axis_importance"])
    assert set(derived["importance_cut"]) == {4.0} and set(derived["importance_unit"]) == {"weight"}


def test_a_map_that_only_describes_has_no_regions_and_says_so() -> None:
    rows, cuts = ipa(6)
    few = rows.assign(verdict="descriptive", spread_importance=np.nan, spread_performance=np.nan)
    drawing = planes.draw_ipa(few, cuts, attributes(6), {})
    assert drawing.figure is not None and not drawing.figure.findobj(Ellipse)
    assert drawing.alt is not None and "so few answers" in drawing.alt["en"]
    usual = planes.draw_ipa(rows, cuts, attributes(6), {})
    assert usual.figure is not None and len(usual.figure.findobj(Ellipse)) == 6


def test_ranks_in_classes_add_up_for_each_measure_and_method() -> None:
    rows, acceptability = ranking(measures(14))
    data = draw_strategy.acceptability_rows(rows, acceptability)
    shown = data[data["method"].ne("none")]
    assert shown.groupby(["measure", "method"])["p"].sum().to_numpy() == pytest.approx(1)
    assert list(dict.fromkeys(shown["ranks"])) == ["1", "2", "3", "4-5", "6-10", "11-13"]
    assert data.loc[data["apart"].eq("yes"), "p"].isna().all()


def test_each_prerequisite_is_a_line_of_the_road_map() -> None:
    drawing = plan.draw_roadmap(roadmap(measures(6), 2), measures(6), families(), {"quarters": 4})
    assert drawing.alt is not None and "2 starts wait for a prerequisite" in drawing.alt["en"]
    assert drawing.figure is not None
    assert any(text.get_text().startswith("end of the plan") for text in drawing.figure.findobj(Text))


def test_only_comparable_regions_are_drawn_beside_home() -> None:
    rows = regions(2, 3)
    rows.loc[1, "comparable"] = "no"
    bars = draw_environment.region_bars(rows, None)
    assert bars.groupby("measure", sort=False).size().to_dict() == {"m0": 3, "m1": 4}
    assert bars.groupby("measure")["role"].apply(lambda roles: (roles == "home").sum()).tolist() == [1, 1]
    assert draw_environment.region_bars(rows, "m1")["measure"].iloc[0] == "m1", "the measure of development leads"
    alone = rows.assign(comparable=["yes" if role == "home" else "no" for role in rows["role"]])
    assert draw_environment.draw_regions(alone, {}).figure is None


def test_a_field_of_the_matrix_has_a_posture() -> None:
    fields = {(1.5, 1.5): "leave", (2.5, 2.5): "hold", (3.5, 3.5): "grow", (3.5, 1.5): "hold", (2.0, 3.0): "grow"}
    assert {place: draw_factors.posture(*place) for place in fields} == fields
    assert draw_factors.posture(4.0, 4.0) == "grow"


def test_the_flow_shows_every_reason() -> None:
    data = draw_literature.draw_flow(selection(3), {}).data
    assert data["step"].tolist().count("excluded") == 3


def test_suppressed_cells_carry_no_number() -> None:
    data = draw_needs.draw_white_space(white_space(12, 4), groups(4), {}).data
    assert data.loc[data["suppressed"].eq("yes"), ["n", "unmet_share"]].isna().all(axis=None)
    assert data["suppressed"].eq("yes").any()


def test_interval_without_upper_bound_is_drawn_as_a_lower_bound() -> None:
    figure = draw_environment.draw_concentration(concentration("shares", 2), {}, THRESHOLDS).figure
    assert figure is not None
    assert any(text.get_text().startswith("≥") for text in figure.findobj(Text))


@pytest.mark.parametrize("n", [2, 3, 6, 9])
@pytest.mark.parametrize("long", [False, True])
def test_figures_of_groups_fit_the_page_however_many_there_are(n: int, long: bool) -> None:
    named = groups(n)
    if long:
        named["label_en"], named["label_zh"] = (
            "Finance for suppliers and dealers / Proactive service of us",
            "供应链上下游融资、主动服务",
        )
    for drawing in (
        segment_profile.draw_profile(profile(n, 23), named, attributes(23), {}),
        mosaic.draw_mosaic(firmographics(n, 6, long), named, {}),
    ):
        assert drawing.figure is not None and outside(drawing.figure) == []


def test_withheld_cells_make_one_tile_and_the_items_with_the_largest_v_are_drawn() -> None:
    cells = firmographics(3, 4)
    cells.loc[cells["item"].eq("size"), "v"] = 0.4
    many = firmographics(3, 9).assign(item="many", v=0.9)
    flat = firmographics(3, 2).assign(item="flat", v=np.nan)
    drawing = mosaic.draw_mosaic(pd.concat([cells, many, flat], ignore_index=True), groups(3), {})
    assert drawing.data["item"].unique().tolist() == ["size", "kind"]  # many has too many categories, flat no V
    assert drawing.figure is not None
    panel = drawing.figure.axes[0]
    hatched = [tile for tile in panel.patches if tile.get_hatch()]
    withheld = drawing.data[drawing.data["item"].eq("size") & drawing.data["suppressed"].eq("yes")]
    assert len(hatched) == withheld["group"].nunique() == 2
    heights = pd.Series([tile.get_height() for tile in panel.patches]).sum()
    assert heights == pytest.approx(4)  # everybody and three groups, each a whole


def test_one_group_has_no_mosaic() -> None:
    assert "one group" in mosaic.draw_mosaic(firmographics(1, 3), groups(1), {}).reason["en"]  # type: ignore[index]


def test_names_of_tiles_keep_apart_and_on_the_panel() -> None:
    at = mosaic.spread(np.array([0.01, 0.02, 0.5, 0.97, 0.99]), 0.06)
    assert np.diff(at).min() >= 0.06 - 1e-9 and at[2] == 0.5
    assert at.min() >= -0.03 and at.max() <= 1.03


@pytest.mark.parametrize(("alpha", "tried", "limit"), [(0.05, 1, 95.0), (0.05, 5, 99.0), (0.001, 5, np.nan)])
def test_the_limit_of_gate_a_is_what_its_p_values_say(alpha: float, tried: int, limit: float) -> None:
    """99 draws 1..99: more than ``limit`` passes, ``limit`` itself does not."""
    draws = pd.Series(np.arange(1.0, 100.0))
    found = draw_segments.passing_silhouette(draws, tried, alpha)
    assert found == limit or (np.isnan(found) and np.isnan(limit))
    for value in [] if np.isnan(limit) else [limit, limit + 0.5]:
        p = (1 + (draws >= value).sum()) / 100
        assert (p * tried <= alpha + 1e-12) is np.bool_(value > limit) or (p * tried <= alpha + 1e-12) == (
            value > limit
        )


def test_quarters_are_named_after_the_start_of_the_plan() -> None:
    table = pd.DataFrame({"start_quarter": [2], "start_name": ["2027Q4"]})
    assert plan.quarter_labels(table, 3) == ["Q3\n2027", "Q4", "Q1\n2028"]
    assert plan.quarter_labels(table.assign(start_name=None), 2) == ["1", "2"]


def test_numbers_hide_neither_each_other_nor_points() -> None:
    rng = np.random.default_rng(9)
    x, y = list(rng.random(40)), list(rng.random(40))
    figure = sheet(4)
    axes = figure.subplots()
    axes.scatter(x, y, s=20)
    place_numbers(axes, x, y, [str(i + 1) for i in range(40)])
    boxes = [text.get_window_extent().shrunk(0.8, 0.6) for text in axes.texts]
    assert not any(one.overlaps(two) for one, two in itertools.combinations(boxes, 2))


@given(
    st.lists(st.sampled_from(["word", "管理", "a", "，", "longer-word", "服务质量。"]), min_size=1), st.integers(12, 40)
)
def test_wrapping_loses_nothing_and_keeps_the_width(parts: list[str], width: int) -> None:
    text = " ".join(parts)
    lines = wrap(text, width).split("\n")
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(text_width(line) <= width for line in lines)


def test_labels_shrink_to_the_room_there_is() -> None:
    frame = pd.DataFrame(
        {"label_en": ["Short", "A rather long label", "Word " * 12], "label_zh": ["短", "很长的名称", None]}
    )
    assert row_labels(frame, 20) == ["Short 短", "A rather long label", "Word Word Word Word…"]
    assert cut("one two three", 7, lines=2) == "one two\nthree"
    assert both("One", np.nan) == "One" and both(None, "一") == "一"


def test_names_in_a_sentence() -> None:
    frame = pd.DataFrame({"label_en": list("abcde"), "label_zh": ["甲", None, "丙", "丁", "戊"]})
    assert names(frame.head(2)) == {"en": "a and b", "zh": "甲、b"}
    assert names(frame) == {"en": "a, b, c and 2 more", "zh": "甲、b、丙等5项"}
    assert names(frame.head(0))["en"] == "none"


def test_figures_never_read_confidential_files() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in Path("workflow/rules").glob("*.smk"))
    rules = [rule.split("script:")[0] for rule in text.split("\nrule ")[1:] if rule.startswith("draw_")]
    assert len(rules) > 8
    assert not [rule for rule in rules if "confidential/" in rule]


def test_rare_patterns_are_drawn_as_one_and_hidden_counts_are_not_drawn() -> None:
    drawing = draw_quality.draw_missing(*hole_patterns(14, 4))
    shown = drawing.data.drop_duplicates(["role", "position"]).query("role == 'importance'")
    assert len(shown) == draw_quality.ROWS + 1
    assert shown["n"].sum() == sum(20 - i % 15 for i in range(14)) + 9
    assert shown["n_patterns"].iloc[-1] == 4 + 4 and pd.isna(shown["state"].iloc[-1])
    pairs = draw_quality.draw_careless(*careless(4), 5).data
    assert pairs.loc[pairs["suppressed"].eq("yes"), "n_crossed"].isna().all()
    assert "x4" not in set(pairs["index"]) | set(pairs["other"]), "what was not computed is not drawn"


@pytest.mark.parametrize("n", [0, 1])
def test_one_index_has_nothing_to_agree_with(n: int) -> None:
    assert draw_quality.draw_careless(*careless(n), 5).figure is None
    assert draw_quality.draw_missing(tables.empty(draw_quality_columns()), hole_patterns(1, 1)[1]).figure is None
