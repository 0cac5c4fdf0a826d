"""The workflow graph: which rule reads what which other rule wrote, drawn as lanes.

A lane is a stage, a rule stands below every rule that it reads, and a line leads from a rule to its reader. A line that
follows from two others (the reader of a reader) is left out, as in a transitive reduction; the data behind the figure
name every rule that is read. Rules that draw, write or audit read nearly everything and are left out.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch, PathPatch
from matplotlib.path import Path

from scripts.figures.draw_route import NAMES
from scripts.lib import values
from scripts.lib.figures import ACCENT, LINE, MUTED, SOFT, WIDTH, Drawing, absent, sheet, wrap, write
from scripts.lib.job import run

COLUMNS = ["rule", "stage", "layer", "lane", "row", "reads"]
TINY = 5.4  # points
ROW, HEAD, BOX = 0.31, 0.42, 0.235  # inches: distance of rows, height of the heads, height of a box


def layers(reads: Mapping[str, list[str]]) -> dict[str, int]:
    """The layer of each rule: one below the lowest rule that it reads."""

    @cache
    def layer(rule: str) -> int:
        return 1 + max((layer(one) for one in reads[rule]), default=-1)

    return {rule: layer(rule) for rule in reads}


def reduced(reads: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    """Lines that do not follow from others: (rule, its reader)."""

    @cache
    def above(rule: str) -> frozenset[str]:
        return frozenset(reads[rule]).union(*(above(one) for one in reads[rule]))

    return [
        (one, rule)
        for rule in reads
        for one in reads[rule]
        if not any(one in above(other) for other in reads[rule] if other != one)
    ]


def workflow(steps: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """One row a rule: its stage and lane, its layer and row, the rules that it reads.

    ``steps`` maps a rule to its ``stage`` and to the rules that it ``reads``, in the order of the Snakefile.
    """
    layer = layers({rule: list(step["reads"]) for rule, step in steps.items()})
    stages = list(dict.fromkeys(step["stage"] for step in steps.values()))
    rows, top = [], 0
    for depth in sorted(set(layer.values())):
        mine = [rule for rule in steps if layer[rule] == depth]
        below = dict.fromkeys(stages, 0)
        for rule in mine:
            stage = steps[rule]["stage"]
            reads = ";".join(sorted(steps[rule]["reads"]))
            rows.append((rule, stage, depth, stages.index(stage), top + below[stage], reads))
            below[stage] += 1
        top += max(below.values())
    return pd.DataFrame(rows, columns=COLUMNS)


def _line(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    half = (start[1] + end[1]) / 2
    path = Path([start, (start[0], half), (end[0], half), end], [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4])
    axes.add_patch(PathPatch(path, fill=False, edgecolor=MUTED, linewidth=0.45, alpha=0.55))


def draw_workflow(steps: Mapping[str, Mapping[str, Any]]) -> Drawing:
    """Lanes of stages, rules in layers, lines to their readers."""
    title = values.text("Workflow graph: which rule reads which", "工作流程图")
    data = workflow(steps)
    if data.empty:
        return absent(title, COLUMNS, ["rule"])
    stages = list(dict.fromkeys(step["stage"] for step in steps.values()))
    lane, height = WIDTH / len(stages), HEAD + ROW * (data["row"].max() + 1)
    figure = sheet(height)
    figure.set_layout_engine("none")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, WIDTH), ylim=(-height, 0))
    axes.set_axis_off()
    for position, stage in enumerate(stages):
        en, zh = NAMES.get(stage, (stage.replace("_", " ").capitalize(), ""))
        heading = f"{wrap(en, int(lane / 0.062))}\n{zh}".rstrip()
        axes.text(lane * (position + 0.5), -0.02, heading, ha="center", va="top", fontsize=TINY + 0.8, color=ACCENT)
        axes.axvline(lane * position, color=LINE, linewidth=0.4, ymax=1) if position else None
    place = {row.rule: (lane * (row.lane + 0.5), -HEAD - ROW * (row.row + 0.5)) for row in data.itertuples(index=False)}
    for above, below in reduced({rule: list(step["reads"]) for rule, step in steps.items()}):
        (x, y), (to_x, to_y) = place[above], place[below]
        _line(axes, (x, y - BOX / 2), (to_x, to_y + BOX / 2))
    for rule, (x, y) in place.items():
        look = {"boxstyle": "round,pad=0,rounding_size=0.03", "facecolor": SOFT, "edgecolor": ACCENT, "linewidth": 0.5}
        axes.add_patch(FancyBboxPatch((x - lane * 0.46, y - BOX / 2), lane * 0.92, BOX, zorder=2, **look))
        shown = wrap(rule.replace("_", " "), int(lane / 0.043))
        axes.text(x, y, shown, ha="center", va="center", fontsize=TINY, linespacing=1.0, zorder=3)
    n, m, depth = len(data), len(stages), data["layer"].max() + 1
    en = f"{n} rules in {m} stages; each stands below the rules that it reads, in {depth} layers."
    zh = f"{m}个阶段的{n}条规则；每条规则位于其所读规则之下，共{depth}层。"
    return Drawing(title, data, ["rule"], figure, values.text(en, zh))


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    write({"workflow": draw_workflow(snakemake.params.steps)}, snakemake.output)


if __name__ == "__main__":
    run(main, snakemake)
