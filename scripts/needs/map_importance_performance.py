"""Importance-performance analysis (Martilla & James 1977), of everybody and of each group.

Method. An attribute is high in importance when its mean is at least the mean of all attributes, and likewise in
performance (grid at data means; both in percent of maximum possible, so that scales of any length meet). Quadrants:
concentrate (high importance, low performance), keep_up (high, high), low_priority (low, low), overkill (low, high).
Respondents are resampled, means and grid are made anew, and the share of draws in each quadrant is its probability;
below ``undecided`` the verdict is "undecided". ``spread_*`` are the standard deviations and the correlation of the
attribute's place against the lines of the grid, as shares of the scale (derived importance: as relative weight), from
which the figure draws its region. Importance is the stated mean, or, where the study leads with derived
importance, the relative weight of derive_importance (everybody only; groups keep the stated mean).

Gap = performance - importance of the same respondent, in points of the scale (negative: performance falls short), with
Student's t interval and Benjamini & Hochberg's adjustment over the attributes of a group; only where both are asked on
scales of equal bounds.

Below 100 answers the map is exploratory, below 60 it is a description: no probability, no interval, no verdict.
An attribute that fewer than ``min_cell`` of a group rated is withheld there. Absent without importance or performance.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scripts.lib import tables, values
from scripts.lib.intervals import benjamini_hochberg, percentile, t_interval, t_test_p
from scripts.lib.job import run
from scripts.needs import ipa_words
from scripts.needs.ratings import (
    ALL,
    DESCRIPTIVE,
    EXPLORATORY,
    Ratings,
    blanked,
    collect,
    in_scale,
    lacking,
    means,
    resample,
    withhold,
)

Floats = NDArray[np.float64]
QUADRANTS = ("concentrate", "keep_up", "low_priority", "overkill")
LABELS = ["attribute", "aspect", "label_en", "label_zh"]
COLUMNS = [
    "group",
    *LABELS,
    "n_importance",
    "n_performance",
    "importance",
    "performance",
    "performance_low",
    "performance_high",
    "importance_pomp",
    "performance_pomp",
    "gap",
    "gap_low",
    "gap_high",
    "gap_p_bh",
    *(f"p_{name}" for name in QUADRANTS),
    "quadrant",
    "p_quadrant",
    "verdict",
    "axis",
    "axis_importance",
    "relative_performance",
    "relative_low",
    "relative_high",
    "spread_importance",
    "spread_performance",
    "spread_correlation",
    "suppressed",
]
COUNTS = ["n_importance", "n_performance"]
SPREAD = ["spread_importance", "spread_performance", "spread_correlation"]
GRID = ["group", "axis", "importance_cut", "performance_cut", "importance_cut_pomp", "performance_cut_pomp"]


def quadrants(importance: Floats, performance: Floats) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Quadrant of each attribute and the cuts, along the last axis; -1 where an attribute lacks a mean."""
    known = ~(np.isnan(importance) | np.isnan(performance))
    count = np.maximum(known.sum(axis=-1, keepdims=True), 1)
    cuts = [np.where(known, X, 0.0).sum(axis=-1, keepdims=True) / count for X in (importance, performance)]
    # a mean that equals the cut up to rounding counts as high, whatever the order of summation
    high = [np.where(known, X, 0.0) >= cut - 1e-12 for X, cut in zip((importance, performance), cuts, strict=True)]
    code = np.where(high[0], np.where(high[1], 1, 0), np.where(high[1], 3, 2))
    return np.where(known, code, -1), cuts[0][..., 0], cuts[1][..., 0]


