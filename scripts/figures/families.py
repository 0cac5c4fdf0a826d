"""Families of measures: a colour and a name each, in the order of the catalogue."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from scripts.lib.figures import CATEGORIES, row_labels


def family_colours(families: pd.DataFrame) -> dict[str, str]:
    """The colour of each family."""
    ordered = families.sort_values("position")["family"]
    return {family: CATEGORIES[i % len(CATEGORIES)] for i, family in enumerate(ordered)}


def family_legend(
    figure: Figure, families: pd.DataFrame, also: Sequence[tuple[str, str]] = (), inside: bool = False
) -> None:
    """Colours of the families, and of what else the figure colours: above it, or in its upper left corner."""
    ordered = families.sort_values("position")
    told = zip(family_colours(families).values(), row_labels(ordered, 42 if inside else 50), strict=True)
    patches = [Patch(facecolor=colour, label=label) for colour, label in [*told, *also]]
    loc, n_columns = ("upper left", 1) if inside else ("outside upper left", 2)
    figure.legend(handles=patches, loc=loc, ncols=n_columns, handlelength=1)
