"""Overall satisfaction on the scores of the aspects, holes by multiple imputation.

Method. A respondent's score of an aspect is the mean of its performance ratings as a share of the scale (percent of
maximum possible), where at least ``scale_answered`` of its items are answered; items that leave the models leave it.
Those who answered the question on overall satisfaction and have a score enter, as in the relative weights. Ordinary
least squares on all aspects at once; both sides in units of the observed standard deviations. Scores that are not
there are imputed ``imputations`` times by predictive mean matching, satisfaction among the predictors, and pooled by
Rubin's rules with Barnard and Rubin's degrees of freedom (scripts/lib/imputation.py). Beside it stands the same
regression of those who have every score: where the two differ, the holes matter. It says what goes together with
satisfaction, not what causes it.

An aspect leaves, by name, when its score is not there for more than ``item_missing`` or never varies. Refused below 60
answers, below ``predictors`` answers an aspect, and where scores repeat each other, which are then named. Absent
without an item on overall satisfaction or without performance ratings.
"""

import zlib
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scripts.lib import tables, values
from scripts.lib.imputation import DONORS, Pooled, impute, least_squares, pool
from scripts.lib.job import run
from scripts.lib.missing import em_moments
from scripts.needs.aspect_scores import not_applicable, scores
from scripts.needs.ratings import DESCRIPTIVE

Floats = NDArray[np.float64]
SINGULAR = 1e-6  # smallest eigenvalue of the scores' correlation (EM) at which they repeat each other
SHARED = 0.1  # part in the vector of that eigenvalue from which a score is named
HEAVY = 0.5  # fraction of missing information above which a coefficient rests on the imputation more than on answers
REASONS = {
    "": ("", ""),
    "missing": ("missing or not applicable too often", "缺失或不适用过多"),
    "constant": ("the same for everybody", "所有答卷相同"),
}
IMPUTED = ["n_imputed", "n_not_applicable"]
COLUMNS = ["position", "aspect", "label_en", "label_zh", "n_items", "n_scored", *IMPUTED]
COLUMNS += ["beta", "low", "high", "fmi", "beta_complete", "low_complete", "high_complete", "reason_en", "reason_zh"]


class Fit(NamedTuple):
    """Standardised coefficients with holes imputed, and of the complete cases (None where these cannot carry it)."""

    pooled: Pooled
    complete: Pooled | None
    n_complete: int
    r_squared: float


def overall(complete: pd.DataFrame, book: pd.DataFrame) -> Floats:
    """Overall satisfaction (n,), upright; NaN where not answered or not asked."""
    asked = book[book["outcome"].eq("overall_satisfaction")]
    if asked.empty:
        return np.full(len(complete), np.nan)
    return complete[asked["item"].iloc[0]].to_numpy(dtype=float, na_value=np.nan) * float(asked["keyed"].iloc[0])


def leaving(scored: Floats, limit: float) -> list[str]:
    """Why each aspect leaves: "" where it stays."""
    hole = np.isnan(scored)
    low, high = np.where(hole, np.inf, scored).min(axis=0), np.where(hole, -np.inf, scored).max(axis=0)
    gone = (hole.mean(axis=0) > limit) | hole.all(axis=0)
    return ["missing" if out else "constant" if flat else "" for out, flat in zip(gone, low == high, strict=True)]


def repeating(Z: Floats) -> NDArray[np.int64]:
    """Columns that repeat each other; none where every score says something of its own."""
    covariance = em_moments(Z).covariance
    spread = np.sqrt(np.diag(covariance))
    roots, vectors = np.linalg.eigh(covariance / np.outer(spread, spread))
    return np.flatnonzero((np.abs(vectors[:, roots <= SINGULAR]) > SHARED).any(axis=1))


def fit(scored: Floats, satisfaction: Floats, m: int, seed: int) -> Fit:
    """Both regressions, without holes in ``satisfaction`` (n,); coefficients in the order of the scores (n, k)."""
    X = np.column_stack([scored, satisfaction])
    Z = (X - np.nanmean(X, axis=0)) / np.nanstd(X, axis=0, ddof=1)
    rng = np.random.default_rng([seed, zlib.crc32(b"satisfaction")])
    pooled, explained = _pooled(impute(Z, m, rng))
    whole = Z[~np.isnan(Z).any(axis=1)]
    enough = len(whole) > Z.shape[1] + 1 and np.linalg.matrix_rank(whole - whole.mean(axis=0)) == Z.shape[1]
    complete = _pooled(np.repeat(whole[None], 2, axis=0))[0] if enough else None
    return Fit(pooled, complete, len(whole), explained)


