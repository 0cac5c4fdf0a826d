"""Weigh outer and inner factors: EFE and IFE matrices, SWOT and TOWS (David).

Method. Each rater gives every factor a weight (sum 1 within a matrix) and a rating; a rater's score of a matrix is the
sum of weight x rating, 2.5 being the middle. Table: mean weight, mean rating and mean weighted score over the raters;
the matrix's score is the mean of the raters' scores, with the lowest and the highest. Agreement on the weights from
three raters on: Kendall's W, corrected for ties, one a matrix, W = 12 S / (m^2 (n^3 - n) - m sum(t^3 - t)) for m raters
and n factors (Kendall & Babington Smith 1939); below the study's limit (.5 (c)) the raters do not agree, and the range
stands for the score.

SWOT lists the factors by mean weight. TOWS joins strengths and weaknesses with opportunities and threats where one
measure of the study's catalogue answers both (``scripts/environment/tows.py``).

The file is read and checked by ``scripts/environment/factors.py``, with which the Snakefile has read it before.
"""

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from scripts.environment.factor_table import judgements, label, work_name
from scripts.environment.factors import FactorFile, Factors
from scripts.environment.tows import TOWS, tows
from scripts.lib import tables, values
from scripts.lib.job import run
from scripts.lib.sheet import load_model
from scripts.strategy import catalogue
from scripts.strategy.measures import StrategyFile

MIDDLE = 2.5
RATERS_FOR_W = 3
FACTORS = ["position", "matrix", "factor", "kind", "direction", "label_en", "label_zh", "evidence_type", "illustrative"]
FACTORS += ["weight", "weight_min", "weight_max", "rating", "rating_min", "rating_max", "score", "pipeline", "cites"]
FACTORS += ["attributes", "evidence_en", "evidence_zh"]
MATRICES = ["matrix", "score", "score_min", "score_max", "kendall_w", "p", "n_raters", "n_factors", "agree"]
RATERS = ["matrix", "rater", "position", "label_en", "label_zh", "score"]
SWOT = ["quadrant", "position", "factor", "label_en", "label_zh", "weight", "rating", "illustrative"]


def kendall_w(weights: pd.DataFrame) -> tuple[float, float]:
    """Kendall's W, corrected for ties, and its p by the chi-square approximation m (n - 1) W.

    Parameters
    ----------
    weights
        Raters x objects.

    Returns
    -------
    W in 0..1 and p; both missing when every rater ties all objects.
    """
    ranks = weights.rank(axis=1)
    m, n = ranks.shape
    sums = ranks.sum()
    squares = float(((sums - sums.mean()) ** 2).sum())
    ties = sum(float((t**3 - t).sum()) for t in (row.value_counts() for _, row in ranks.iterrows()))
    whole = m**2 * (n**3 - n) - m * ties
    if whole <= 0:
        return np.nan, np.nan
    w = 12 * squares / whole
    return w, float(chdtrc(n - 1, m * (n - 1) * w))


