"""Latent classes of yes-or-no answers (Lazarsfeld & Henry 1968), their number by BIC, one class included.

stepmix (Morin et al.): items independent within a class, full-information maximum likelihood where answers are missing,
EM from ``starts`` random starts of each number. A number of classes that leaves one of them without members does not
count: it is a class too many. An item that never varies is left out.
"""

import warnings
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from stepmix.stepmix import StepMix

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
CLASSES = ["k", "log_likelihood", "parameters", "bic", "smallest", "chosen"]
TOLERANCE, ITERATIONS = 1e-5, 500  # of the mean log-likelihood: BIC moves by less than a tenth


class Classes(NamedTuple):
    """One row a number of classes, the labels (n,) of the chosen one, and numbers that left a class empty."""

    table: pd.DataFrame
    labels: Labels
    emptied: list[int]


def latent_classes(X: Floats, ks: Sequence[int], starts: int, seed: int) -> Classes:
    """Classes of answers X (n, p), 0, 1 or NaN, for every number in ``ks``, which holds 1."""
    X = X[:, [len(np.unique(column[~np.isnan(column)])) > 1 for column in X.T]]
    rows, labels = [], {}
    for k in ks:
        model = StepMix(
            k,
            measurement="binary_nan",
            n_init=starts if k > 1 else 1,
            random_state=seed,
            abs_tol=TOLERANCE,
            max_iter=ITERATIONS,
            progress_bar=0,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # the limit of iterations bounds the time
            model.fit(X)
        labels[k] = np.asarray(model.predict(X), dtype=np.int64)
        smallest = int(np.bincount(labels[k], minlength=k).min())
        rows.append((k, model.score(X) * len(X), model.n_parameters, model.bic(X), smallest, False))
    table = pd.DataFrame(rows, columns=CLASSES)
    best = int(table.loc[table["bic"].where(table["smallest"] > 0).idxmin(), "k"])
    table["chosen"] = table["k"].eq(best)
    return Classes(table, labels[best], table.loc[table["smallest"].eq(0), "k"].tolist())
