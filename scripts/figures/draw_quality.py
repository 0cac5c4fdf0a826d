"""Maps of the quality of the answers: which signs of carelessness agree, and which holes go together.

``careless_map``  answers that cross the limits of two indices at once, by pair, beside the share that crosses each;
                  counts below ``min_cell`` are hatched.
``missing_map``   the most frequent patterns of unanswered items over the aspects, importance beside performance.

Nothing is counted or estimated here.
"""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch

from scripts.figures.heatmap import column_heads, hatch, heads_height, heat
from scripts.lib import tables, values
from scripts.lib.figures import (
    ACCENT,
    MUTED,
    SEQUENTIAL,
    SMALL,
    SOFT,
    Drawing,
    absent,
    names,
    percent,
    row_labels,
    sheet,
    write,
)
from scripts.lib.job import run

PAIRS = ["position", "index", "other", "label_en", "label_zh", "n_crossed", "share_crossed", "suppressed"]
PATTERNS = ["role", "position", "n", "share", "n_patterns", "aspect", "state", "label_en", "label_zh"]
ROLES = {"importance": "Importance 重要性", "performance": "Performance 绩效"}
STATES = {
    "complete": (SOFT, "all items answered 全部作答"),
    "partly": ("#9CC3CC", "some left out 部分未答"),
    "too_few": (ACCENT, "too few for a score 不足以计分"),
}
ROWS = 10  # patterns of a role that are drawn; the others stand below them as one


