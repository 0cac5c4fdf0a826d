"""The technical route: the pipeline itself as a flow chart, drawn from its stages and rules.

Stages that read raw files stand side by side at the top; every other stage stands below those it reads, in the order of
the pipeline, with its rules in the box. Data go one way, downwards; a rule is one script of that name.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from scripts.lib import values
from scripts.lib.figures import (
    ACCENT,
    MUTED,
    SECOND,
    SMALL,
    SOFT,
    TALLEST,
    WIDTH,
    Drawing,
    absent,
    both,
    sheet,
    wrap,
    write,
)
from scripts.lib.job import run

ROUTE = ["position", "stage", "label_en", "label_zh", "layer", "rule"]
NAMES = {
    "literature": ("Literature", "文献研究"),
    "environment": ("Environment", "环境分析"),
    "survey": ("Survey", "问卷调查"),
    "customers": ("Customers", "客户价值"),
    "validity": ("Validity of the scales", "量表效度"),
    "segments": ("Segments", "需求分群"),
    "needs": ("Needs", "需求识别"),
    "strategy": ("Strategy and safeguards", "策略与保障"),
    "figures": ("Figures", "图形"),
    "chapters": ("Chapters", "章节撰写"),
    "report": ("Report", "报告生成"),
    "guide": ("Guide to the files", "成果导览"),
    "audit": ("Audit", "溯源审计"),
}
SOURCES = ("literature", "environment", "survey", "customers")  # they read raw files and not each other's results
LINE_HEIGHT, PAD, GAP = 0.145, 0.13, 0.2  # inches


def route(stages: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """One row a rule: its stage, the names of the stage and the layer of the chart (0 = reads raw files)."""
    rows: list[tuple[Any, ...]] = []
    layer = 0
    for stage, rules in sorted(stages.items(), key=lambda item: _place(item[0])):
        layer = 0 if stage in SOURCES else layer + 1
        name = NAMES.get(stage, (stage.replace("_", " ").capitalize(), ""))
        rows += [(len(rows) + i, stage, *name, layer, rule) for i, rule in enumerate(rules, start=1)]
    return pd.DataFrame(rows, columns=ROUTE)


def _place(stage: str) -> int:
    """Stages stand as named above; one that has no name there is an analysis, and stands before the figures."""
    named = list(NAMES)
    return 2 * named.index(stage) if stage in NAMES else 2 * named.index("figures") - 1


def _box(axes: Axes, left: float, top: float, width: float, height: float, colour: str) -> None:
    look = {"boxstyle": "round,pad=0,rounding_size=0.06", "facecolor": SOFT, "edgecolor": colour, "linewidth": 0.9}
    axes.add_patch(FancyBboxPatch((left, top - height), width, height, **look))


def _arrow(axes: Axes, x: float, top: float, bottom: float) -> None:
    look = {"arrowstyle": "-|>", "color": MUTED, "lw": 0.9, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 8}
    axes.annotate("", (x, bottom), (x, top), arrowprops=look)


def _rules(rules: Sequence[str], width: int) -> list[str]:
    return wrap(", ".join(rules), width).split("\n")


def draw_route(stages: Mapping[str, Sequence[str]]) -> Drawing:
    """Flow chart: a row of boxes for the sources, then one wide box a stage."""
    title = values.text("Technical route: stages and rules of the pipeline", "技术路线图")
    data = route(stages)
    if data.empty:
        return absent(title, ROUTE, ["position"])
    rules = {stage: list(part["rule"]) for stage, part in data.groupby("stage", sort=False)}
    sources = [stage for stage in rules if stage in SOURCES]
    later = [stage for stage in rules if stage not in SOURCES]
    share = (WIDTH - 0.12 * (len(sources) - 1)) / max(len(sources), 1)
    below = {stage: _rules(rules[stage], 84) for stage in later}
    top_height = 2 * PAD + LINE_HEIGHT * (2 + max((len(rules[stage]) for stage in sources), default=0))
    heights = {stage: 2 * PAD * 0.7 + LINE_HEIGHT * max(len(below[stage]), 2) for stage in later}
    whole = 0.32 + GAP + bool(sources) * (top_height + GAP) + sum(heights.values()) + GAP * max(len(later) - 1, 0)
    figure = sheet(min(whole, TALLEST))
    axes = figure.add_axes((0, 0, 1, 1))
    figure.set_layout_engine("none")
    axes.set(xlim=(0, WIDTH), ylim=(-whole, 0))
    axes.set_axis_off()
    _box(axes, 0.01, -0.01, WIDTH - 0.02, 0.28, MUTED)
    axes.text(WIDTH / 2, -0.15, "Raw files with source, licence and hash 原始数据文件", ha="center", va="center")
    y = -0.3
    for i, stage in enumerate(sources):
        left = i * (share + 0.12)
        _arrow(axes, left + share / 2, y, y - GAP)
        _box(axes, left + 0.01, y - GAP, share - 0.02, top_height, SECOND)
        en, zh = NAMES[stage]
        middle = left + share / 2
        axes.text(middle, y - GAP - PAD - 0.05, f"{en}\n{zh}", ha="center", va="center_baseline", color=ACCENT)
        listed = "\n".join(rules[stage])
        axes.text(
            middle, y - GAP - PAD - 2 * LINE_HEIGHT, listed, ha="center", va="top", fontsize=SMALL, linespacing=1.3
        )
    y -= bool(sources) * (GAP + top_height)
    for stage in later:
        several = sources if stage == later[0] else [stage]
        for i in range(len(several)):
            _arrow(axes, WIDTH * (i + 0.5) / len(several), y, y - GAP)
        y -= GAP
        _box(axes, 0.01, y, WIDTH - 0.02, heights[stage], ACCENT)
        middle = y - heights[stage] / 2
        name = data.loc[data["stage"].eq(stage)].iloc[0]
        axes.text(0.14, middle, both(name["label_en"], name["label_zh"], "\n"), va="center", color=ACCENT)
        axes.text(1.75, middle, "\n".join(below[stage]), va="center", fontsize=SMALL, linespacing=1.3)
        y -= heights[stage]
    en, zh = (", ".join(NAMES.get(stage, (stage, stage))[i] for stage in rules) for i in (0, 1))
    alt = values.text(
        f"Flow chart of {len(rules)} stages with {len(data)} rules, from raw files to the audited report: {en}.",
        f"流程图：{len(rules)}个阶段、{len(data)}条规则，从原始数据到可溯源报告：{zh}。",
    )
    return Drawing(title, data, ["position"], figure, alt)


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    write({"technical_route": draw_route(snakemake.params.stages)}, snakemake.output)


if __name__ == "__main__":
    run(main, snakemake)
