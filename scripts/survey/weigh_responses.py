"""Raking: weights that give the answers the list's shares by size, ownership and status, where that is called for.

Called for when a standardised difference between those who answered and the list, as the table ``sample`` shows it,
exceeds ``survey.different``. Iterative proportional fitting (Deming & Stephan 1940) to the three margins of the list;
after every round no weight exceeds ``survey.weight_limit`` times the mean, the excess going to the others. Weights have
mean 1. A category of the list from which nobody answered cannot be weighted up: its customers leave the margins and it
is named. Respondents who are not on the list keep weight 1. Fitted means that every margin is met within 1e-6; where
the limit on the weights prevents it, a warning says by how much.

Design effect n sum(w^2) / (sum w)^2 and effective n = n / design effect (Kish 1992). Means of the ratings stand both
ways in ``weighted``; the unweighted ones stay the main result. Nothing is weighted without a list, without answers
linked to it, or below 60 answers.
"""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scripts.lib import tables, values
from scripts.lib.job import run
from scripts.survey.describe_sample import DESCRIPTIVE

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
MARGINS = ["size_class", "ownership", "status"]
ROUNDS = 1000
MET = 1e-6
STILL = 1e-12
WEIGHTED = ["position", "item", "role", "label_en", "label_zh", "n", "mean", "mean_raked", "change", "distance"]
MARGIN = ["dimension", "key", "share_list", "share_used", "share_raked", "left_out"]


class Raking(NamedTuple):
    """Weights (n,) of mean 1, rounds needed, and the largest distance of a margin from its target."""

    weights: Floats
    rounds: int
    error: float


def trim(weights: Floats, limit: float) -> Floats:
    """Weights of the same sum, none above ``limit`` times the mean: the excess goes to the others in proportion."""
    top, out = limit * weights.mean(), weights.copy()
    fixed = np.zeros(len(out), dtype=bool)
    while (above := ~fixed & (out > top * (1 + STILL))).any():
        fixed |= above
        out[fixed] = top
        out[~fixed] *= (weights.sum() - top * fixed.sum()) / out[~fixed].sum()
    return out


def rake(margins: list[tuple[Codes, Floats]], limit: float) -> Raking:
    """Iterative proportional fitting.

    Parameters
    ----------
    margins : for each dimension the respondents' categories (n,) 0..K-1 and the target shares (K,), which sum to 1;
        every category has a respondent.
    limit : largest weight, the mean being 1.
    """
    n = len(margins[0][0])
    weights, rounds, error, moved = np.ones(n), 0, np.inf, np.inf
    while error > STILL and moved > STILL and rounds < ROUNDS:
        before, rounds = weights, rounds + 1
        for codes, target in margins:
            weights = weights * (target * n / np.bincount(codes, weights))[codes]
        weights = trim(weights, limit)
        moved = np.abs(weights - before).max()
        error = max(np.abs(np.bincount(codes, weights) / n - target).max() for codes, target in margins)
    return Raking(weights, rounds, float(error))


def design_effect(weights: Floats) -> float:
    """Kish's design effect of unequal weights."""
    return float(len(weights) * (weights**2).sum() / weights.sum() ** 2)


def rake_to_list(answered: pd.DataFrame, askable: pd.DataFrame, limit: float) -> tuple[Raking, pd.DataFrame]:
    """Weights of those on the list who answered, and the margins with what was left out.

    ``answered`` are the rows of the list of those who answered, ``askable`` of all who could be asked.
    """
    reached = {name: sorted(answered[name].unique()) for name in MARGINS}
    covered = askable[np.all([askable[name].isin(keys) for name, keys in reached.items()], axis=0)]
    asked = []
    for name, keys in reached.items():
        codes = pd.Categorical(answered[name], keys).codes.astype(np.int64)
        asked.append((codes, covered[name].value_counts(normalize=True).reindex(keys).to_numpy(float)))
    found = rake(asked, limit)
    rows = []
    for (codes, target), (name, keys) in zip(asked, reached.items(), strict=True):
        shares = (np.bincount(codes, weight) / len(codes) for weight in (None, found.weights))
        rows += [(name, *row, False) for row in zip(keys, target, *shares, strict=True)]
        rows += [(name, key, np.nan, 0.0, 0.0, True) for key in sorted(set(askable[name]) - set(keys))]
    return found, pd.DataFrame(rows, columns=MARGIN)


