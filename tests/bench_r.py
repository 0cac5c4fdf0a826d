"""Our methods beside R's in one run on the same data, one BLAS thread a process: ratios, not seconds, mean something.

Needs R with psych, cluster and fpc (Debian: r-base-core r-cran-psych r-cran-cluster r-cran-fpc); skipped with a word
where they are not installed. Both sides are timed inside their process, without start-up, as the best of a few runs.
"""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from scripts.segments.gap import gap_statistic
from scripts.segments.partition import kmeans
from scripts.segments.stability import bootstrap
from scripts.survey import scales

N, P, K, STARTS, BOOTSTRAP, REFERENCE, LARGEST = 2000, 20, 4, 5, 100, 50, 6
ROUNDS = 3
CODE = f"""
suppressPackageStartupMessages({{library(psych); library(cluster); library(fpc)}})
X <- as.matrix(read.csv(commandArgs(TRUE)[1]))
best <- function(run) min(sapply(1:{ROUNDS}, function(i) {{ set.seed(i); gc(); system.time(run())[["elapsed"]] }}))
repeated <- function(run, times) best(function() for (i in 1:times) run()) / times
cat("alpha", repeated(function() suppressWarnings(alpha(X)), 5), "\\n")
cat("kmo", repeated(function() KMO(X), 20), "\\n")
cat("clusterboot", best(function() clusterboot(X, B = {BOOTSTRAP}, bootmethod = "boot", clustermethod = kmeansCBI,
  krange = {K}, runs = {STARTS}, count = FALSE)), "\\n")
cat("gap", best(function() clusGap(X, kmeans, K.max = {LARGEST}, B = {REFERENCE}, nstart = {STARTS}, d.power = 2,
  spaceH0 = "scaledPCA", verbose = FALSE)), "\\n")
"""
AIMS = {"alpha": 50, "kmo": 10, "clusterboot": 4, "gap": 4}
WHAT = {
    "alpha": "alpha with if-deleted",
    "kmo": "KMO",
    "clusterboot": f"bootstrap Jaccard, B={BOOTSTRAP}, k={K}, {STARTS} starts",
    "gap": f"gap statistic, B={REFERENCE}, k=1..{LARGEST}, {STARTS} starts",
}


def answers() -> np.ndarray:
    """Five-point answers of four groups, as z-scores."""
    rng = np.random.default_rng(1)
    centres = rng.normal(size=(K, P))
    scores = centres[np.arange(N) % K] + rng.normal(size=(N, 1)) + rng.normal(size=(N, P))
    X = np.searchsorted([-1.5, -0.5, 0.5, 1.5], scores) + 1.0
    return (X - X.mean(axis=0)) / X.std(axis=0, ddof=1)


def best(run: Callable[[], object], times: int = 1) -> float:
    """Seconds of one call, the best of a few rounds of ``times`` calls."""
    rounds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(times):
            run()
        rounds.append((time.perf_counter() - start) / times)
    return min(rounds)


def reliability(X: np.ndarray) -> None:
    """What psych::alpha tells of a scale: coefficients, interval, statistics by item."""
    S = np.cov(X, rowvar=False)
    alpha = scales.cronbach_alpha(S)
    scales.standardised_alpha(scales.correlations(S))
    scales.feldt_interval(alpha, len(X), X.shape[1], 0.95)
    scales.alpha_if_deleted(S)
    scales.item_total(S)


def ours(X: np.ndarray) -> dict[str, float]:
    """Seconds of each of our methods."""
    labels = kmeans(X, [K], STARTS, np.random.default_rng(1))[0][0]
    ks = list(range(1, LARGEST + 1))
    return {
        "alpha": best(lambda: reliability(X), 50),
        "kmo": best(lambda: scales.sampling_adequacy(np.corrcoef(X, rowvar=False)), 50),
        "clusterboot": best(lambda: bootstrap(X, [labels], BOOTSTRAP, STARTS, np.random.default_rng(1))),
        "gap": best(lambda: gap_statistic(X, ks, REFERENCE, STARTS, np.random.default_rng(1))),
    }


def theirs(X: np.ndarray) -> dict[str, float] | None:
    """Seconds of each of R's methods; None where R or a package is not installed."""
    if shutil.which("Rscript") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "answers.csv"
        np.savetxt(file, X, delimiter=",", header=",".join(f"x{i}" for i in range(P)), comments="")
        done = subprocess.run(["Rscript", "-e", CODE, str(file)], capture_output=True, text=True, check=False)
    if done.returncode:
        return None
    return {name: float(seconds) for name, seconds in (line.split() for line in done.stdout.splitlines())}


def compare() -> list[str]:
    """One line a method, or a word on why there is none."""
    X = answers()
    other = theirs(X)
    if other is None:
        return ["against R: skipped, Rscript with psych, cluster and fpc is not installed"]
    mine = ours(X)
    return [
        f"{WHAT[name]:<52}{1000 * mine[name]:8.1f} ms  R {1000 * other[name]:.1f} ms, "
        f"{other[name] / mine[name]:.1f}x (aim {AIMS[name]}x)"
        for name in WHAT
    ]


if __name__ == "__main__":
    print("\n".join(compare()))