def _pooled(copies: Floats) -> tuple[Pooled, float]:
    """Least squares of the last column on the others in each copy (m, n, k + 1), pooled without the intercept."""
    y = copies[0, :, -1]
    design = np.concatenate([np.ones((*copies.shape[:2], 1)), copies[:, :, :-1]], axis=2)
    fitted, variance = least_squares(design, y)
    rest = y - np.einsum("mni,mi->mn", design, fitted)
    explained = 1 - (rest**2).sum(axis=1) / ((y - y.mean()) ** 2).sum()
    return pool(fitted[:, 1:], variance[:, 1:], len(y) - design.shape[2]), float(explained.mean())


def regression_table(aspects: pd.DataFrame, stay: NDArray[np.int64], result: Fit) -> pd.DataFrame:
    """The aspects with their coefficients; blank where an aspect left."""
    out = aspects.copy()
    low, high = result.pooled.interval()
    shown = {"beta": result.pooled.estimate, "low": low, "high": high, "fmi": result.pooled.fmi}
    if result.complete:
        low, high = result.complete.interval()
        shown |= {"beta_complete": result.complete.estimate, "low_complete": low, "high_complete": high}
    for name, numbers in shown.items():
        out.loc[out.index[stay], name] = numbers
    return out.reindex(columns=COLUMNS)


def reason_not(satisfaction: Floats, scored: Floats) -> dict[str, Any] | None:
    """Values that say why there is nothing to regress, or None."""
    known = satisfaction[~np.isnan(satisfaction)]
    if len(known) == 0:
        return values.absent(
            "The survey has no question on overall satisfaction that the aspects could be set beside.",
            "问卷没有总体满意度题项，无法与各方面对照。",
        )
    if np.isnan(scored).all():
        return values.absent(
            "The survey does not ask how well the attributes are performed.", "问卷未询问各要素的表现。"
        )
    if len(known) < DESCRIPTIVE or known.min() == known.max():
        return values.refused(
            f"Satisfaction is not regressed on the aspects: that needs {DESCRIPTIVE} answers on overall satisfaction "
            f"that are not all the same, and there are {len(known)}.",
            f"未作满意度回归：需要{DESCRIPTIVE}份且不全相同的总体满意度答卷，现有{len(known)}份。",
            n=len(known),
        )
    return None


def refusal(n: int, names: pd.DataFrame, repeated: pd.DataFrame, per_predictor: int) -> dict[str, Any] | None:
    """Why there is no regression, or None."""
    if names.empty:
        return values.refused(
            "Satisfaction is not regressed on the aspects, because no aspect has a score that varies and is there for "
            "enough respondents.",
            "没有任何方面的得分既有差异又足够完整，未作满意度回归。",
            n=n,
        )
    if n < per_predictor * len(names):
        return values.refused(
            f"Satisfaction is not regressed on {len(names)} aspects: {n} answers are fewer than {per_predictor} each.",
            f"{n}份答卷不足以支持{len(names)}个方面的回归（每个方面需{per_predictor}份）。",
            n=n,
        )
    if len(repeated):
        return values.refused(
            f"Satisfaction is not regressed on the aspects, because the scores of some repeat each other: "
            f"{', '.join(repeated['label_en'])}. Take one of them out of the questionnaire's aspects, or join them.",
            f"以下方面的得分相互重复，未作满意度回归：{'、'.join(repeated['label_zh'].fillna(repeated['label_en']))}。"
            "请合并或删去其一。",
            n=n,
        )
    return None


