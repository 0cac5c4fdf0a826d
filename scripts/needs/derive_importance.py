"""Derived importance: which performance ratings go with overall satisfaction.

Method. Johnson's (2000) relative weights of the performance ratings on overall satisfaction, from the EM covariance of
ratings and satisfaction (scripts/lib/missing.py; no row is dropped for a hole). A weight is a share of the variance of
overall satisfaction; the weights of a model sum to its R squared. All attributes enter one model when there are
``predictors`` answers for each, else one model an aspect; weights of different models may be read side by side, but in
a small model fewer attributes share the variance. Items that more than ``item_missing`` of the answers leave blank or
call not applicable, and constant items, are left out by name. Intervals: percentile, from a bootstrap of the whole
procedure over respondents (EM included, from the full sample's moments, to a change of 1e-3).

Refuses below 60 answers (descriptives only), where no model has enough answers, and where a correlation matrix is
singular (an attribute that repeats another). Absent without an item on overall satisfaction.
"""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scripts.lib import tables, values
from scripts.lib.intervals import percentile
from scripts.lib.job import run
from scripts.lib.missing import em_moments
from scripts.needs.ratings import ALL, DESCRIPTIVE, Ratings, collect, lacking, resample
from scripts.needs.relative_weights import from_covariance

Floats = NDArray[np.float64]
DRAWS = 200  # the EM covariance is made anew for each
CLOSE = 1e-3  # where a draw's EM ends; moves a weight by less than .001, far below its sampling error
COLUMNS = [
    "attribute",
    "aspect",
    "label_en",
    "label_zh",
    "model",
    "weight",
    "weight_low",
    "weight_high",
    "share",
    "n",
    "n_model",
    "left_out",
]


class Fit(NamedTuple):
    """Weights of one model, in shares of the variance of satisfaction."""

    weights: Floats
    draws: Floats
    n: int


def fit(performance: Floats, satisfaction: Floats, times: Floats) -> Fit:
    """Relative weights of one model and their bootstrap draws; raises ValueError where the matrix is singular."""
    X = np.column_stack([performance, satisfaction])
    used = ~np.isnan(satisfaction) & ~np.isnan(performance).all(axis=1)
    moments = em_moments(X[used])
    weights = from_covariance(moments.covariance)
    draws = np.full((len(times), performance.shape[1]), np.nan)
    for draw, row in enumerate(times.astype(int)):
        again = X[np.repeat(np.flatnonzero(used), row[used])]
        try:
            draws[draw] = from_covariance(em_moments(again, CLOSE, start=moments).covariance)
        except ValueError:
            continue  # this resample lost an answer or a difference that the model needs; it is counted out
    return Fit(weights, draws, int(used.sum()))


def predictors(ratings: Ratings, leaves: set[str]) -> tuple[list[int], dict[str, str]]:
    """Columns that enter the models, and why the others do not."""
    out, reasons = [], {}
    answered = ~np.isnan(ratings.satisfaction)
    for column, row in ratings.attributes.iterrows():
        rated = ratings.performance[answered, int(str(column))]
        rated = rated[~np.isnan(rated)]
        if len(rated) == 0:
            reasons[row["attribute"]] = "not rated"
        elif row["performance_item"] in leaves:
            reasons[row["attribute"]] = "missing or not applicable too often"
        elif rated.min() == rated.max():
            reasons[row["attribute"]] = "constant"
        else:
            out.append(int(str(column)))
    return out, reasons


def models(ratings: Ratings, columns: list[int], per_predictor: int) -> tuple[dict[str, list[int]], dict[str, str]]:
    """Which attributes share a model: all, or those of one aspect; and those whose model lacks answers."""
    n = int((~np.isnan(ratings.satisfaction)).sum())
    if n >= per_predictor * len(columns):
        return {ALL: columns}, {}
    found, reasons = {}, {}
    for aspect, rows in ratings.attributes.iloc[columns].groupby("aspect", sort=False):
        if n >= per_predictor * len(rows):
            found[str(aspect)] = [int(i) for i in rows.index]
        else:
            reasons |= dict.fromkeys(rows["attribute"], "too few answers for its model")
    return found, reasons


def derive(ratings: Ratings, leaves: set[str], per_predictor: int, times: Floats) -> tuple[pd.DataFrame, Floats]:
    """Table of derived importance, one row an attribute, and the draws (draws, A); NaN where left out."""
    table = ratings.attributes[["attribute", "aspect", "label_en", "label_zh"]].copy()
    columns, reasons = predictors(ratings, leaves)
    chosen, few = models(ratings, columns, per_predictor)
    draws = np.full((len(times), len(table)), np.nan)
    answered = ~np.isnan(ratings.satisfaction)
    table["n"] = (~np.isnan(ratings.performance[answered])).sum(axis=0)
    table[["model", "left_out"]] = None
    table[["weight", "share", "n_model"]] = np.nan
    for name, at in chosen.items():
        try:
            result = fit(ratings.performance[:, at], ratings.satisfaction, times)
        except ValueError:
            few |= dict.fromkeys(table["attribute"].iloc[at], "its model is singular: an attribute repeats others")
            continue
        draws[:, at] = result.draws
        table.loc[at, "model"] = name
        table.loc[at, "weight"] = result.weights
        table.loc[at, "share"] = result.weights / result.weights.sum()
        table.loc[at, "n_model"] = result.n
    table["weight_low"], table["weight_high"] = percentile(draws)
    table["left_out"] = table["attribute"].map(reasons | few)
    return table[COLUMNS].astype({"n_model": "Int64"}), draws


