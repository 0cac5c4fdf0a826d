"""Which keywords stand together more often than chance.

Association strength (van Eck & Waltman 2009, JASIST 60, 1635-1651) in its form observed / expected: c_ij N / (s_i s_j),
where c_ij is the number of records with both keywords, s_i that with keyword i and N the number of records with any.
Above 1 two keywords stand together more often than independent ones would.
"""

from itertools import combinations

import pandas as pd

COLUMNS = ["first", "second", "n", "association"]


def pairs(keywords: pd.Series, least: int = 2) -> pd.DataFrame:
    """Pairs of keywords that stand together in at least ``least`` records: first, second, n, association.

    Parameters
    ----------
    keywords
        One cell a record, keywords separated by ``;``.
    """
    sets = [sorted(set(cell.split(";"))) for cell in keywords.dropna() if cell]
    single = pd.Series([word for words in sets for word in words], dtype=object).value_counts()
    both = pd.Series([pair for words in sets for pair in combinations(words, 2)], dtype=object).value_counts()
    rows = [
        (first, second, int(n), n * len(sets) / (single[first] * single[second]))
        for (first, second), n in both.items()
        if n >= least
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def share_with_two(keywords: pd.Series) -> float:
    """Share of the records with at least two keywords, which the method needs to be one half."""
    return float((keywords.fillna("").str.count(";") >= 1).mean()) if len(keywords) else 0.0
