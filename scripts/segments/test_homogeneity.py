"""Gate A: whether the answers are more grouped than those of one homogeneous population would be.

Ordinary cluster checks find segments in pure halo. So the average silhouette of k-means, k = 2..K, is compared with
its distribution under a **null without clusters** that keeps each item's marginal, the items' correlations and how much
respondents differ in the spread of their answers (parametric bootstrap after Hennig & Lin 2015; copula with calibrated
latent correlation and response style, scripts/lib/copula.py).

The null is drawn at the level of the **answers**, and each draw goes through all that the data went through: the same
holes, centring on the respondent's own mean, the same fill, z-scores, the same number of k-means starts. Centring is
linear, so the null keeps the features' correlations too; and its ceiling is the questionnaire's ceiling. (A copula
fitted to the centred features instead rejected a mere halo with ceiling in more than half of the samples tried.)

p = (1 + draws at least as high) / (draws + 1); a k passes when p times the number of k tried is at most
``segments.alpha`` (Bonferroni). z = (observed - mean of the draws) / their standard deviation.

K is ``segments.k_max``, at most 3 below 100 respondents, and no more than gate C's smallest segment allows. Of more
than ``segments.sample`` respondents so many are drawn at random, once, and the test is theirs: it holds its level, and
a thousand are enough to see segments that matter.
"""

import math
import zlib
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scripts.lib import copula, tables, values
from scripts.lib.job import run
from scripts.segments.features import FillModel, canonical_order, centre_and_fill, fit_fill
from scripts.segments.limits import numbers_tried
from scripts.segments.partition import distances, kmeans, sampled, silhouettes, standardise

Floats = NDArray[np.float64]
GATE = ["k", "silhouette", "null_mean", "null_sd", "p", "p_adjusted", "z", "passes"]
DRAWS = ["k", "draw", "silhouette"]
MISSED = 0.10  # difference of correlations that is worth a word


def statistic(features: Floats, ks: list[int], starts: int, rng: np.random.Generator) -> Floats:
    """Average silhouette of the best k-means partition of the z-scores, for each k."""
    Z = standardise(features)
    return silhouettes(distances(Z), kmeans(Z, ks, starts, rng)[0])


class Null(NamedTuple):
    """The null of gate A: the answers it was fitted to, which columns are clustered, and how holes are filled."""

    answers: Floats
    columns: NDArray[np.int64]
    copula: copula.Copula
    fill: FillModel

    @classmethod
    def of(cls, answers: Floats, columns: NDArray[np.int64]) -> "Null":
        """The null of answers (n, p) with holes, of which ``columns`` are clustered."""
        return cls(answers, columns, copula.fit(answers), fit_fill(answers))

    def statistic(self, ks: list[int], starts: int, seed: list[int]) -> Floats:
        """Silhouettes (len(ks),) of one draw, which goes through all that the data went through."""
        rng = np.random.default_rng(seed)
        drawn = centre_and_fill(copula.draw(self.answers, self.copula, rng), self.fill)[:, self.columns]
        return statistic(drawn, ks, starts, rng)


def gate_table(observed: Floats, null: Floats, ks: list[int], alpha: float) -> pd.DataFrame:
    """One row a k: observed silhouette against the draws."""
    p = (1 + (null >= observed).sum(axis=0)) / (len(null) + 1)
    spread = null.std(axis=0, ddof=1)
    adjusted = np.minimum(1.0, p * len(ks))
    return pd.DataFrame(
        {
            "k": ks,
            "silhouette": observed,
            "null_mean": null.mean(axis=0),
            "null_sd": spread,
            "p": p,
            "p_adjusted": adjusted,
            "z": (observed - null.mean(axis=0)) / np.maximum(spread, 1e-12),
            "passes": adjusted <= alpha + 1e-12,
        }
    )[GATE]


class Gate(NamedTuple):
    """What gate A found: its table, the draws, the null, and on how many respondents."""

    table: pd.DataFrame
    draws: pd.DataFrame
    null: copula.Copula
    n: int


def run_gate(answers: Floats, columns: NDArray[np.int64], settings: dict[str, Any], seed: int) -> Gate | None:
    """Gate A for answers (n, p), of which ``columns`` are clustered; None when no k can be tried.

    The rows are put into an order that depends on the answers alone: a shuffled file gives the same result.
    """
    streams = [seed, zlib.crc32(b"test_homogeneity")]
    answers = answers[canonical_order(answers)]
    drawn = sampled(len(answers), settings["sample"], np.random.default_rng([*streams, zlib.crc32(b"sample")]))
    null = Null.of(answers[drawn], columns)
    features = centre_and_fill(null.answers, null.fill)[:, columns]
    ks = numbers_tried(features, settings)
    if not ks:
        return None
    observed = statistic(features, ks, settings["starts"], np.random.default_rng(streams))
    # draw b has its own stream, so that more draws leave the first ones as they are
    without = np.array([null.statistic(ks, settings["starts"], [*streams, b]) for b in range(settings["draws"])])
    draws = pd.DataFrame(
        {
            "k": np.tile(ks, len(without)),
            "draw": np.repeat(np.arange(1, len(without) + 1), len(ks)),
            "silhouette": without.reshape(-1),
        }
    )
    return Gate(gate_table(observed, without, ks, settings["alpha"]), draws, null.copula, len(features))


