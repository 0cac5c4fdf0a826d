"""Bootstrap resamples of answers that are not independent: the units are drawn, each with all of its respondents.

Answers from one business group resemble each other, so that a bootstrap that draws respondents one by one makes
intervals too narrow. Here the m units are drawn m times with replacement (cluster bootstrap, Davison & Hinkley 1997,
section 3.8) and a respondent enters as often as its unit was drawn. The size of a sample then varies around n; where
every unit is one respondent it is n, and this is the ordinary bootstrap.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Units = NDArray[np.object_]


def unit_of(respondents: pd.Series, units: pd.DataFrame) -> Units:
    """The unit of each respondent, from the table of :mod:`scripts.survey.assign_units`."""
    known = units.set_index("respondent")["unit"]
    return known.loc[respondents].to_numpy(dtype=object)


def resample(units: ArrayLike, draws: int, rng: np.random.Generator) -> Floats:
    """How often each respondent enters each bootstrap sample, (draws, n).

    Parameters
    ----------
    units : (n,) unit of each respondent, in an order that does not depend on the file; equal means drawn together.
    draws, rng : number of samples, and where they come from.
    """
    codes, names = pd.factorize(np.asarray(units))  # numbered as they appear
    if not len(names):
        return np.zeros((draws, 0))
    drawn = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=draws)
    return drawn[:, codes].astype(float)


def tie_break(units: ArrayLike) -> Floats:
    """A last sorting key: 0 for who answers alone, else the place of the unit, so that equal answers have an order."""
    _, place, size = np.unique(np.asarray(units), return_inverse=True, return_counts=True)
    return np.where(size[place] > 1, place + 1.0, 0.0)
