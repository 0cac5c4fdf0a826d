"""Those who answered against the others on the customer list, as differences and as tests.

Standardised differences, one a category or amount: share among those who answered less share on the list, over the
pooled standard deviation of both; amounts: Hedges' g of those who answered less the others, on logarithms.

Tests, one a characteristic, of those who answered against the others who could have: Pearson's chi-square without
continuity correction for categories, the two-sample Kolmogorov-Smirnov test (two-sided) for amounts;
Benjamini-Hochberg over all of them. Categories that are suppressed enter the test as one, because a statistic of the
single ones would give their counts away. ``sparse`` marks a table where more than a fifth of the expected counts are
below 5 (Cochran), so that chi-square is a rough guide. Below 60 answers nothing is tested.
"""

from math import sqrt
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import chi2_contingency, ks_2samp

from scripts.lib import tables
from scripts.lib.intervals import benjamini_hochberg, hedges_g
from scripts.lib.suppression import suppress

SPARSE = 0.20
SHARES = {
    "ownership": ("Ownership", "所有制"),
    "industry_section": ("Industry", "行业"),
    "size_class": ("Size", "规模"),
    "status": ("Status", "客户状态"),
}
AMOUNTS = {
    "deposit_avg": ("Deposits", "日均存款"),
    "loan_balance": ("Loans", "贷款余额"),
    "turnover_yuan_100m": ("Turnover", "营业收入"),
}
STATUS = {"existing": ("Existing customers", "现有客户"), "lost": ("Lost customers", "流失客户")}
BLANKED = ["share_list", "n_used", "share_used", "difference"]
COMPARED = ["dimension", "key", "label_en", "label_zh", "n_list", *BLANKED, "suppressed"]
TESTED = ["position", "dimension", "label_en", "label_zh", "test", "statistic", "df", "p", "p_bh", "difference"]
TESTED += ["n_used", "n_others", "sparse"]


def share_difference(p: float, q: float) -> float:
    """Standardised difference of two shares."""
    spread = sqrt((p * (1 - p) + q * (1 - q)) / 2)
    return (p - q) / spread if spread > 0 else 0.0


def category_labels(book: pd.DataFrame, options: pd.DataFrame) -> dict[tuple[str, str], tuple[str, str]]:
    """Names of the categories of the customer list's columns, from the items that ask for the same fact."""
    same = book.dropna(subset=["list_column"]).set_index("item")["list_column"]
    named = options[options["item"].isin(same.index)]
    labels = {(same[row.item], row.key): (row.label_en, row.label_zh) for row in named.itertuples()}
    return labels | {("status", key): label for key, label in STATUS.items()}


def compare_with_list(
    askable: pd.DataFrame, used: pd.Series, labels: dict[tuple[str, str], tuple[str, str]], min_cell: int
) -> pd.DataFrame:
    """One row a category (counts and shares) or amount (difference only: amounts stay inside).

    ``askable`` are the customers who could be asked, ``used`` the ids of those whose answers are used.
    """
    rows, answered = [], askable["customer_id"].isin(used)
    for column in SHARES:
        for key, there in answered.groupby(askable[column], sort=True):
            label = labels.get((column, key), (key, ""))
            share_list, share_used = len(there) / len(askable), there.sum() / max(answered.sum(), 1)
            difference = share_difference(share_used, share_list)
            rows.append((column, key, *label, len(there), share_list, int(there.sum()), share_used, difference))
    out = pd.DataFrame(rows, columns=COMPARED[:-1])
    out = suppress(out, min_cell, group=None, key="key", count="n_list", by=["dimension"], blank=BLANKED)
    few = suppress(out.fillna({"n_used": 0}), min_cell, group=None, key="key", count="n_used", by=["dimension"])
    out["suppressed"] |= few["suppressed"]
    out.loc[out["suppressed"], ["n_list", *BLANKED]] = np.nan
    amounts = []
    for column, (en, zh) in AMOUNTS.items():
        logs = np.log1p(askable[column].astype(float))
        one, other = logs[answered].dropna(), logs[~answered].dropna()
        if min(len(one), len(other)) > 1:
            label = {"label_en": f"{en} (logarithm)", "label_zh": f"{zh}(对数)"}
            g = hedges_g(one.to_numpy(), other.to_numpy())[0]
            amounts.append({"dimension": "amount", "key": column, **label, "difference": g, "suppressed": False})
    return pd.concat([out, pd.DataFrame(amounts)], ignore_index=True) if amounts else out


def chi_square_test(categories: pd.Series, answered: pd.Series, hidden: set[str]) -> dict[str, Any] | None:
    """Chi-square of those who answered against the others; the ``hidden`` categories count as one."""
    pooled = categories.where(~categories.isin(hidden), "")
    counts = pd.crosstab(answered, pooled).to_numpy()
    if min(counts.shape) < 2:
        return None
    found = chi2_contingency(counts, correction=False)
    rough = bool((found.expected_freq < 5).mean() > SPARSE)
    told = {"test": "chi-square", "statistic": found.statistic, "df": found.dof, "p": found.pvalue}
    return told | {"n_used": counts[1].sum(), "n_others": counts[0].sum(), "sparse": rough}


def smirnov_test(amounts: pd.Series, answered: pd.Series) -> dict[str, Any] | None:
    """Two-sample Kolmogorov-Smirnov of those who answered against the others."""
    one, other = amounts[answered].dropna(), amounts[~answered].dropna()
    if min(len(one), len(other)) < 2:
        return None
    found = ks_2samp(one, other)
    told = {"test": "Kolmogorov-Smirnov", "statistic": found.statistic, "df": np.nan, "p": found.pvalue}
    return told | {"n_used": len(one), "n_others": len(other), "sparse": False}


def compare_tests(askable: pd.DataFrame, used: pd.Series, sample: pd.DataFrame) -> pd.DataFrame:
    """One row a characteristic that can be tested; ``sample`` is the table of :func:`compare_with_list`."""
    answered, rows = askable["customer_id"].isin(used), []
    for column, (en, zh) in (SHARES | AMOUNTS).items():
        amount = column in AMOUNTS
        mine = sample[sample["key"].eq(column) if amount else sample["dimension"].eq(column)]
        if amount:
            found = smirnov_test(askable[column].astype(float), answered)
        else:
            found = chi_square_test(askable[column], answered, set(mine.loc[mine["suppressed"].eq(True), "key"]))
        if found is not None:
            largest = mine.loc[mine["difference"].abs().sort_values(na_position="first").index[-1:], "difference"]
            label = {"dimension": column, "label_en": en, "label_zh": zh, "difference": largest.squeeze()}
            rows.append(label | found)
    if not rows:
        return tables.empty(TESTED)
    out = pd.DataFrame(rows)
    out["p_bh"] = benjamini_hochberg(out["p"].to_numpy(float))
    out["df"] = out["df"].astype("Int64")
    return out.assign(position=np.arange(1, len(out) + 1))[TESTED]
