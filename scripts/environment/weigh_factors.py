"""Weigh outer and inner factors: EFE and IFE matrices, SWOT and TOWS (David).

Method. Each rater gives every factor a weight (sum 1 within a matrix) and a rating; a rater's score of a matrix is the
sum of weight x rating, 2.5 being the middle. Table: mean weight, mean rating and mean weighted score over the raters;
the matrix's score is the mean of the raters' scores, with the lowest and the highest. Agreement on the weights from
three raters on: Kendall's W, corrected for ties, one a matrix, W = 12 S / (m^2 (n^3 - n) - m sum(t^3 - t)) for m raters
and n factors (Kendall & Babington Smith 1939); below .5 the raters do not agree, and the range stands for the score.

SWOT lists the factors by mean weight. TOWS joins strengths and weaknesses with opportunities and threats: in each of
the four cells the heaviest with the heaviest, the second with the second, the third with the third. The pairs say what
belongs together; which measure answers a pair is not in the factors, but in the strengths between attributes and
measures, for which ``attributes`` names the attributes that the evidence points to.

Fails with one line a fault for weights that do not sum to 1, a rating outside its range (strengths 3-4, weaknesses
1-2), and evidence that does not exist or was seen in no independent list.
"""

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from scripts.environment.factors import (
    QUADRANTS,
    FactorFile,
    Factors,
    describe,
    faults_of,
    judgements,
    work_name,
)
from scripts.lib import tables, values
from scripts.lib.job import InputError, run
from scripts.lib.sheet import MOST, load_model

MIDDLE = 2.5
AGREEMENT = 0.5
RATERS_FOR_W = 3
PAIRS = 3
FACTORS = ["position", "matrix", "factor", "kind", "direction", "label_en", "label_zh", "evidence_type", "illustrative"]
FACTORS += ["weight", "weight_min", "weight_max", "rating", "rating_min", "rating_max", "score", "pipeline", "cites"]
MATRICES = ["matrix", "score", "score_min", "score_max", "kendall_w", "p", "n_raters", "n_factors", "agree"]
SWOT = ["quadrant", "position", "factor", "label_en", "label_zh", "weight", "rating", "evidence_en", "evidence_zh"]
SWOT += ["illustrative"]
TOWS = ["cell", "position", "inner", "outer", "inner_label_en", "inner_label_zh", "outer_label_en", "outer_label_zh"]
TOWS += ["weight", "attributes"]


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


