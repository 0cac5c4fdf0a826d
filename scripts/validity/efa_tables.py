"""Tables of an exploratory factor analysis: eigenvalues, loadings with their flags, factors, and one row a block."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scripts.validity.efa import FactorFit, Factors
from scripts.validity.parallel import Parallel

Floats = NDArray[np.float64]
LOADINGS = ["position", "block", "item", "construct", "construct_en", "construct_zh", "label_en", "label_zh", "n"]
LOADINGS += [
    "factor",
    "loading",
    "cross_factor",
    "cross_loading",
    "communality",
    "kmo",
    "weak",
    "crosses",
    "low_communality",
]
LOADINGS += ["flagged", "flags_en", "flags_zh"]
FACTORS = ["factor", "block", "variance", "share", "n_items", "nearest", "nearest_r", "constructs_en", "constructs_zh"]
PARALLEL = ["block", "number", "factor_value", "factor_reference", "component_value", "component_reference", "kept"]
BLOCKS = ["position", "block", "n", "n_items", "n_constructs", "kmo", "bartlett_chi2", "bartlett_df", "bartlett_p"]
BLOCKS += ["n_parallel", "n_components", "n_factors", *FactorFit._fields, "n_flagged", "refused_en", "refused_zh"]
EMPTY = {"loadings": LOADINGS, "factors": FACTORS, "parallel": PARALLEL, "blocks": BLOCKS}
FLAGS = {
    "weak": ("low loading", "载荷低"),
    "crosses": ("cross-loading", "交叉载荷"),
    "low_communality": ("low communality", "共同度低"),
}


def parallel_table(block: str, found: Parallel) -> pd.DataFrame:
    """Eigenvalues of the data beside those of noise."""
    numbers = np.arange(1, len(found.factor_values) + 1)
    columns = {
        "block": block,
        "number": numbers,
        "factor_value": found.factor_values,
        "factor_reference": found.factor_reference,
        "component_value": found.component_values,
        "component_reference": found.component_reference,
        "kept": numbers <= found.n_factors,
    }
    return pd.DataFrame(columns)[PARALLEL]


def loading_table(
    items: pd.DataFrame, factors: Factors, kmo: Floats, settings: Mapping[str, Any], before: int
) -> pd.DataFrame:
    """One row an item: its factor, the next one, and what is flagged; then one column a factor.

    ``before`` is the number of factors of earlier blocks: factors are numbered through.
    """
    size = np.abs(factors.loadings)
    order, at = np.argsort(-size, axis=1, kind="stable"), np.arange(len(size))
    out = items.reset_index(drop=True).assign(
        factor=before + order[:, 0] + 1,
        loading=factors.loadings[at, order[:, 0]],
        cross_factor=pd.array([None] * len(items), dtype="Int64"),
        cross_loading=np.nan,
        communality=factors.communality,
        kmo=kmo,
    )
    if size.shape[1] > 1:
        out["cross_factor"], out["cross_loading"] = before + order[:, 1] + 1, factors.loadings[at, order[:, 1]]
    out["weak"] = out["loading"].abs() < settings["loading_floor"]
    out["crosses"] = out["cross_loading"].abs() > settings["cross_loading"]
    out["low_communality"] = out["communality"] < settings["communality_floor"]
    out["flagged"] = out[list(FLAGS)].any(axis=1)
    for column, joint, language in (("flags_en", ", ", 0), ("flags_zh", "、", 1)):
        out[column] = [joint.join(FLAGS[flag][language] for flag in FLAGS if row[flag]) for _, row in out.iterrows()]
    wide = {f"factor_{before + j + 1}": factors.loadings[:, j] for j in range(size.shape[1])}
    return out[LOADINGS].assign(**wide)


def factor_table(loadings: pd.DataFrame, factors: Factors, before: int) -> pd.DataFrame:
    """One row a factor: its variance, the factor it correlates with most, the constructs whose items load on it."""
    rows, others = [], np.abs(factors.phi) - np.eye(len(factors.phi))
    for j in range(len(factors.variance)):
        mine = loadings[loadings["factor"].eq(before + j + 1)]
        by = (
            mine.fillna({"construct_zh": mine["construct_en"]})
            .groupby(["construct_en", "construct_zh"], sort=False)
            .size()
        )
        named = list(by.sort_values(ascending=False, kind="stable").items())
        row: dict[str, Any] = {"factor": before + j + 1, "block": loadings["block"].iloc[0], "n_items": len(mine)}
        row |= {"variance": factors.variance[j], "share": factors.variance[j] / len(loadings)}
        row |= {"constructs_en": ", ".join(f"{name[0]} ({count})" for name, count in named)}
        row |= {"constructs_zh": "、".join(f"{name[1]}（{count}）" for name, count in named)}
        if len(others) > 1:
            near = int(others[j].argmax())
            row |= {"nearest": before + near + 1, "nearest_r": factors.phi[j, near]}
        rows.append(row)
    return pd.DataFrame(rows, columns=FACTORS).astype({"nearest": "Int64", "nearest_r": float})