def weigh(rated: pd.DataFrame, agreement: float) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Factors with mean weight, rating and score; matrices with score, spread and agreement; each rater's scores.

    Parameters
    ----------
    rated
        Columns matrix, factor, rater, weight, rating.
    agreement
        Kendall's W below which the raters do not agree.
    """
    rated = rated.assign(score=rated["weight"] * rated["rating"])
    factors = rated.groupby(["matrix", "factor"], as_index=False).agg(
        weight=("weight", "mean"),
        weight_min=("weight", "min"),
        weight_max=("weight", "max"),
        rating=("rating", "mean"),
        rating_min=("rating", "min"),
        rating_max=("rating", "max"),
        score=("score", "mean"),
    )
    by_rater = rated.groupby(["matrix", "rater"], as_index=False, sort=False)["score"].sum()
    rows = []
    for matrix, part in rated.groupby("matrix"):
        scores = by_rater.loc[by_rater["matrix"] == matrix, "score"]
        weights = part.pivot(index="rater", columns="factor", values="weight")
        enough = len(weights) >= RATERS_FOR_W
        w, p = kendall_w(weights) if enough else (np.nan, np.nan)
        agree = "not known" if np.isnan(w) else "yes" if w >= agreement else "no"
        rows.append((matrix, scores.mean(), scores.min(), scores.max(), w, p, *weights.shape, agree))
    return factors, pd.DataFrame(rows, columns=MATRICES), by_rater


def name_raters(document: Factors, by_rater: pd.DataFrame) -> pd.DataFrame:
    """Each rater's score of each matrix, with the rater's name: ``RATERS``."""
    names = {rater.id: (i, rater.name.en, rater.name.zh) for i, rater in enumerate(document.raters, start=1)}
    place = [names[rater] for rater in by_rater["rater"]]
    named = pd.DataFrame(place, columns=["position", "label_en", "label_zh"], index=by_rater.index)
    return by_rater.join(named)[RATERS]


def swot(factors: pd.DataFrame) -> pd.DataFrame:
    """The factors of each quadrant by mean weight."""
    ordered = factors.drop(columns="position").sort_values(["weight", "factor"], ascending=[False, True], kind="stable")
    return ordered.assign(position=ordered.groupby("quadrant").cumcount() + 1).reindex(columns=SWOT)


def warn(factors: pd.DataFrame, matrices: pd.DataFrame, n_raters: int, agreement: float) -> list[dict[str, Any]]:
    """What a reader of the matrices must know."""
    warnings = []
    for row in matrices[matrices["agree"] == "no"].itertuples():
        name = row.matrix.upper()
        warnings.append(
            values.warning(
                "raters_disagree",
                "caution",
                f"{name}: raters do not agree on the weights (Kendall's W {row.kendall_w:.2f}, below {agreement:g}); "
                f"the score ranges from {row.score_min:.2f} to {row.score_max:.2f}.",
                f"{name}：评分者对权重意见不一致（Kendall W为{row.kendall_w:.2f}，低于{agreement:g}）；"
                f"得分范围为{row.score_min:.2f}至{row.score_max:.2f}。",
            )
        )
    if n_raters < RATERS_FOR_W:
        warnings.append(
            values.warning(
                "raters_few",
                "note",
                f"{values.count(n_raters, 'rater', 'raters')} judged; agreement is measured from "
                f"{RATERS_FOR_W} raters on.",
                f"评分者{n_raters}名；一致性至少需要{RATERS_FOR_W}名评分者。",
            )
        )
    bare = factors[factors["evidence_type"] == "illustrative"]
    if len(bare):
        warnings.append(
            values.warning(
                "factors_illustrative",
                "caution",
                f"Of {len(factors)} factors {values.count(len(bare), 'rests', 'rest')} on no evidence and "
                f"{'is' if len(bare) == 1 else 'are'} illustrative.",
                f"{len(factors)}个因素中有{len(bare)}个没有依据，仅为示例。",
            )
        )
    return warnings


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, output, params = snakemake.input, snakemake.output, snakemake.params
    if not source.factors:
        headers = {"factors": FACTORS, "matrices": MATRICES, "rater_scores": RATERS, "swot": SWOT, "tows": TOWS}
        for name, columns in headers.items():
            tables.write(tables.empty(columns), output[name], columns[:2])
        reason = "This study has no list of factors, so there are no EFE and IFE matrices and no SWOT."
        values.write(values.absent(reason, "本研究没有因素清单，因此没有EFE、IFE矩阵和SWOT分析。"), output.values)
        return
    agreement = params.environment["agreement"]
    document = load_model(source.factors, params.study, FactorFile).factors
    measures = catalogue.load(source.strategy, StrategyFile, params.study).measures
    indicators = tables.read(source.indicators, text=["indicator_id", "period"]).set_index("indicator_id")
    records = tables.read(source.records, text=["key"])
    weighed, matrices, by_rater = weigh(judgements(document), agreement)
    works = {row.key: work_name(str(row.authors), row.year) for row in records.itertuples()}
    factors = label(document, weighed, indicators, works)
    tables.write(factors.reindex(columns=FACTORS), output.factors, ["position"])
    tables.write(matrices, output.matrices, ["matrix"])
    tables.write(name_raters(document, by_rater), output.rater_scores, ["matrix", "rater"])
    tables.write(swot(factors), output.swot, ["quadrant", "position"])
    pairs = tows(factors, {one.id: one.serves for one in measures}, {one.id: one.name for one in measures})
    tables.write(pairs, output.tows, ["cell", "position"])
    values.write(
        {
            "method": f"EFE and IFE (David), mean over raters; Kendall's W with ties, agreement from {agreement:g} on",
            "n_factors": len(factors),
            "n_raters": len(document.raters),
            "raters": [rater.name.model_dump() for rater in document.raters],
            "middle": MIDDLE,
            "agreement_floor": agreement,
            "n_illustrative": int((factors["evidence_type"] == "illustrative").sum()),
            "n_to_test": int((factors["pipeline"] != "").sum()),
            "n_pairs_answered": int((pairs["measures"] != "").sum()),
            "matrices": {row.matrix: {"score": row.score, "agree": row.agree} for row in matrices.itertuples()},
            "warnings": warn(factors, matrices, len(document.raters), agreement),
        },
        output.values,
    )


if __name__ == "__main__":
    run(main, snakemake)