def pair_rows(flags: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Indices that could be computed: each with itself (its own share) and with those after it."""
    known = flags[flags["computed"].eq("yes")]
    own = known.assign(other=known["index"], suppressed="no")
    named = known.set_index("index")[["position", "label_en", "label_zh"]]
    between = pairs[pairs["index"].isin(named.index) & pairs["other"].isin(named.index)]
    rows = pd.concat([own, between.join(named, on="index")], ignore_index=True)
    rows["n_crossed"] = rows["n_crossed"].astype("Int64")
    return rows.sort_values(["position", "other"], ignore_index=True)[PAIRS]


def draw_careless(flags: pd.DataFrame, pairs: pd.DataFrame, min_cell: int) -> Drawing:
    """Lower triangle of counts, and bars of the share that crosses each limit."""
    title = values.text("Which signs of carelessness agree", "随意作答指标的一致情况")
    data = pair_rows(flags, pairs)
    own = data[data["index"].eq(data["other"])].reset_index(drop=True)
    if len(own) < 2:
        return absent(title, PAIRS, ["index", "other"])
    place = {name: i for i, name in enumerate(own["index"])}
    between = data[data["index"].ne(data["other"])]
    grid = np.full((len(own), len(own)), np.nan)
    rows, columns = between["other"].map(place).to_numpy(), between["index"].map(place).to_numpy()
    grid[rows, columns] = between["n_crossed"].astype(float)
    hidden = between["suppressed"].eq("yes").to_numpy()
    figure = sheet(0.25 * len(own) + 1.1)
    axes, bars = figure.subplots(1, 2, width_ratios=[1.7, 1], sharey=True)
    numbers = [str(i + 1) for i in range(len(own))]
    labels = [f"{i}  {label}" for i, label in zip(numbers, row_labels(own, 40), strict=True)]
    top = max(float(np.nanmax(grid, initial=0)), 1)
    heat(axes, grid, labels, numbers, True, None, annot=True, fmt=".0f", cmap=SEQUENTIAL, vmin=0, vmax=top)
    hatch(figure, axes, np.column_stack([rows, columns])[hidden], f"fewer than {min_cell} 少于{min_cell}份", MUTED)
    axes.set_title("Answers beyond both limits 同时越限的答卷数", pad=10)
    y = np.arange(len(own)) + 0.5
    bars.barh(y, own["share_crossed"], 0.6, color=ACCENT)
    for at, row in zip(y, own.itertuples(), strict=True):
        told = f"{percent(row.share_crossed, 1)}  ({row.n_crossed})"
        bars.annotate(told, (row.share_crossed, at), (4, 0), textcoords="offset points", va="center", fontsize=SMALL)
    bars.set(xlim=(0, 1.75 * max(own["share_crossed"].max(), 0.02)), xticks=[])
    bars.set_title("Beyond the limit 越限", pad=22)
    bars.spines[["bottom", "left"]].set_visible(False)
    bars.tick_params(axis="y", length=0, labelleft=False)
    return Drawing(title, data, ["index", "other"], figure, _careless_alt(own, between))


def _careless_alt(own: pd.DataFrame, between: pd.DataFrame) -> values.Text:
    most = own.loc[own["share_crossed"].astype(float).idxmax()]
    share = percent(most["share_crossed"], 1)
    known = between[between["n_crossed"].fillna(0) > 0]
    none = values.text("no pair of indices is shown to agree on any answer", "没有可显示的共同越限的指标对")
    if known.empty:
        pair = none
    else:
        first = known.loc[known["n_crossed"].astype(int).idxmax()]
        other = own.set_index("index").loc[first["other"]]
        pair = values.text(
            f"the pair that agrees most is {first['label_en']} and {other['label_en']} ({first['n_crossed']} answers)",
            f"一致最多的是“{first['label_zh']}”与“{other['label_zh']}”（{first['n_crossed']}份）",
        )
    return values.text(
        f"Of {len(own)} indices the one crossed most is {most['label_en']} ({share} of the answers); {pair['en']}.",
        f"{len(own)}项指标中，“{most['label_zh']}”越限最多（{share}）；{pair['zh']}。",
    )


def pattern_rows(patterns: pd.DataFrame, aspects: pd.DataFrame) -> pd.DataFrame:
    """The most frequent patterns of each role, one row a pattern and aspect; what is left as one pattern, blank."""
    parts = []
    for role, rows in patterns.groupby("role"):
        single = rows[rows["n_patterns"].eq(1) & rows[list(STATES)].notna().any(axis=1)].head(ROWS)
        rest = rows[~rows.index.isin(single.index)]
        pooled = {"role": role, "position": len(single) + 1, **rest[["n", "share", "n_patterns"]].sum()}
        parts += [single, pd.DataFrame([pooled])] if len(rest) else [single]
    shown = pd.concat(parts, ignore_index=True)
    whole = shown.merge(aspects[["aspect", "label_en", "label_zh"]], how="cross")
    of = whole[list(STATES)].fillna("")
    named = [
        next((state for state in STATES if aspect in row[state].split(";")), None)
        for aspect, (_, row) in zip(whole["aspect"], of.iterrows(), strict=True)
    ]
    whole["state"] = named
    return whole[PATTERNS].astype({"n": "Int64", "n_patterns": "Int64"})


def draw_missing(patterns: pd.DataFrame, aspects: pd.DataFrame) -> Drawing:
    """A grid of patterns and aspects for each role, side by side."""
    title = values.text("Which items are left out together", "哪些题项同时未作答")
    if patterns.empty:
        return absent(title, PATTERNS, ["role", "position", "aspect"])
    data = pattern_rows(patterns, aspects)
    roles = [role for role in ROLES if role in set(data["role"])]
    heads, upright = column_heads([*aspects["label_en"]] * 2, [""] * 2 * len(aspects))
    heads = heads[: len(aspects)]
    most = int(data["position"].max())
    figure = sheet(0.2 * most + heads_height(heads, upright) + 0.8)
    colours = ListedColormap([colour for colour, _ in STATES.values()])
    for axes, role in zip(figure.subplots(1, len(roles), squeeze=False)[0], roles, strict=True):
        rows = data[data["role"].eq(role)]
        wide = rows.pivot(index="position", columns="aspect", values="state")[aspects["aspect"].tolist()]
        wide = wide.reindex(range(1, most + 1))
        grid = wide.apply(lambda column: column.map({state: i for i, state in enumerate(STATES)})).to_numpy(float)
        named = rows.drop_duplicates("position")
        labels = [f"{row.n} ({percent(row.share)})" for row in named.itertuples()]
        heat(axes, grid, labels + [""] * (most - len(labels)), heads, upright, None, cmap=colours, vmin=-0.5, vmax=2.5)
        axes.set_title(f"{ROLES[role]}: answers 答卷数", pad=8)
        for row in named[named["n_patterns"] > 1].itertuples():
            told = f"{row.n_patterns} other patterns 其他模式"
            axes.text(0.05, row.position - 0.5, told, va="center", fontsize=SMALL, color=MUTED)
    patches = [Patch(facecolor=c, edgecolor=MUTED, linewidth=0.4, label=label) for c, label in STATES.values()]
    figure.legend(handles=patches, loc="outside lower left", ncols=3, handlelength=1)
    return Drawing(title, data, ["role", "position", "aspect"], figure, _missing_alt(data, roles))


def _missing_alt(data: pd.DataFrame, roles: list[str]) -> values.Text:
    en, zh = [], []
    for role in roles:
        rows = data[data["role"].eq(role)]
        first, rest = rows[rows["position"].eq(1)], rows[rows["n_patterns"].gt(1)].head(1)
        holey = first[first["state"].ne("complete")]
        named = names(holey)
        what = values.text("leaves nothing out", "各方面完整")
        if len(holey):
            what = values.text(f"leaves items out in {named['en']}", f"在{named['zh']}有未答题项")
        share, others = percent(first["share"].iloc[0]), percent(rest["share"].sum())
        role_en, role_zh = ROLES[role].split(" ")
        en.append(
            f"{role_en}: the most frequent pattern ({share} of the answers) {what['en']}, {others} have a rarer one"
        )
        zh.append(f"{role_zh}：最常见的模式（{share}）{what['zh']}，{others}属较少见的模式")
    return values.text(f"{'; '.join(en)}.", f"{'；'.join(zh)}。")


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    given, params = snakemake.input, snakemake.params
    drawings = {
        "careless_map": draw_careless(tables.read(given.flags), tables.read(given.pairs), params.min_cell),
        "missing_map": draw_missing(tables.read(given.patterns), tables.read(given.aspects)),
    }
    write(drawings, snakemake.output)


if __name__ == "__main__":
    run(main, snakemake)
