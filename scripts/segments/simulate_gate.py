"""What the gate and ordinary cluster checks say of answers whose truth is known; one truth a job.

Seeded samples of one truth (scripts/segments/truths.py) go through the whole way of a study: centring, filling, gate A
with the default settings, every partition with gates B and C, choice of k. Beside it stand checks that are in use:

``gate``        segments are supported: some k passes gates A, B and C;
``gate_a``      gate A alone;
``silhouette``  the largest average silhouette exceeds .25 (Kaufman & Rousseeuw 1990: at most .25, "no substantial
                structure has been found");
``gap``         the gap statistic's one-standard-error rule, k = 1 included, picks k > 1;
``jaccard``     for some k every cluster has a mean bootstrap Jaccard of at least .75.

The checks are made of the features of the gate, and (``..._raw``) of the answers as they are, as is usual.

One row a sample and rule: whether the rule claims segments, how many, and the adjusted Rand index against the truth. A
sample that gate A cannot pass any more is not drawn to the end: the verdict is that of all draws.
"""

import zlib
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score

from scripts.lib import tables
from scripts.lib.job import run
from scripts.lib.missing import conditional_means
from scripts.segments import truths
from scripts.segments.features import canonical_order, centre_and_fill, fit_fill
from scripts.segments.gap import gap_statistic, one_se_rule
from scripts.segments.limits import numbers_tried
from scripts.segments.partition import standardise
from scripts.segments.partitions import choose, partitions
from scripts.segments.test_homogeneity import Null, gate_table, statistic

Floats = NDArray[np.float64]
STRUCTURE = 0.25  # Kaufman & Rousseeuw (1990), table 4 of chapter 2
COLUMNS = ["sample", "rule", "claims", "k", "ari"]


def gate(answers: Floats, ks: list[int], settings: dict[str, Any], seed: list[int]) -> pd.DataFrame:
    """Table of gate A; the draws end once no k can pass any more."""
    features = centre_and_fill(answers, fit_fill(answers))
    observed = statistic(features, ks, settings["starts"], np.random.default_rng(seed))
    null = Null.of(answers, np.arange(answers.shape[1]))
    allowed = int(settings["alpha"] / len(ks) * (settings["draws"] + 1) + 1e-9) - 1
    drawn: list[Floats] = []
    higher = np.zeros(len(ks))
    while len(drawn) < settings["draws"] and (higher <= allowed).any():
        drawn.append(null.statistic(ks, settings["starts"], [*seed, len(drawn)]))
        higher += drawn[-1] >= observed
    table = gate_table(observed, np.array(drawn), ks, settings["alpha"])
    table["passes"] = (higher <= allowed) & (len(drawn) == settings["draws"])
    return table


def ordinary(Z: Floats, indices: pd.DataFrame, settings: dict[str, Any], seed: list[int]) -> dict[str, int]:
    """The k that each check picks for z-scores Z (n, p), 1 for none; ``indices`` are those of its partitions."""
    by_k = indices.set_index("k")
    ks = [1, *by_k.index]
    by_gap = np.flatnonzero(one_se_rule(*gap_statistic(Z, ks, settings["gap_draws"], settings["starts"], stream(seed))))
    stable = by_k.index[by_k["min_jaccard"] >= settings["jaccard_floor"]]
    return {
        "silhouette": int(by_k["silhouette"].idxmax()) if by_k["silhouette"].max() > STRUCTURE else 1,
        "gap": int(ks[by_gap[0]]) if len(by_gap) else int(ks[-1]),
        "jaccard": int(stable.max()) if len(stable) else 1,
    }


def stream(seed: list[int]) -> np.random.Generator:
    """Random numbers of the gap statistic's reference."""
    return np.random.default_rng([*seed, zlib.crc32(b"reference")])


def verdicts(
    answers: Floats, truth: NDArray[np.int64], settings: dict[str, Any], seed: list[int]
) -> list[tuple[str, bool, int, float]]:
    """(rule, claims, k, adjusted Rand index) of one sample."""
    order = canonical_order(answers)
    answers, truth = answers[order], truth[order]
    fill = fit_fill(answers)
    features = {"": centre_and_fill(answers, fill), "_raw": conditional_means(answers, fill.moments)}
    table = gate(answers, numbers_tried(features[""], settings), settings, [*seed, 0])
    as_read = table.assign(passes=np.where(table["passes"], "yes", "no"))
    picked: dict[str, tuple[int, NDArray[np.int64]]] = {}
    for number, (suffix, X) in enumerate(features.items(), start=1):
        Z = standardise(X)
        found = partitions(Z, as_read, settings, [*seed, number])
        labels = {1: np.zeros(len(Z), dtype=np.int64), **found.labels}
        ks = ordinary(Z, found.indices, settings, [*seed, number])
        if not suffix:
            best = int(table.loc[table["p"].idxmin(), "k"]) if table["passes"].any() else 1
            ks = {"gate": choose(found.indices)[0] or 1, "gate_a": best} | ks
        picked |= {f"{rule}{suffix}": (k, labels[k]) for rule, k in ks.items()}
    return [(rule, k > 1, k, float(adjusted_rand_score(found, truth))) for rule, (k, found) in picked.items()]


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    params, truth = snakemake.params, snakemake.wildcards.truth
    size, items = params.validation["respondents"], params.validation["items"]
    place = list(truths.TRUTHS).index(truth)
    known = truths.members(size) if truth in truths.PLANTED else np.zeros(size, dtype=np.int64)
    rows = []
    for sample in range(params.validation["samples"]):
        seed = [params.seed, place, sample]
        answers = truths.answers(truth, size, items, np.random.default_rng(seed))
        rows += [(sample + 1, *verdict) for verdict in verdicts(answers, known, params.segments, seed)]
    tables.write(pd.DataFrame(rows, columns=COLUMNS), snakemake.output.samples, ["sample", "rule"])


if __name__ == "__main__":
    run(main, snakemake)