def fit_warnings(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Aspects that left, and coefficients that rest on the imputation."""
    out = []
    left, heavy = table[table["reason_en"].ne("")], table[table["fmi"] > HEAVY]
    if len(left):
        en = "; ".join(f"{row.label_en} ({row.reason_en})" for row in left.itertuples())
        zh = "；".join(f"{row.label_zh}（{row.reason_zh}）" for row in left.itertuples())
        en, zh = f"Not in the regression of satisfaction: {en}.", f"未进入满意度回归：{zh}。"
        out.append(values.warning("aspects_left_out", "caution", en, zh))
    if len(heavy):
        en = f"More than {HEAVY:.0%} of the information on these aspects is imputed: {', '.join(heavy['label_en'])}."
        zh = f"以下方面超过{HEAVY:.0%}的信息来自插补：{'、'.join(heavy['label_zh'].fillna(heavy['label_en']))}。"
        out.append(values.warning("imputation_heavy", "caution", en, zh))
    return out


def describe(table: pd.DataFrame, result: Fit, n: int, m: int) -> dict[str, Any]:
    """What the text says."""
    known = table.dropna(subset=["beta"])
    return {
        "method": "OLS, predictive mean matching (type 1), Rubin's rules with Barnard-Rubin degrees of freedom",
        "n": n,
        "n_complete": result.n_complete,
        "n_predictors": len(known),
        "imputations": m,
        "donors": DONORS,
        "n_imputed": int(known["n_imputed"].sum()),
        "n_not_applicable": int(known["n_not_applicable"].sum()),
        "share_imputed": known["n_imputed"].sum() / (n * len(known)),
        "r_squared": result.r_squared,
        "largest_fmi": known["fmi"].max(),
        "complete": result.complete is not None,
        "largest_difference": (known["beta"] - known["beta_complete"]).abs().max(),
        "n_apart": int(((known["low"] > 0) | (known["high"] < 0)).sum()),
        "warnings": fit_warnings(table),
    }


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, output, params = snakemake.input, snakemake.output, snakemake.params
    complete, book, aspects = (tables.read(source[name]) for name in ("complete", "codebook", "aspects"))
    missing = tables.read(source.missing)
    leaves = missing.loc[missing["leaves_models"].eq("yes"), "item"]
    items = book[book["role"].eq("performance") & ~book["item"].isin(leaves)]
    scored = scores(complete, items, aspects["aspect"], params.survey["scale_answered"])
    satisfaction, table = overall(complete, book), tables.empty(COLUMNS)
    said = reason_not(satisfaction, scored)
    if said is None:
        used = np.flatnonzero(~np.isnan(satisfaction) & ~np.isnan(scored).all(axis=1))
        keys = [satisfaction[used], *np.nan_to_num(scored[used], nan=-1.0).T]
        used = used[np.lexsort(keys)]  # by the answers alone: a shuffled file gives the same imputations
        scored, n = scored[used], len(used)
        given = tables.read(source.responses).set_index("respondent").loc[complete["respondent"].iloc[used]]
        reasons = leaving(scored, params.survey["item_missing"])
        stay = np.array([i for i, reason in enumerate(reasons) if not reason], dtype=np.int64)
        hole = np.isnan(scored)
        aspects["n_items"] = items["aspect"].value_counts().reindex(aspects["aspect"], fill_value=0).to_numpy()
        aspects["n_scored"], aspects["n_imputed"] = n - hole.sum(axis=0), hole.sum(axis=0)
        aspects["n_not_applicable"] = (hole & not_applicable(given, items, aspects["aspect"])).sum(axis=0)
        aspects[IMPUTED] = aspects[IMPUTED].astype("Int64").mask(pd.Series(reasons).ne(""))
        aspects[["reason_en", "reason_zh"]] = [REASONS[reason] for reason in reasons]
        names = aspects.iloc[stay]
        repeated = names.iloc[repeating(scored[:, stay])] if len(stay) > 1 else names.iloc[:0]
        said = refusal(n, names, repeated, params.needs["predictors"])
        if said is None:
            result = fit(scored[:, stay], satisfaction[used], params.needs["imputations"], params.seed)
            table = regression_table(aspects, stay, result)
            said = describe(table, result, n, params.needs["imputations"]) | {"seed": params.seed}
    tables.write(table, output.table, ["position"])
    values.write(said, output.values)


if __name__ == "__main__":
    run(main, snakemake)