def weighted_means(complete: pd.DataFrame, book: pd.DataFrame, weights: Floats) -> pd.DataFrame:
    """Mean of each rating and of overall satisfaction, in scale points, without and with the weights."""
    rated = book["role"].isin(["importance", "performance"]) | book["outcome"].eq("overall_satisfaction")
    asked = book[rated & book["item"].isin(complete.columns)]
    X = complete[asked["item"]].to_numpy(dtype=float, na_value=np.nan)
    known = ~np.isnan(X)
    out = asked[["position", "item", "role", "label_en", "label_zh"]].assign(n=known.sum(axis=0))
    with np.errstate(invalid="ignore", divide="ignore"):
        out["mean"] = np.where(known, X, 0).sum(axis=0) / known.sum(axis=0)
        out["mean_raked"] = weights @ np.where(known, X, 0) / (weights @ known)
    out["change"] = out["mean_raked"] - out["mean"]
    return out.assign(distance=out["change"].abs())[WEIGHTED]


def why_not(described: dict[str, Any], sample: pd.DataFrame, limit: float) -> dict[str, Any] | None:
    """The values that say why nothing is weighted, or None."""
    if not described["list_known"]:
        return values.absent(
            "Without a customer list there is nothing to weight the answers to.", "没有客户名单,无从加权。"
        )
    if not described["compared"]:
        return values.absent(
            "The answers are not linked to the customer list, so that they cannot be weighted to it.",
            "答卷未与客户名单关联,无从加权。",
        )
    n = described["n_usable"]
    if n < DESCRIPTIVE:
        return values.refused(
            f"Only {n} answers: they are described and not weighted, which starts at {DESCRIPTIVE}.",
            f"答卷仅{n}份,不足{DESCRIPTIVE}份,只作描述,不加权。",
        )
    largest = sample["difference"].abs().max()
    if not largest > limit:
        return {
            "needed": False,
            "largest_difference": largest,
            "sentence": values.text(
                f"No standardised difference from the list exceeds {limit:.2f}, so the answers are not weighted.",
                f"与名单的标准化差异均未超过{limit:.2f},不加权。",
            ),
        }
    return None


def left_out(margins: pd.DataFrame, sample: pd.DataFrame) -> tuple[list[dict[str, str]], int]:
    """Categories from which nobody answered: the names that may be shown, and how many may not."""
    gone = margins[margins["left_out"]].merge(sample, on=["dimension", "key"])
    named = gone[gone["suppressed"].ne("yes")]
    texts = [
        values.text(row.label_en, row.label_zh or row.label_en) for row in named.astype(object).fillna("").itertuples()
    ]
    return texts, len(gone) - len(named)


def describe(found: Raking, weights: Floats, limit: float) -> dict[str, Any]:
    """What the text says of the weights."""
    effect, error = design_effect(weights), found.error
    fitted = error <= MET
    note = values.warning(
        "margins_not_met",
        "caution",
        f"With no weight above {limit:g} the shares of the list are met only within {100 * error:.1f} points.",
        f"权重上限为{limit:g}时,加权后的构成与名单最多相差{100 * error:.1f}个百分点。",
    )
    return {
        "needed": True,
        "fitted": fitted,
        "rounds": found.rounds,
        "error": error,
        "n_raked": len(found.weights),
        "n_unlinked": len(weights) - len(found.weights),
        "design_effect": effect,
        "effective_n": len(weights) / effect,
        "largest_weight": weights.max(),
        "smallest_weight": weights.min(),
        "n_at_limit": int((found.weights >= limit * (1 - MET)).sum()),
        "warnings": [] if fitted else [note],
    }


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, target, survey = snakemake.input, snakemake.output, snakemake.params.survey
    sample, told = tables.read(source.sample), values.read(source.described)
    weights, margins, weighted = (tables.empty(c) for c in (["respondent", "weight"], MARGIN, WEIGHTED))
    found = why_not(told, sample, survey["different"])
    if found is None:
        complete, customers = tables.read(source.complete), tables.read(source.customers)
        askable = customers[customers["status"] != "prospect"]
        linked = complete["customer_id"].isin(askable["customer_id"]).to_numpy()
        answered = askable.set_index("customer_id").loc[complete.loc[linked, "customer_id"]]
        raked, margins = rake_to_list(answered, askable, survey["weight_limit"])
        weight = np.ones(len(complete))
        weight[linked] = raked.weights
        weights = pd.DataFrame({"respondent": complete["respondent"], "weight": weight})
        weighted = weighted_means(complete, tables.read(source.codebook), weight)
        found = describe(raked, weight, survey["weight_limit"])
        found["left_out"], found["n_left_out_unnamed"] = left_out(margins, sample)
        found["limit"], found["weight_limit"] = survey["different"], survey["weight_limit"]
        found["largest_change"] = weighted["distance"].max()
    tables.write(weights, target.weights, ["respondent"])
    tables.write(margins, target.margins, ["dimension", "key"])
    tables.write(weighted, target.weighted, ["position"])
    values.write(found, target.values)


if __name__ == "__main__":
    run(main, snakemake)