def gaps(ratings: Ratings) -> pd.DataFrame:
    """Paired gap of each attribute in points of the scale; NaN where the two scales differ."""
    equal = (ratings.importance_range == ratings.performance_range).all(axis=1)
    width = np.where(equal, ratings.performance_range[:, 1] - ratings.performance_range[:, 0], np.nan)
    difference = pd.DataFrame((ratings.performance - ratings.importance) * width)
    mean, sd, n = difference.mean().to_numpy(), difference.std().to_numpy(), difference.count().to_numpy()
    low, high = t_interval(mean, sd, n)
    return pd.DataFrame(
        {"gap": mean, "gap_low": low, "gap_high": high, "gap_p_bh": benjamini_hochberg(t_test_p(mean, sd, n))}
    )


def spread(importance: Floats, performance: Floats) -> Floats:
    """Standard deviations and correlation over the draws, (A, 3); 0 where a place does not move."""
    known = ~(np.isnan(importance) | np.isnan(performance))
    n = np.maximum(known.sum(axis=0), 1)
    x, y = (np.where(known, X, 0.0) - np.where(known, X, 0.0).sum(axis=0) / n for X in (importance, performance))
    sx, sy = (np.sqrt((np.where(known, X, 0.0) ** 2).sum(axis=0) / n) for X in (x, y))
    product = np.where(known, x * y, 0.0).sum(axis=0) / n
    return np.column_stack([sx, sy, product / np.where(sx * sy > 0, sx * sy, np.inf)])


def map_group(ratings: Ratings, times: Floats | None, undecided: float, axis: Floats | None = None) -> pd.DataFrame:
    """One row an attribute.

    Parameters
    ----------
    ratings : of one group.
    times : (draws, n) resamples; None gives the description without probabilities, intervals and verdicts.
    undecided : probability below which a quadrant is not named.
    axis : (1 + draws, A) derived importance, the full sample's first; None takes the stated means.
    """
    table = ratings.attributes[LABELS].copy()
    importance, performance = means(ratings.importance), means(ratings.performance)
    shown = importance if axis is None else axis[0]
    unplaced = np.where(np.isnan(importance) | np.isnan(performance), "not rated", "not modelled")
    code, _, cut = quadrants(shown, performance)
    table["n_importance"] = (~np.isnan(ratings.importance)).sum(axis=0)
    table["n_performance"] = (~np.isnan(ratings.performance)).sum(axis=0)
    table["importance"] = in_scale(importance, ratings.importance_range)
    table["performance"] = in_scale(performance, ratings.performance_range)
    table["importance_pomp"], table["performance_pomp"] = importance, performance
    table = pd.concat([table, gaps(ratings)], axis=1)
    table["quadrant"] = [QUADRANTS[c] if c >= 0 else None for c in code]
    table["axis"] = "stated" if axis is None else "derived"
    table["axis_importance"] = table["importance"] if axis is None else shown
    table["relative_performance"] = performance - cut
    if times is None:
        table[[*(f"p_{name}" for name in QUADRANTS), "relative_low", "relative_high", *SPREAD]] = np.nan
        table[["gap_low", "gap_high", "gap_p_bh", "performance_low", "performance_high"]] = np.nan
        table["p_quadrant"], table["verdict"] = np.nan, np.where(code >= 0, "descriptive", unplaced)
        return table
    if axis is not None:
        times = times[: len(axis) - 1]
    drawn = means(ratings.performance, times)
    stated = means(ratings.importance, times) if axis is None else axis[1:]
    codes, lines, cuts = quadrants(stated, drawn)
    known = np.maximum((codes >= 0).sum(axis=0), 1)
    for number, name in enumerate(QUADRANTS):
        table[f"p_{name}"] = np.where(code >= 0, (codes == number).sum(axis=0) / known, np.nan)
    table["relative_low"], table["relative_high"] = percentile(drawn - cuts[:, None])
    bounds = (in_scale(bound, ratings.performance_range) for bound in percentile(drawn))
    table["performance_low"], table["performance_high"] = bounds
    region = spread(stated - lines[:, None], drawn - cuts[:, None])
    table[SPREAD] = np.where(code[:, None] >= 0, region, np.nan)
    table["p_quadrant"] = [row.get(f"p_{row['quadrant']}", np.nan) for _, row in table.iterrows()]
    decided = np.where(table["p_quadrant"] >= undecided, table["quadrant"], "undecided")
    table["verdict"] = np.where(code >= 0, decided, unplaced)
    return table


