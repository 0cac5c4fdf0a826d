"""How answers are screened: which items enter which index, every respondent's indices, and the verdict.

The plan is made once, from the real answers; the same plan and the same code then screen simulated ones
(scripts/survey/simulate_careful.py).

Longest run and variability are computed on the answers as given, the consistencies after reverse keying. The run is
taken in each block of at least ten rating questions that is not at its ceiling; the variability in points of a
five-point scale, so that one limit serves scales of any length. The distance rests on the covariance (EM) of the items
that enter models: an item that more than ``item_missing`` leave blank or call not applicable, that never varies or
that repeats another is left out, and where the covariance is singular or there are fewer than three answers an item
there is no distance. An index that cannot be computed does not count.

Even-odd and synonym consistency see the same thing, that a person's answers hang together, so they count as one of
the indices that have to agree; how many careful answers would be flagged otherwise is measured in simulate_careful.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scripts.lib.missing import Moments, em_moments
from scripts.survey import careless

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
BLOCK = 10  # items below which half of a block is a run that attentive people often make too
PER_ITEM = 3  # answers per item below which a Mahalanobis distance says nothing
FIVE = 4.0  # width of a five-point scale, for which the limit of variability was made
SINGULAR = 1e-6  # smallest eigenvalue of a correlation matrix that is still taken for regular
TOLERANCE, ITERATIONS = 1e-4, 60  # of the EM; a distance then moves by less than .01
CONSISTENCIES = ("even_odd", "synonyms")
INDICES = ("longstring", "variability", "mahalanobis", *CONSISTENCIES, "seconds_per_item", "attention")
Reason = tuple[str, str]
FEW: Reason = ("there are fewer than three answers an item", "平均每题答卷不足三份")
UNSETTLED: Reason = ("the answers do not settle how the items go together", "答卷不足以确定题项间的关系")
NO_PAIRS: Reason = ("fewer than three pairs of items correlate enough", "相关足够高的题对不足三对")
NO_BLOCK: Reason = (
    "no ten questions on one scale stand together, or their answers stand at the top of it",
    "没有十题以上且未集中于最高分的同量表题组",
)
NO_SCALES: Reason = ("there are fewer than three scales of two items", "两题以上的量表不足三个")
NO_TIME: Reason = ("the time taken was not recorded", "未记录作答时间")
NO_CHECK: Reason = ("the questionnaire has no attention check", "问卷没有注意力检测题")


class Answers(NamedTuple):
    """What is screened.

    Attributes
    ----------
    ratings : (n, items) answers to the rating items in the order of the questionnaire; NaN for "not applicable" and
        for missing.
    seconds_per_item : (n,) time taken by the number of questions; NaN where it was not recorded.
    attention : (n,) 1 where an attention check was answered wrongly, 0 where rightly, NaN where not at all.
    """

    ratings: Floats
    seconds_per_item: Floats
    attention: Floats


@dataclass(frozen=True)
class Plan:
    """What is computed from what. Items are columns of the ratings.

    Attributes
    ----------
    low, width : smallest code and range of each item's scale.
    keyed : 1, or -1 for an item that is turned round.
    blocks : items that stand together, for the longest run.
    scales : items of each construct, for even-odd consistency.
    joint : items of the distance; none where it cannot be computed.
    moments : of the joint items, where the EM of answers alike starts.
    repeated : pairs of an item and the one before that it repeats.
    why_not : (English, Chinese) reason by index that cannot be computed.
    """

    low: Floats
    width: Floats
    keyed: Floats
    blocks: list[Places]
    scales: list[Places]
    joint: Places
    moments: Moments | None
    repeated: list[tuple[int, int]]
    why_not: dict[str, Reason]

    def upright(self, ratings: Floats) -> Floats:
        """The ratings with negatively keyed items turned round."""
        return np.where(self.keyed > 0, ratings, 2 * self.low + self.width - ratings)


def rated_items(book: pd.DataFrame) -> pd.DataFrame:
    """The rating items of the codebook, in the order of the questionnaire."""
    rated = book[book["type"].eq("likert") & ~book["role"].eq("attention_check")].reset_index(drop=True)
    numbers = ["scale_min", "scale_max", "na_code", "keyed"]
    return rated.astype(dict.fromkeys(numbers, float))


def answers_of(responses: pd.DataFrame, book: pd.DataFrame) -> Answers:
    """What is screened of the imported answers."""
    rated = rated_items(book)
    ratings = responses[rated["item"].tolist()].to_numpy(dtype=float, na_value=np.nan)
    ratings = np.where(ratings == rated["na_code"].to_numpy(), np.nan, ratings)
    asked = book["item"].str.contains("__").eq(False).sum()
    checks = book[book["role"].eq("attention_check")]
    given = responses[checks["item"].tolist()].to_numpy(dtype=float, na_value=np.nan)
    there = ~np.isnan(given)
    wrong = (there & (given != checks["expected"].to_numpy(dtype=float))).any(axis=1)
    attention = np.where(there.any(axis=1), wrong, np.nan)
    return Answers(ratings, responses["seconds"].to_numpy(dtype=float, na_value=np.nan) / asked, attention)


def make_plan(answers: Answers, book: pd.DataFrame, survey: dict[str, Any]) -> Plan:
    """The plan of a study's questionnaire and answers; ``survey`` are its settings."""
    rated, X = rated_items(book), answers.ratings
    low, high = rated["scale_min"].to_numpy(), rated["scale_max"].to_numpy()
    together = _blocks(rated, high == X, ~np.isnan(X), survey["ceiling_share"])
    scales = _together(rated[rated["construct"].notna()], ["construct"], 2)
    hole = np.isnan(X)
    there = np.where(hole, -np.inf, X).max(axis=0) > np.where(hole, np.inf, X).min(axis=0)  # varies
    stay = np.flatnonzero(there & (hole.mean(axis=0) <= survey["item_missing"]))
    repeated = _repeated(X, stay)
    joint = np.setdiff1d(stay, [item for item, _ in repeated])
    enough = len(joint) >= 2 and len(X) >= PER_ITEM * len(joint)
    moments = _regular(X[:, joint]) if enough else None
    keyed = rated["keyed"].to_numpy()
    plan = Plan(low, high - low, keyed, together, scales, joint if moments else joint[:0], moments, repeated, {})
    lacking = {
        "longstring": (not together, NO_BLOCK),
        "mahalanobis": (moments is None, UNSETTLED if enough else FEW),
        "synonyms": (len(careless.synonym_pairs(plan.upright(X))) < careless.FEWEST_PAIRS, NO_PAIRS),
        "even_odd": (len(scales) < careless.FEWEST_PAIRS, NO_SCALES),
        "seconds_per_item": (np.isnan(answers.seconds_per_item).all(), NO_TIME),
        "attention": (np.isnan(answers.attention).all(), NO_CHECK),
    }
    plan.why_not.update({index: reason for index, (lacks, reason) in lacking.items() if lacks})
    return plan


