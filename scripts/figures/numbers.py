"""Points that carry numbers, and the list of names that belongs to the numbers.

Names of attributes are too long to stand in a plane of up to 48 points; numbers are not.
"""

import math
from collections.abc import Sequence
from typing import cast

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scripts.lib.figures import MUTED, SMALL

# Where a number may stand, seen from its point: 16 directions, upper right first, on six circles (radius in points).
_TURNS = math.pi / 4 + np.arange(16) * math.pi / 8
_WAYS = np.tile(np.column_stack([np.cos(_TURNS), np.sin(_TURNS)]), (6, 1))
_RADII = np.repeat(5 + 6.5 * np.arange(6), 16)
_MARK = 3.5  # points: half the width of a point's mark


def number_list(axes: Axes, texts: Sequence[str], n_columns: int = 2) -> None:
    """The names that belong to the numbers 1, 2, ... in a figure, in columns read downwards."""
    n_rows = math.ceil(len(texts) / n_columns)
    axes.set_axis_off()
    axes.set(xlim=(0, n_columns), ylim=(-n_rows, 0))
    for i, text in enumerate(texts):
        column, row = divmod(i, n_rows)
        for part, shift, side in ((str(i + 1), 10, "right"), (text, 14, "left")):
            at = (column, -row - 0.5)
            axes.annotate(part, at, (shift, 0), textcoords="offset points", ha=side, va="center", fontsize=SMALL)


def place_numbers(axes: Axes, x: Sequence[float], y: Sequence[float], texts: Sequence[str]) -> None:
    """Write a short text beside each point so that none hides another text or another point.

    Greedy and without chance: the points in their order take the cheapest place, where overlap costs most, leaving
    the plane next, and distance least; a text that had to move away gets a thin line to its point.
    """
    figure = cast(Figure, axes.get_figure(root=True))
    figure.draw_without_rendering()  # the layout must stand before distances mean anything
    scale = 72 / figure.dpi
    at = axes.transData.transform(np.column_stack([x, y])) * scale
    floor, ceiling = axes.bbox.get_points() * scale
    taken_low, taken_high = at - _MARK, at + _MARK
    for i, text in enumerate(texts):
        half = np.array([0.31 * SMALL * len(text), 0.5 * SMALL])
        centre = at[i] + _WAYS * (_RADII[:, None] + half)
        low, high = centre - half, centre + half
        outside = ((low < floor) | (high > ceiling)).any(axis=1)
        shared = np.minimum(high[:, None], taken_high) - np.maximum(low[:, None], taken_low)
        cost = 0.6 * _RADII + 40 * outside + 4 * shared.clip(0).prod(axis=2).sum(axis=1)
        place = int(np.argmin(np.round(cost, 6)))
        taken_low, taken_high = np.vstack([taken_low, low[place]]), np.vstack([taken_high, high[place]])
        far = _RADII[place] > _RADII[0]
        note = axes.annotate(
            text,
            (x[i], y[i]),
            xytext=tuple(centre[place] - at[i]),
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=SMALL,
            arrowprops={"arrowstyle": "-", "color": MUTED, "lw": 0.4, "shrinkA": 1, "shrinkB": 2} if far else None,
        )
        note.set_in_layout(False)