def _left_out(table: pd.DataFrame) -> list[dict[str, Any]]:
    out = table[table["left_out"].notna()]
    if out.empty:
        return []
    en = "; ".join(f"{row.label_en} ({row.left_out})" for row in out.itertuples())
    zh = "、".join(out["label_zh"])
    return [
        values.warning(
            "derived_left_out",
            "caution",
            f"Derived importance leaves out {len(out)} of {len(table)} attributes: {en}.",
            f"推导重要性未包含{len(table)}个属性中的{len(out)}个:{zh}。",
        )
    ]


def _by_block(table: pd.DataFrame, n: int, per_predictor: int) -> list[dict[str, Any]]:
    if table["model"].dropna().eq(ALL).all():
        return []
    return [
        values.warning(
            "derived_by_aspect",
            "caution",
            f"{n} answers are too few for one model of all attributes ({per_predictor} a predictor); each aspect has a "
            "model of its own, and an attribute of a small aspect shares the explained variance with fewer others.",
            f"{n}份答卷不足以建立包含全部属性的单一模型(每个自变量需{per_predictor}份),因此按方面分别建模;"
            "属性较少的方面,其属性分得的解释方差偏大。",
        )
    ]


def describe(table: pd.DataFrame, n: int, per_predictor: int) -> dict[str, Any]:
    """What the text says: explained variance by model, strongest attributes, what was left out."""
    ranked = table.dropna(subset=["weight"]).sort_values("weight", ascending=False, kind="stable")
    parts = ranked.groupby("model", sort=True)
    return {
        "method": "relative weights (Johnson 2000) on overall satisfaction, EM covariance, percentile bootstrap",
        "n": n,
        "one_model": bool(ranked["model"].eq(ALL).all()),
        "r_squared": parts["weight"].sum().to_dict(),
        "n_predictors": parts.size().to_dict(),
        "top": ranked["attribute"].head(3).tolist(),
        "left_out": table.loc[table["left_out"].notna(), "attribute"].tolist(),
        "warnings": _left_out(table) + _by_block(table, n, per_predictor),
    }


def reason_not(ratings: Ratings) -> dict[str, Any] | None:
    """Values that say why nothing is derived, or None."""
    n = int((~np.isnan(ratings.satisfaction)).sum())
    if np.isnan(ratings.performance).all():
        why = lacking(ratings) or {}
        return values.absent(why["en"], why["zh"])
    if n == 0:
        return values.absent(
            "The survey has no question on overall satisfaction, so that importance cannot be derived from it.",
            "问卷没有总体满意度题项,无法推导重要性。",
        )
    if np.nanmin(ratings.satisfaction) == np.nanmax(ratings.satisfaction):
        return values.refused(
            f"Importance is not derived, because all {n} answers on overall satisfaction are the same.",
            f"总体满意度的{n}份答案完全相同,无法推导重要性。",
            n=n,
        )
    if n < DESCRIPTIVE:
        return values.refused(
            f"Importance is not derived from {n} answers on overall satisfaction; it needs at least {DESCRIPTIVE}.",
            f"总体满意度仅有{n}份答卷,不足{DESCRIPTIVE}份,不作重要性推导。",
            n=n,
        )
    return None


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, output, params = snakemake.input, snakemake.output, snakemake.params
    complete, attributes, book = (tables.read(path) for path in (source.complete, source.attributes, source.codebook))
    ratings = collect(complete, attributes, book, units=tables.read(source.units))
    missing = tables.read(source.missing)
    leaves = set(missing.loc[missing["leaves_models"].eq("yes"), "item"])
    draws = min(DRAWS, params.needs["draws"])
    table, drawn = tables.empty(COLUMNS), np.empty((0, 0))
    found = reason_not(ratings)
    if found is None:
        times = resample(ratings.unit, params.needs["draws"], params.seed, ALL)[:draws]
        table, drawn = derive(ratings, leaves, params.needs["predictors"], times)
        n = int((~np.isnan(ratings.satisfaction)).sum())
        found = describe(table, n, params.needs["predictors"]) | {"draws": draws, "seed": params.seed}
        if table["weight"].isna().all():
            need = params.needs["predictors"]
            found = values.refused(
                f"No model of derived importance could be made from {n} answers: each needs {need} answers a predictor "
                "and attributes that do not repeat each other.",
                f"{n}份答卷无法支持任何推导模型:每个自变量需{need}份答卷,且属性之间不得重复。",
                n=n,
            )
    long = pd.DataFrame(drawn, columns=table["attribute"] if len(table) else None)
    long = long.rename_axis("draw").reset_index().melt("draw", var_name="attribute", value_name="weight").dropna()
    tables.write(table, output.table, ["attribute"])
    tables.write(long[["draw", "attribute", "weight"]], output.draws, ["draw", "attribute"])
    values.write(found, output.values)


if __name__ == "__main__":
    run(main, snakemake)