def _together(rated: pd.DataFrame, by: list[str], fewest: int) -> list[Places]:
    """Columns of the items that share what ``by`` names, where there are enough of them."""
    return [rows.index.to_numpy() for _, rows in rated.groupby(by, sort=False) if len(rows) >= fewest]


def _blocks(rated: pd.DataFrame, at_top: NDArray[np.bool_], there: NDArray[np.bool_], ceiling: float) -> list[Places]:
    """Rating items that stand together (same section, role and scale), at least ``BLOCK`` of them.

    A block whose typical item has more than ``ceiling`` of the answers at its top code is left out: there, one long run
    is what a careful person gives.
    """
    share = at_top.sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    blocks = _together(rated, ["section", "role", "scale"], BLOCK)
    return [block for block in blocks if np.median(share[block]) <= ceiling]


def _repeated(X: Floats, items: Places) -> list[tuple[int, int]]:
    """Items whose answers are those of an earlier item, holes included."""
    first: dict[bytes, int] = {}
    pairs = [(int(item), first.setdefault(X[:, item].tobytes(), int(item))) for item in items]
    return [(item, before) for item, before in pairs if item != before]


def _regular(X: Floats, start: Moments | None = None) -> Moments | None:
    """Moments of the answers; None where they do not settle or their correlation is singular."""
    if np.isnan(X).all(axis=0).any():
        return None
    moments = em_moments(X, TOLERANCE, ITERATIONS, start=start)
    spread = np.sqrt(np.diag(moments.covariance))
    if not moments.converged or not spread.all():
        return None
    smallest = np.linalg.eigvalsh(moments.covariance / np.outer(spread, spread))[0]
    return moments if smallest > SINGULAR else None


def screen(answers: Answers, plan: Plan, survey: dict[str, Any]) -> pd.DataFrame:
    """One row a respondent: each index, whether it crosses its limit (flag_<index>), votes and verdict (flagged)."""
    X = answers.ratings
    out = pd.DataFrame(np.nan, index=range(len(X)), columns=list(INDICES))
    if plan.blocks:
        runs = [careless.longstring(X[:, block]) / len(block) for block in plan.blocks]
        out["longstring"] = np.max(runs, axis=0)
    out["variability"] = careless.response_variability((X - plan.low) / plan.width * FIVE)
    tail = np.full(len(X), np.nan)
    moments = _regular(X[:, plan.joint], plan.moments) if len(plan.joint) else None
    if moments is not None:
        out["mahalanobis"], tail = careless.mahalanobis(X[:, plan.joint], moments)
    upright = plan.upright(X)
    if plan.scales:
        out["even_odd"] = careless.even_odd([upright[:, items] for items in plan.scales])
    out["synonyms"] = careless.synonyms(upright, careless.synonym_pairs(upright))
    out["seconds_per_item"], out["attention"] = answers.seconds_per_item, answers.attention
    flags = {
        "longstring": out["longstring"] > survey["longstring_share"],
        "variability": out["variability"] < survey["irv_floor"],
        "mahalanobis": tail < survey["mahalanobis_p"],
        "even_odd": out["even_odd"] < survey["even_odd_floor"],
        "synonyms": out["synonyms"] < survey["synonyms_floor"],
        "seconds_per_item": out["seconds_per_item"] < survey["seconds_per_item"],
        "attention": out["attention"] > 0,
    }
    for name in INDICES:
        out[f"flag_{name}"] = flags[name]
    alone = [f"flag_{name}" for name in INDICES if name not in CONSISTENCIES]
    together = out[[f"flag_{name}" for name in CONSISTENCIES]].any(axis=1)
    out["n_flags"] = out[alone].sum(axis=1) + together.astype(int)
    out["flagged"] = out["n_flags"] >= survey["flags_needed"]
    return out
