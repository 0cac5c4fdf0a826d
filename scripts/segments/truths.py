"""Answers with a known truth: what the gate must not take for segments, and what it must find.

Every truth is a way to draw Likert answers 1..5 of n respondents to p items: a latent score is cut at -1.5, -.5, .5
and 1.5. ``NULLS`` have one homogeneous population each; ``PLANTED`` have three groups of equal size that hold a third
of the items each more important than the others do.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
CUTS = np.array([-1.5, -0.5, 0.5, 1.5])
HALF = np.sqrt(0.5)
GROUPS = 3


@dataclass(frozen=True)
class Truth:
    """A way to draw answers.

    Attributes
    ----------
    label_en, label_zh : what is drawn.
    latent : (rng, n, p) -> scores (n, p).
    holes : share of the answers that are missing.
    """

    label_en: str
    label_zh: str
    latent: Callable[[np.random.Generator, int, int], Floats]
    holes: float = 0.0


def thirds(count: int) -> Labels:
    """Which third of a row of ``count`` each place belongs to: 0, 1, 2."""
    return np.arange(count) * GROUPS // count


def _independent(rng: np.random.Generator, n: int, p: int) -> Floats:
    return rng.normal(size=(n, p))


def _halo(rng: np.random.Generator, n: int, p: int) -> Floats:
    return HALF * (rng.normal(size=(n, 1)) + rng.normal(size=(n, p)))


def _three_factors(rng: np.random.Generator, n: int, p: int) -> Floats:
    return np.sqrt(0.55) * rng.normal(size=(n, GROUPS))[:, thirds(p)] + np.sqrt(0.45) * rng.normal(size=(n, p))


def _ceiling(rng: np.random.Generator, n: int, p: int) -> Floats:
    return _halo(rng, n, p) + 1.5


def _response_style(rng: np.random.Generator, n: int, p: int) -> Floats:
    return np.exp(0.5 * rng.normal(size=(n, 1))) * _halo(rng, n, p)


def _skewed_factor(rng: np.random.Generator, n: int, p: int) -> Floats:
    loadings = np.linspace(0.2, 0.9, p)
    return (rng.exponential(size=(n, 1)) - 1) * loadings + np.sqrt(1 - loadings**2) * rng.normal(size=(n, p))


def _two_levels(rng: np.random.Generator, n: int, p: int) -> Floats:
    return np.where(np.arange(n) % 2 == 0, 0.8, -0.8)[:, None] + 0.8 * rng.normal(size=(n, p))


def _planted(distance: float) -> Callable[[np.random.Generator, int, int], Floats]:
    def latent(rng: np.random.Generator, n: int, p: int) -> Floats:
        wanted = thirds(p)[None] == members(n)[:, None]
        return distance * np.where(wanted, 1.3, -0.7) + 0.9 * rng.normal(size=(n, p))

    return latent


def members(n: int) -> Labels:
    """The planted group of each respondent."""
    return np.arange(n) % GROUPS


NULLS = {
    "independent": Truth("Independent answers", "各题独立", _independent),
    "halo": Truth("Halo", "晕轮效应", _halo),
    "halo_holes": Truth("Halo, a tenth missing", "晕轮效应（缺失一成）", _halo, 0.1),
    "three_factors": Truth("Three factors", "三因子", _three_factors),
    "ceiling": Truth("Halo with ceiling", "晕轮与天花板", _ceiling),
    "response_style": Truth("Extreme response style", "极端作答风格", _response_style),
    "skewed_factor": Truth("Skewed factor", "偏态因子", _skewed_factor),
    "two_levels": Truth("Two levels, one pattern", "两种水平、同一模式", _two_levels),
}
PLANTED = {
    "segments": Truth("Three segments", "三个群体", _planted(1.0)),
    "segments_holes": Truth("Three segments, a tenth missing", "三个群体（缺失一成）", _planted(1.0), 0.1),
    "segments_near": Truth("Three segments, near", "三个相近群体", _planted(0.6)),
}
TRUTHS = NULLS | PLANTED


def answers(truth: str, n: int, p: int, rng: np.random.Generator) -> Floats:
    """Answers (n, p) of one sample; NaN is a hole."""
    drawn = np.searchsorted(CUTS, TRUTHS[truth].latent(rng, n, p)) + 1.0
    return np.where(rng.random((n, p)) < TRUTHS[truth].holes, np.nan, drawn)
