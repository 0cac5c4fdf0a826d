"""Firmographics by group: counts, shares, adjusted standardised residuals, and Cramer's V of each item.

Single-choice items only. Small cells are blank, and so are those that would give them away
(scripts/lib/suppression.py); a residual is shown where its count is.
"""

import numpy as np
import pandas as pd

from scripts.lib import tables
from scripts.lib.suppression import suppress
from scripts.segments.effects import corrected_v, residuals

FIRMOGRAPHICS = ["group", "item", "key", "label_en", "label_zh", "n", "share", "residual", "v", "suppressed"]
FIRMOGRAPHICS += ["item_en", "item_zh"]


def firmographics(answers: pd.DataFrame, items: pd.DataFrame, options: pd.DataFrame, min_cell: int) -> pd.DataFrame:
    """Counts of each group by the answers to single-choice firmographic items; small cells are blank.

    ``answers`` has everybody, and group ``all`` counts them, those without a group included; such overall counts are
    exempt. Residuals and Cramer's V are those of the groups; what they are made of, sizes and totals, is shown.
    """
    groups = sorted(answers["group"].dropna().unique(), key=int)
    parts = []
    for item in items.itertuples():
        asked = options[options["item"].eq(item.item)]
        keys = answers[item.item].astype(str).where(answers[item.item].notna())
        inside = [answers["group"].eq(group) for group in groups] + [pd.Series(True, index=answers.index)]
        counts = np.array([[int((keys.eq(str(key)) & one).sum()) for key in asked["key"]] for one in inside])
        table = counts[:-1].astype(float)
        part = pd.DataFrame({"group": np.repeat([*groups, "all"], len(asked)), "n": counts.reshape(-1)})
        part = part.assign(item=item.item, item_en=item.label_en, item_zh=item.label_zh)
        for column in ("key", "label_en", "label_zh"):
            part[column] = np.tile(asked[column].to_numpy(object), len(counts))
        part["share"] = (counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)).reshape(-1)
        part["residual"] = np.append(residuals(table), np.full(len(asked), np.nan)) if table.sum() else np.nan
        live = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
        parts.append(part.assign(v=corrected_v(live[None])[0] if min(live.shape) > 1 else np.nan))
    if not parts:
        return tables.empty(FIRMOGRAPHICS)
    out = pd.concat(parts, ignore_index=True)
    out = suppress(out, min_cell, by=["item"], blank=["share", "residual"], exempt_total=True)
    return out[FIRMOGRAPHICS]