def weigh(rated: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Factors with mean weight, rating and score, and matrices with score, spread and agreement.

    Parameters
    ----------
    rated
        Columns matrix, factor, rater, weight, rating.
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
    rows = []
    for matrix, part in rated.groupby("matrix"):
        scores = part.groupby("rater")["score"].sum()
        weights = part.pivot(index="rater", columns="factor", values="weight")
        enough = len(weights) >= RATERS_FOR_W
        w, p = kendall_w(weights) if enough else (np.nan, np.nan)
        agree = "not known" if np.isnan(w) else "yes" if w >= AGREEMENT else "no"
        rows.append((matrix, scores.mean(), scores.min(), scores.max(), w, p, *weights.shape, agree))
    return factors, pd.DataFrame(rows, columns=MATRICES)


def label(document: Factors, weighed: pd.DataFrame, indicators: pd.DataFrame, works: dict[str, str]) -> pd.DataFrame:
    """The weighed factors with statement, evidence in words and what the survey will test, in the file's order."""
    rows = []
    for matrix in document.matrices:
        for factor in matrix.factors:
            words = [describe(item, indicators, works) for item in factor.evidence]
            types = [item.type for item in factor.evidence]
            rows.append(
                {
                    "position": len(rows) + 1,
                    "matrix": matrix.id,
                    "factor": factor.id,
                    "kind": factor.kind,
                    "direction": factor.direction,
                    "label_en": factor.statement.en,
                    "label_zh": factor.statement.zh,
                    "evidence_type": ";".join(dict.fromkeys(types)),
                    "illustrative": "illustrative" in types,
                    "pipeline": ";".join(item.value for item in factor.evidence if item.value),
                    "cites": ";".join(item.key for item in factor.evidence if item.key),
                    "evidence_en": "; ".join(en for en, _ in words),
                    "evidence_zh": "；".join(zh for _, zh in words),
                    "quadrant": QUADRANTS[factor.direction],
                }
            )
    return pd.DataFrame(rows).merge(weighed, on=["matrix", "factor"], validate="one_to_one")


def swot(factors: pd.DataFrame) -> pd.DataFrame:
    """The factors of each quadrant by mean weight."""
    ordered = factors.drop(columns="position").sort_values(["weight", "factor"], ascending=[False, True], kind="stable")
    return ordered.assign(position=ordered.groupby("quadrant").cumcount() + 1).reindex(columns=SWOT)


def tows(listed: pd.DataFrame, factors: pd.DataFrame) -> pd.DataFrame:
    """In each of four cells the heaviest inner with the heaviest outer factor, the second with the second, and so on.

    Parameters
    ----------
    listed
        The SWOT table: quadrant, position, factor, label_en, label_zh, weight.
    factors
        Columns factor, pipeline.
    """
    columns = ["factor", "label_en", "label_zh", "weight", "pipeline"]
    rows = listed.merge(factors[["factor", "pipeline"]], on="factor")
    rows = rows[rows["position"] <= PAIRS].set_index("position")
    cells = []
    for inner in "SW":
        for outer in "OT":
            own = rows.loc[rows["quadrant"] == inner, columns].add_prefix("inner_")
            there = rows.loc[rows["quadrant"] == outer, columns].add_prefix("outer_")
            cells.append(own.join(there, how="inner").assign(cell=inner + outer))
    both = pd.concat(cells).reset_index().rename(columns={"inner_factor": "inner", "outer_factor": "outer"})
    both["weight"] = both["inner_weight"] * both["outer_weight"]
    both["attributes"] = [
        ";".join(dict.fromkeys(part.split(".", 1)[1] for part in cell.split(";") if part.startswith("ipa.")))
        for cell in both["inner_pipeline"] + ";" + both["outer_pipeline"]
    ]
    return both.reindex(columns=TOWS)


def warn(document: Factors, factors: pd.DataFrame, matrices: pd.DataFrame) -> list[dict[str, Any]]:
    """What a reader of the matrices must know."""
    warnings = []
    for row in matrices[matrices["agree"] == "no"].itertuples():
        name = row.matrix.upper()
        warnings.append(
            values.warning(
                "raters_disagree",
                "caution",
                f"{name}: raters do not agree on the weights (Kendall's W {row.kendall_w:.2f}, below {AGREEMENT}); the "
                f"score ranges from {row.score_min:.2f} to {row.score_max:.2f}.",
                f"{name}：评分者对权重意见不一致（Kendall W为{row.kendall_w:.2f}，低于{AGREEMENT}）；"
                f"得分范围为{row.score_min:.2f}至{row.score_max:.2f}。",
            )
        )
    if len(document.raters) < RATERS_FOR_W:
        warnings.append(
            values.warning(
                "raters_few",
                "note",
                f"{len(document.raters)} raters judged; agreement is measured from {RATERS_FOR_W} raters on.",
                f"评分者{len(document.raters)}名；一致性至少需要{RATERS_FOR_W}名评分者。",
            )
        )
    bare = factors[factors["evidence_type"] == "illustrative"]
    if len(bare):
        warnings.append(
            values.warning(
                "factors_illustrative",
                "caution",
                f"{len(bare)} of {len(factors)} factors rest on no evidence and are illustrative.",
                f"{len(factors)}个因素中有{len(bare)}个没有依据，仅为示例。",
            )
        )
    return warnings


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, output, study = snakemake.input, snakemake.output, snakemake.params.study
    if not source.factors:
        for name, columns in (("factors", FACTORS), ("matrices", MATRICES), ("swot", SWOT), ("tows", TOWS)):
            tables.write(tables.empty(columns), getattr(output, name), columns[:2])
        reason = "This study has no list of factors, so there are no EFE and IFE matrices and no SWOT."
        values.write(values.absent(reason, "本研究没有因素清单，因此没有EFE、IFE矩阵和SWOT分析。"), output.values)
        return
    document = load_model(source.factors, study, FactorFile).factors
    indicators = tables.read(source.indicators, text=["indicator_id", "period"]).set_index("indicator_id")
    records = tables.read(source.records, text=["key"])
    verified = {verdict: set(records.loc[records["verified"] == verdict, "key"]) for verdict in ("yes", "no")}
    faults = faults_of(document, set(indicators.index), verified["yes"], verified["no"])
    if faults:
        raise InputError(" ;; ".join(f"study {study}, file {source.factors}, {fault}" for fault in faults[:MOST]))
    weighed, matrices = weigh(judgements(document))
    works = {row.key: work_name(str(row.authors), row.year) for row in records.itertuples()}
    factors = label(document, weighed, indicators, works)
    tables.write(factors.reindex(columns=FACTORS), output.factors, ["position"])
    tables.write(matrices, output.matrices, ["matrix"])
    listed = swot(factors)
    tables.write(listed, output.swot, ["quadrant", "position"])
    tables.write(tows(listed, factors), output.tows, ["cell", "position"])
    values.write(
        {
            "n_factors": len(factors),
            "n_raters": len(document.raters),
            "raters": [rater.name.model_dump() for rater in document.raters],
            "middle": MIDDLE,
            "agreement_floor": AGREEMENT,
            "n_illustrative": int((factors["evidence_type"] == "illustrative").sum()),
            "n_to_test": int((factors["pipeline"] != "").sum()),
            "matrices": {row.matrix: {"score": row.score, "agree": row.agree} for row in matrices.itertuples()},
            "warnings": warn(document, factors, matrices),
        },
        output.values,
    )


if __name__ == "__main__":
    run(main, snakemake)
