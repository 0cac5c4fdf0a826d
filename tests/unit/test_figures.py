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
from matplotlib.figure import Figure
from matplotlib.text import Text

from scripts.figures import (
    draw_customers,
    draw_environment,
    draw_factors,
    draw_literature,
    draw_needs,
    draw_route,
    draw_segments,
    draw_strategy,
    draw_survey,
    draw_validity,
    plan,
    planes,
)
from scripts.figures.numbers import place_numbers
from scripts.lib import tables, values
from scripts.lib.figures import Drawing, both, cut, names, row_labels, save, sheet, text_width, wrap, write
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


def profile(n_groups: int, n_attributes: int) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    rows = [(str(g + 1), f"a{a:02d}", rng.normal(0, 0.5)) for g in range(n_groups) for a in range(n_attributes)]
    return pd.DataFrame(rows, columns=["group", "attribute", "mean_centred"])


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
    rows["axis"], rows["axis_importance"] = "stated", rows["importance"]
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


def ranking(table: pd.DataFrame) -> pd.DataFrame:
    n = len(table)
    rows = table[["measure", "family", "label_en", "label_zh"]].assign(weighted_sum=np.linspace(0.8, 0.2, n))
    rows["rank_weighted_sum"] = np.arange(1, n + 1)
    rows["rank_low"] = (rows["rank_weighted_sum"] - 2).clip(1)
    rows["rank_high"] = (rows["rank_weighted_sum"] + 3).clip(upper=n)
    rows["p_top3"] = np.exp(-rows["rank_weighted_sum"] / 2)
    rows["rank_topsis"] = rows["rank_weighted_sum"].astype(float)
    rows = rows.assign(goes_first=["yes" if i == 2 else "no" for i in range(n)], apart="no")
    rows.loc[n - 1, ["rank_topsis", "rank_low", "rank_high", "p_top3"]] = np.nan
    rows.loc[n - 1, "apart"] = "yes"
    return rows


def roadmap(table: pd.DataFrame, n_safeguards: int) -> pd.DataFrame:
    rows = [
        (m.measure, "measure", m.label_en, m.label_zh, 1 + i % 5, 1 + i % 5 + i % 3)
        for i, m in enumerate(table.itertuples())
    ]
    rows += [(f"s{i}", "safeguard", *label("Safeguard", i), 1 + i % 4, 8) for i in range(n_safeguards)]
    out = pd.DataFrame(rows, columns=["id", "kind", "label_en", "label_zh", "start_quarter", "end_quarter"])
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
        for r in range(n_regions):
            role = ("coast", "peer", "country")[r % 3]
            rows.append((f"m{m}", role, f"Region {r}", "2021", en, zh, "%", (r - 1) * 5.5, "yes", "Home", "2021", 4.0))
    columns = ["measure", "role", "region", "period", "label_en", "label_zh", "unit", "value", "comparable"]
    return pd.DataFrame(rows, columns=[*columns, "partner_region", "partner_period", "partner_value"])


def concentration(basis: str, n_sets: int) -> pd.DataFrame:
    rows = []
    for i in range(n_sets):
        for place in ("Home", "Elsewhere"):
            high = 1600 + 100 * i if basis == "outlets" else np.nan
            rows.append(
                (basis, f"set {i}", place, "outlets", "2026", 5.0 + i, 1600 + 100 * i, high, 0.6, 0.6 if high else 1)
            )
    out = pd.DataFrame(rows, columns=draw_environment.CONCENTRATION)
    return out.assign(label_en=out["set"], label_zh="类别")


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
STAGES = {"survey": ["read_answers"], "needs": ["rank_needs", "map_needs"], "a_new_stage": ["do_it"]}


