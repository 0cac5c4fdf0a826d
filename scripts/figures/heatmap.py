"""One look for all heat maps: names of columns above, colour bar below, lines between blocks of rows."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from scripts.lib.figures import ACCENT, INK, SMALL, head_labels, text_width

ROOM = 62  # half-width columns that the grid has beside the names of its rows
BAR = {"orientation": "horizontal", "location": "bottom", "shrink": 0.5, "aspect": 40, "pad": 0.02}


def column_heads(en: Sequence[Any], zh: Sequence[Any], room: int = ROOM) -> tuple[list[str], bool]:
    """Names of columns, and whether they stand upright: where a word is wider than its column they are turned.

    ``room`` is the width of the grid in half-width columns.
    """
    width = room // max(len(en), 1)
    heads = head_labels(en, zh, width)
    if all(text_width(line) <= width for head in heads for line in head.split("\n")):
        return heads, True
    return head_labels(en, zh, 40), False


def heads_height(heads: Sequence[str], upright: bool) -> float:
    """Inches that the names of columns need above a grid."""
    if upright:
        return 0.125 * max(head.count("\n") + 1 for head in heads) + 0.1
    return 0.055 * max(text_width(line) for head in heads for line in head.split("\n")) + 0.1


def heat(
    axes: Axes, grid: np.ndarray, rows: Sequence[str], heads: Sequence[str], upright: bool, bar: Any, **look: Any
) -> None:
    """Draw ``grid`` (rows x columns, NaN where there is nothing) with its names.

    ``bar`` are the options of the colour bar, none without one; ``look`` goes to seaborn's heatmap.
    """
    options: dict[str, Any] = {"linewidths": 0.6, "linecolor": "white", "annot_kws": {"fontsize": SMALL}} | look
    bars = {"cbar_kws": BAR | bar} if bar else {"cbar": False}
    # The names are set afterwards: seaborn would draw the whole figure to see whether they overlap.
    sns.heatmap(grid, ax=axes, xticklabels=False, yticklabels=False, **bars, **options)
    axes.set_xticks(np.arange(len(heads)) + 0.5, heads, rotation=0 if upright else 90)
    axes.set_yticks(np.arange(len(rows)) + 0.5, rows, rotation=0)
    axes.tick_params(length=0, top=False, bottom=False, labeltop=True, labelbottom=False)
    axes.set(xlabel="", ylabel="")
    for line in axes.get_xticklabels() + axes.get_yticklabels():
        line.set_color(INK)


def hatch(figure: Figure, axes: Axes, cells: np.ndarray, label: str, colour: str) -> None:
    """Hatch cells (row, column) and say below why."""
    look = {"fill": False, "hatch": "////", "hatchcolor": colour, "linewidth": 0}
    for row, column in cells:
        axes.add_patch(Rectangle((column, row), 1, 1, **look))
    if len(cells):
        figure.legend([Patch(**look)], [label], loc="outside lower right", handlelength=1.8)


def part_blocks(axes: Axes, blocks: Sequence[Any], n_columns: int) -> None:
    """A line wherever the block of a row differs from that of the row above."""
    turns = [i for i in range(1, len(blocks)) if blocks[i] != blocks[i - 1]]
    axes.hlines(turns, 0, n_columns, color=ACCENT, lw=0.9)