def too_few_draws(settings: dict[str, Any], tried: int) -> list[dict[str, Any]]:
    """A warning when the smallest possible p cannot pass."""
    needed = math.ceil(tried / settings["alpha"]) - 1
    if settings["draws"] >= needed:
        return []
    return [
        values.warning(
            "too_few_draws",
            "serious",
            f"With {settings['draws']} draws the homogeneity test cannot find segments at all; it needs at least "
            f"{needed} (segments.draws).",
            f"随机抽样仅{settings['draws']}次，同质性检验不可能发现分群；至少需要{needed}次（segments.draws）。",
        )
    ]


def missed_correlations(null: copula.Copula) -> list[dict[str, Any]]:
    """A warning when the null cannot have the observed correlations."""
    pairs = ~np.eye(len(null.wanted), dtype=bool)
    off = np.abs(np.nan_to_num(null.attained) - np.nan_to_num(null.wanted))[pairs]  # what never varies has none
    if off.max() <= MISSED:
        return []
    return [
        values.warning(
            "null_correlations",
            "note",
            "Some items got the same answer from nearly everybody; the comparison without segments cannot have all "
            f"their correlations (missed by {off.mean():.2f} on average, by {off.max():.2f} at most).",
            "个别题项的回答几乎人人相同，无分群的对照无法完全再现其相关"
            f"（平均相差{off.mean():.2f}，最大{off.max():.2f}）。",
        )
    ]


def say(table: pd.DataFrame, alpha: float) -> dict[str, str]:
    """The result in one sentence."""
    best = table.loc[table["p"].idxmin()]
    k, p = int(best["k"]), best["p_adjusted"]
    if table["passes"].any():
        ks = ", ".join(str(k) for k in table.loc[table["passes"], "k"])
        return values.text(
            f"The answers are more grouped than answers without segments would be (at k = {ks}; smallest p = {p:.3f} "
            "after correction for the numbers tried).",
            f"答卷的成群程度高于无分群时的预期（k = {ks}；校正后最小 p = {p:.3f}）。",
        )
    return values.text(
        "The answers are no more grouped than answers without segments would be (smallest p after correction for the "
        f"numbers tried = {p:.3f}, at k = {k}; the limit is {alpha:.2f}).",
        f"答卷的成群程度不高于无分群时的预期（校正后最小 p = {p:.3f}，k = {k}；界限为{alpha:.2f}）。",
    )


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, target, settings = snakemake.input, snakemake.output, snakemake.params.segments
    built = values.read(source.built)
    answers, features = tables.read(source.answers), tables.read(source.features)
    result = None
    if built["status"] == "ok":
        columns = answers.columns[1:].get_indexer(features.columns[1:])
        result = run_gate(answers.iloc[:, 1:].to_numpy(float), columns, settings, snakemake.params.seed)
    if result is None:
        said = {"status": built["status"], "reason": built.get("reason"), "warnings": []}
        if built["status"] == "ok":
            said = values.refused(
                f"Segments of needs are not looked for: the answers of {len(features)} respondents are too few, or too "
                "much alike, to be divided into segments of the size that the study asks for.",
                f"未作需求分群：{len(features)}份答卷数量过少或过于相同，无法划分出规定规模的群体。",
            )
        tables.write(tables.empty(GATE), target.table, ["k"])
        tables.write(tables.empty(DRAWS), target.draws, ["k", "draw"])
        values.write(said | {"passed": False}, target.values)
        return
    table, null = result.table, result.null
    tables.write(table, target.table, ["k"])
    tables.write(result.draws, target.draws, ["k", "draw"])
    found = {
        "method": "average silhouette of k-means against a calibrated copula of the answers with response style",
        "n": len(features),
        "n_tested": result.n,
        "n_items": features.shape[1] - 1,
        "draws": settings["draws"],
        "alpha": settings["alpha"],
        "k_max": int(table["k"].max()),
        "passed": bool(table["passes"].any()),
        "p_smallest": table["p_adjusted"].min(),
        "k_smallest_p": int(table.loc[table["p"].idxmin(), "k"]),
        "response_style": null.style,
        "correlation_missed": float(np.abs(null.attained - null.wanted).max()),
        "sentence": say(table, settings["alpha"]),
        "warnings": too_few_draws(settings, len(table)) + missed_correlations(null),
    }
    values.write(found, target.values)


if __name__ == "__main__":
    run(main, snakemake)