def draw(size: str) -> dict[str, Callable[[], Drawing]]:
    """Every figure with tables of a size: usual, extreme (many rows, long labels) or least (a row or two)."""
    n, k, m, long = {"usual": (23, 3, 22, False), "extreme": (48, 6, 30, True), "least": (1, 1, 1, False)}[size]
    plain, table = attributes(n, long), measures(m, long)
    few = max(n // 3, 2)
    return {
        "literature_trend": lambda: draw_literature.draw_trend(trend(n // 2 + 1), {"n_undated": 3}),
        "literature_map": lambda: draw_literature.draw_map(topic_region(n // 2 + 1, k + 2), {}),
        "regions": lambda: draw_environment.draw_regions(regions(k + 2, k + 1), {}),
        "concentration": lambda: draw_environment.draw_concentration(concentration("outlets", k), {}),
        "factors": lambda: draw_factors.draw_factors(*factors(few, long), {}),
        "value_curve": lambda: draw_customers.draw_curve(curve(), {}),
        "portfolio": lambda: draw_customers.draw_portfolio(portfolio(), {}),
        "sample_flow": lambda: draw_survey.draw_flow(flow()),
        "missing": lambda: draw_survey.draw_missing(missing(n), plain, 0.4),
        "scales": lambda: draw_survey.draw_scales(scales(few), FLOORS, {}),
        "item_map": lambda: draw_validity.draw_item_map(*scale_items(n, long), 0.3, {}),
        "loadings": lambda: draw_validity.draw_loadings(*loadings(n, k + 1, long), {}),
        "separation": lambda: draw_validity.draw_separation(*scale_pairs(2 * k, k != 1), {}),
        "homogeneity": lambda: draw_segments.draw_homogeneity(*gate(k + 2), {}),
        "segment_profile": lambda: draw_segments.draw_profile(profile(k, n), groups(k), plain, {}),
        "ipa": lambda: planes.draw_ipa(*ipa(n), plain, {}),
        "kano": lambda: planes.draw_kano(kano(n), plain, {}),
        "white_space": lambda: draw_needs.draw_white_space(white_space(m, k), groups(k), {}),
        "needs": lambda: draw_needs.draw_ranked(needs(n), {}),
        "qfd": lambda: draw_strategy.draw_qfd(qfd(m, n), table, plain, families(), {}),
        "ranking": lambda: draw_strategy.draw_ranking(ranking(table), families(), {}),
        "roadmap": lambda: plan.draw_roadmap(roadmap(table, m // 2), table, families(), {}),
        "risks": lambda: plan.draw_risks(risks(few), {}),
        "technical_route": lambda: draw_route.draw_route(STAGES),
    }


NAMES = list(draw("usual"))
SAID = values.refused("Too few answers for it.", "样本过少。")
EMPTY: dict[str, Callable[[], Drawing]] = {
    "literature_trend": lambda: draw_literature.draw_trend(trend(3).head(0), SAID),
    "literature_map": lambda: draw_literature.draw_map(topic_region(2, 2).head(0), SAID),
    "regions": lambda: draw_environment.draw_regions(tables.empty(regions(1, 1).columns), SAID),
    "concentration": lambda: draw_environment.draw_concentration(concentration("outlets", 1).head(0), SAID),
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
    "segment_profile": lambda: draw_segments.draw_profile(profile(1, 1).head(0), groups(1), attributes(1), SAID),
    "ipa": lambda: planes.draw_ipa(*(tables.empty(frame.columns) for frame in ipa(2)), attributes(2), SAID),
    "kano": lambda: planes.draw_kano(tables.empty(kano(2).columns), attributes(2), SAID),
    "white_space": lambda: draw_needs.draw_white_space(white_space(2, 1).head(0), groups(1), SAID),
    "needs": lambda: draw_needs.draw_ranked(tables.empty(needs(2).columns), SAID),
    "qfd": lambda: draw_strategy.draw_qfd(qfd(2, 2).head(0), measures(2), attributes(2), families(), SAID),
    "ranking": lambda: draw_strategy.draw_ranking(ranking(measures(2)).head(0), families(), SAID),
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
    output = {f"{name}_svg": tmp_path / f"{name}.svg", f"{name}_csv": tmp_path / f"{name}.csv"}
    write({name: EMPTY[name]()}, output | {"values": tmp_path / "draw.json"})
    said = values.read(tmp_path / "draw.json")["figures"][name]
    assert said["status"] == "absent" and said["reason"]["en"] == "Too few answers for it."
    assert "Too few answers for it." in (tmp_path / f"{name}.svg").read_text(encoding="utf-8")
    assert ElementTree.parse(tmp_path / f"{name}.svg").getroot().tag.endswith("svg")
    assert (tmp_path / f"{name}.csv").read_text(encoding="utf-8").count("\n") == 1


def test_written_figure_has_its_rows_beside_it(tmp_path: Path) -> None:
    output = {
        "needs_svg": tmp_path / "needs.svg",
        "needs_csv": tmp_path / "needs.csv",
        "values": tmp_path / "draw.json",
    }
    write({"needs": draw_needs.draw_ranked(needs(30), {})}, output)
    assert len(tables.read(tmp_path / "needs.csv")) == draw_needs.SHOWN
    assert set(values.read(tmp_path / "draw.json")["figures"]["needs"]) == {"title", "alt", "status"}


def test_text_stays_text_and_the_figure_carries_its_faces(tmp_path: Path) -> None:
    figure = draw_needs.draw_ranked(needs(3).assign(label_en="Złoty", label_zh="审批速度"), {}).figure
    assert figure is not None
    save(figure, tmp_path / "needs.svg")
    svg = (tmp_path / "needs.svg").read_text(encoding="utf-8")
    assert "Złoty 审批速度" in svg
    assert svg.count("src: url(data:font/woff;base64,") == 2, "the second face has the sign that the first lacks"


def test_sign_without_glyph_is_told(tmp_path: Path) -> None:
    rows = needs(3).assign(label_en="Smile \N{ROBOT FACE}")
    figure = draw_needs.draw_ranked(rows, {}).figure
    assert figure is not None
    with pytest.raises(InputError, match="ROBOT FACE"):
        save(figure, tmp_path / "needs.svg")


def test_points_are_numbered_as_in_the_list_when_some_have_no_mean() -> None:
    rows, cuts = ipa(5)
    rows.loc[1, ["importance", "performance", "quadrant"]] = None
    data = planes.draw_ipa(rows, cuts, attributes(5), {}).data
    assert list(data["attribute"]) == ["a00", "a02", "a03", "a04"]
    assert list(data["number"]) == [1, 2, 3, 4]


def test_importance_and_performance_stand_in_percent_where_scales_differ() -> None:
    rows, cuts = ipa(4)
    data = planes.ipa_rows(rows.assign(axis="derived"), cuts.assign(performance_cut=np.nan), attributes(4))
    assert list(data["shown_performance"]) == pytest.approx(list((rows["performance"] - 1) / 4))
    assert set(data["performance_unit"]) == {"pomp"} and set(data["importance_unit"]) == {"weight"}


def test_only_comparable_regions_are_drawn() -> None:
    rows = regions(2, 3)
    rows.loc[0, "comparable"] = "no"
    assert len(draw_environment.region_pairs(rows)) == 5


def test_suppressed_cells_carry_no_number() -> None:
    data = draw_needs.draw_white_space(white_space(12, 4), groups(4), {}).data
    assert data.loc[data["suppressed"].eq("yes"), ["n", "unmet_share"]].isna().all(axis=None)
    assert data["suppressed"].eq("yes").any()


def test_interval_without_upper_bound_is_drawn_as_a_lower_bound() -> None:
    figure = draw_environment.draw_concentration(concentration("shares", 2), {}).figure
    assert figure is not None
    assert any(text.get_text().startswith("≥") for text in figure.findobj(Text))


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
    rules = Path("workflow/rules/figures.smk").read_text(encoding="utf-8")
    assert not [line for line in rules.splitlines() if "confidential/" in line and "results/" in line]
