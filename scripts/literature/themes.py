"""Themes in the abstracts: non-negative matrix factorisation (Lee & Seung 1999) of tf-idf, with stability over starts.

Terms are Latin words of three letters and more without English stop words, and pairs of Chinese signs; those in one
abstract only or in more than half of them are left out. For each number of themes the factorisation runs from several
random starts. A theme is *stable* as far as the ten heaviest terms of its counterparts, matched one to one with another
start, overlap (Jaccard), averaged over the starts. The number of themes is the one with the highest mean stability, the
smaller at a tie; the best-fitting start gives the themes, the largest first. A theme less stable than the study's limit
shows its terms and must not be named.
"""

import re
from typing import Any

import numpy as np
import pandas as pd

TERMS = 10
MOST = 8
COLUMNS = ["theme", "terms", "n", "share", "stability", "stable"]
LATIN, CHINESE = re.compile(r"[a-z][a-z-]{2,}"), re.compile(r"[\u4e00-\u9fff]+")


def terms_of(abstract: str, stop: frozenset[str]) -> list[str]:
    """Latin words and pairs of Chinese signs."""
    words = [word for word in LATIN.findall(abstract.lower()) if word not in stop]
    runs = CHINESE.findall(abstract)
    return words + [run[i : i + 2] for run in runs for i in range(len(run) - 1)]


def overlap(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Jaccard overlap of the top terms of each theme of one start with those of another: themes x themes."""
    shared = one.astype(float) @ other.astype(float).T
    return shared / (2 * TERMS - shared)


def find_themes(abstracts: list[str], starts: int, stable: float, seed: int) -> pd.DataFrame:
    """The themes of the abstracts: ``COLUMNS``.

    Parameters
    ----------
    abstracts
        One text a record.
    starts
        Random starts a number of themes.
    stable
        Stability from which on a theme may be named.
    seed
        Seed of the first start.
    """
    from scipy.optimize import linear_sum_assignment  # only here: a study without abstracts must not wait for them
    from sklearn.decomposition import NMF
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer

    stop = frozenset(ENGLISH_STOP_WORDS)
    vectorizer = TfidfVectorizer(analyzer=lambda text: terms_of(text, stop), min_df=2, max_df=0.5)
    weights = vectorizer.fit_transform(abstracts)
    vocabulary = vectorizer.get_feature_names_out()
    best: tuple[float, Any, np.ndarray] = (-1.0, None, np.empty(0))
    for k in range(2, MOST + 1):
        fits = []
        for start in range(starts):
            model = NMF(k, init="random", random_state=seed + start, max_iter=1000, tol=1e-3)
            loadings = model.fit_transform(weights)
            heavy = np.argsort(-model.components_, axis=1, kind="stable")[:, :TERMS]
            top = np.zeros_like(model.components_, dtype=bool)
            np.put_along_axis(top, heavy, True, axis=1)
            fits.append((model.reconstruction_err_, loadings, heavy, top))
        chosen = min(range(starts), key=lambda start: fits[start][0])
        agreement = []
        for start in range(starts):
            if start != chosen:
                shared = overlap(fits[chosen][3], fits[start][3])
                mine, theirs = linear_sum_assignment(-shared)
                agreement.append(shared[mine, theirs])
        stability = np.mean(agreement, axis=0)
        if stability.mean() > best[0] + 1e-9:
            best = (float(stability.mean()), fits[chosen], stability)
    _, (_, loadings, heavy, _), stability = best
    belongs = loadings.argmax(axis=1)
    rows = [
        ("; ".join(vocabulary[heavy[theme]]), int((belongs == theme).sum()), stability[theme])
        for theme in range(len(stability))
    ]
    out = pd.DataFrame(rows, columns=["terms", "n", "stability"]).sort_values(["n", "terms"], ascending=[False, True])
    out["theme"], out["share"] = range(1, len(out) + 1), out["n"] / len(abstracts)
    return out.assign(stable=out["stability"] >= stable)[COLUMNS]