def grid_row(ratings: Ratings, table: pd.DataFrame) -> dict[str, Any]:
    """Where the lines of the grid stand, in the units of the axes; in points only where all scales are alike."""
    known = table[table["quadrant"].notna()]
    cut = {name: known[f"{name}_pomp"].mean() for name in ("importance", "performance")}
    points = {}
    for name, ranges in (("importance", ratings.importance_range), ("performance", ratings.performance_range)):
        alike = np.unique(ranges[~np.isnan(ranges).any(axis=1)], axis=0)
        points[name] = in_scale(np.array([cut[name]]), alike)[0] if len(alike) == 1 else np.nan
    derived = bool(table["axis"].eq("derived").any())
    return {
        "axis": "derived" if derived else "stated",
        "importance_cut": known["axis_importance"].mean() if derived else points["importance"],
        "performance_cut": points["performance"],
        "importance_cut_pomp": cut["importance"],
        "performance_cut_pomp": cut["performance"],
    }


def map_all(
    ratings: Ratings, settings: dict[str, Any], seed: int, min_cell: int, derived: Floats | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The maps of everybody and of each group, one below the other, and their grids."""
    hidden = withhold(ratings, min_cell)
    maps, grids = [], []
    for group in ratings.groups:
        part = blanked(ratings.of(group), hidden[group])
        times = None if len(ratings) < DESCRIPTIVE else resample(part.unit, settings["draws"], seed, group)
        table = map_group(part, times, settings["undecided"], derived if group == ALL else None)
        table.insert(0, "group", group)
        table["suppressed"] = hidden[group]
        table.loc[hidden[group], "verdict"] = "withheld"
        table[COUNTS] = table[COUNTS].astype("Int64").mask(np.column_stack([hidden[group]] * 2))
        maps.append(table)
        grids.append({"group": group} | grid_row(part, table))
    return pd.concat(maps, ignore_index=True)[COLUMNS], pd.DataFrame(grids)[GRID]


def derived_axis(table: pd.DataFrame, draws: pd.DataFrame, attributes: pd.Series) -> Floats | None:
    """Derived importance of the full sample and, below it, of each draw: (1 + draws, A); None where not derived."""
    if table["weight"].notna().sum() == 0:
        return None
    drawn = draws.pivot(index="draw", columns="attribute", values="weight")
    drawn = drawn.reindex(index=range(int(draws["draw"].max()) + 1), columns=attributes)
    return np.vstack([table.set_index("attribute")["weight"].reindex(attributes), drawn]).astype(float)


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, output, params = snakemake.input, snakemake.output, snakemake.params
    book, groups = tables.read(source.codebook), tables.read(source.groups, text=["group"])
    units = tables.read(source.units)
    ratings = collect(tables.read(source.complete), tables.read(source.attributes), book, groups, units)
    why = lacking(ratings)
    if why:
        tables.write(tables.empty(COLUMNS), output.table, ["group", "attribute"])
        tables.write(tables.empty(GRID), output.grid, ["group"])
        values.write(values.absent(**why), output.values)
        return
    derived = None
    if params.needs["importance_first"] == "derived":
        derived = derived_axis(
            tables.read(source.derived), tables.read(source.derived_draws), ratings.attributes["attribute"]
        )
    table, grid = map_all(ratings, params.needs, params.seed, params.min_cell, derived)
    tables.write(table, output.table, ["group", "attribute"])
    tables.write(grid, output.grid, ["group"])
    found = ipa_words.describe(table[table["group"] == ALL], len(ratings), params.needs, DESCRIPTIVE, EXPLORATORY)
    values.write(found | {"draws": params.needs["draws"], "seed": params.seed}, output.values)


if __name__ == "__main__":
    run(main, snakemake)
