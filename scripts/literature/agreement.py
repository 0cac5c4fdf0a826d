"""Agreement of two coders: Cohen's kappa (1960) with the large-sample interval of Fleiss, Cohen & Everitt (1969).

kappa = (p_o - p_e) / (1 - p_e), with p_o the share of records coded alike and p_e the share expected from the two
coders' margins. Not defined where both use one code throughout. Of several topics the one that is named first counts.
"""

from collections.abc import Sequence
from math import nan, sqrt

import numpy as np
import pandas as pd

FIELDS = {
    "topics": ("Topic named first", "首要主题"),
    "region_type": ("Kind of region", "地区类型"),
    "customer_kind": ("Kind of customer", "客户类型"),
}
COLUMNS = ["position", "field", "label_en", "label_zh", "n", "agreement", "kappa", "low", "high"]
Z95 = 1.959963984540054


def cohen_kappa(first: Sequence[str], second: Sequence[str]) -> tuple[float, float, float, float]:
    """Observed agreement, kappa and its 95% interval of two codings of the same records."""
    codes = sorted({*first, *second})
    place = {code: i for i, code in enumerate(codes)}
    p = np.zeros((len(codes), len(codes)))
    for one, other in zip(first, second, strict=True):
        p[place[one], place[other]] += 1 / len(first)
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    observed, expected = float(np.trace(p)), float(rows @ columns)
    if expected > 1 - 1e-12:
        return observed, nan, nan, nan
    kappa = (observed - expected) / (1 - expected)
    # Fleiss, Cohen & Everitt (1969), formula 13: variance where kappa need not be 0
    on = float((np.diag(p) * (1 - (rows + columns) * (1 - kappa)) ** 2).sum())
    off = p * (columns[:, None] + rows[None, :]) ** 2
    off_sum = float((1 - kappa) ** 2 * (off.sum() - np.trace(off)))
    spread = on + off_sum - (kappa - expected * (1 - kappa)) ** 2
    half = Z95 * sqrt(max(spread, 0) / len(first)) / (1 - expected)
    return observed, kappa, max(kappa - half, -1), min(kappa + half, 1)


def agree(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Agreement on each field over the records that both coders coded: ``COLUMNS``."""
    both = first.merge(second, on="key", suffixes=("", "_second"), validate="one_to_one")
    rows = []
    for position, (field, (en, zh)) in enumerate(FIELDS.items(), start=1):
        codes = [[str(cell).split(";")[0] for cell in both[name]] for name in (field, f"{field}_second")]
        rows.append((position, field, en, zh, len(both), *cohen_kappa(*codes)))
    return pd.DataFrame(rows, columns=COLUMNS)
