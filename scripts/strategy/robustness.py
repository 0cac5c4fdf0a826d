"""How sure a ranking of measures is: Monte Carlo over judgements and needs.

A draw takes criteria weights from a Dirichlet around the judgement (its concentration: see weigh_criteria) and need
weights from the needs' bootstrap, and ranks the compared measures anew by TOPSIS and by weighted sum. Also with half
and double the concentration.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scripts.lib.intervals import percentile
from scripts.strategy import decision

Floats = NDArray[np.float64]
STREAM = 5  # tells these draws from other draws of the same seed
INTERVALS = ["rank_low", "rank_high", "qfd_low", "qfd_high"]
CHANCES = ["p_rank1", "p_top3", "p_rank1_half", "p_rank1_double", "p_rank1_weighted_sum", "p_top3_weighted_sum"]
SURE = [*INTERVALS, *CHANCES]
ACCEPTABILITY = ["measure", "method", "rank", "p"]


class Inputs(NamedTuple):
    """What a ranking is made from: scores with a hole for the computed criterion, weights, draws."""

    scores: Floats  # (measures, criteria)
    strengths: Floats  # (measures, attributes)
    need: Floats  # (attributes,)
    need_draws: Floats  # (draws, attributes)
    weights: Floats  # (criteria,)
    cost: NDArray[np.bool_]  # (criteria,)
    among: NDArray[np.bool_]  # (measures,) those that are compared


def filled(inputs: Inputs, qfd: Floats) -> Floats:
    """Scores with the QFD score put in: (..., measures, criteria) for qfd of (..., measures)."""
    effect = decision.need_effect(qfd, inputs.among)
    return np.where(np.isnan(inputs.scores), effect[..., None], inputs.scores)


def simulate(inputs: Inputs, concentration: float, draws: int, seed: int) -> dict[str, decision.Acceptability]:
    """Rank acceptability of the compared measures by TOPSIS and by weighted sum."""
    rng = np.random.default_rng([seed, STREAM])
    weights = rng.dirichlet(inputs.weights * concentration, size=draws)
    need = inputs.need_draws[rng.integers(0, len(inputs.need_draws), size=draws)]
    X = filled(inputs, need @ inputs.strengths.T)[:, inputs.among]
    # rounding keeps measures that are alike in a tie
    return {
        "topsis": decision.acceptability(decision.topsis(X, weights, inputs.cost).closeness.round(9)),
        "weighted_sum": decision.acceptability(decision.weighted_sum(X, weights, inputs.cost).round(9)),
    }


def robustness(
    inputs: Inputs, names: pd.Series, concentration: float, draws: int, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Columns ``SURE`` for every measure, blank for those apart; and the probability of each rank by method."""
    found = simulate(inputs, concentration, draws, seed)
    out = pd.DataFrame(np.nan, index=range(len(inputs.scores)), columns=SURE)
    at = np.flatnonzero(inputs.among)
    sure, summed = found["topsis"], found["weighted_sum"]
    out.loc[at, ["rank_low", "rank_high"]] = np.column_stack([sure.low, sure.high])
    out["qfd_low"], out["qfd_high"] = percentile(inputs.need_draws @ inputs.strengths.T)
    out.loc[at, ["p_rank1", "p_top3"]] = np.column_stack([sure.first, sure.top3])
    out.loc[at, ["p_rank1_weighted_sum", "p_top3_weighted_sum"]] = np.column_stack([summed.first, summed.top3])
    for name, factor in (("half", 0.5), ("double", 2.0)):
        again = simulate(inputs, concentration * factor, draws, seed)["topsis"]
        out.loc[at, f"p_rank1_{name}"] = again.first
    long = [
        pd.DataFrame(one.ranks, index=names[at], columns=range(1, len(at) + 1))
        .rename_axis(index="measure", columns="rank")
        .stack()
        .rename("p")
        .reset_index()
        .assign(method=method)
        for method, one in found.items()
    ]
    return out, pd.concat(long, ignore_index=True)[ACCEPTABILITY]
