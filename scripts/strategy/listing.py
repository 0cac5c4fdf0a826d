"""The catalogue as tables: measures, families, strengths, what serves each attribute."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from scripts.strategy.measures import StrategyFile

MEASURES = [
    "measure",
    "position",
    "family",
    "aspect",
    "label_en",
    "label_zh",
    "what_en",
    "what_zh",
    "lead",
    "lead_label_en",
    "lead_label_zh",
    "kpi",
    "kpi_en",
    "kpi_zh",
    "unit",
    "direction",
    "horizon",
    "horizon_label_en",
    "horizon_label_zh",
    "earliest",
    "length",
    "products",
    "prerequisites",
    "apart",
]
FAMILIES = ["family", "position", "aspects", "label_en", "label_zh", "n_measures"]


def measures(file: StrategyFile, apart: Sequence[str]) -> pd.DataFrame:
    """One row a measure."""
    departments = {department.id: department.label for department in file.strategy.departments}
    rows = []
    for family in file.strategy.families:
        for measure in family.measures:
            lead, horizon = departments[measure.lead], file.strategy.horizons.get(measure.horizon)
            rows.append(
                [
                    measure.id,
                    len(rows) + 1,
                    family.id,
                    ";".join(family.answers),
                    measure.name.en,
                    measure.name.zh,
                    measure.what.en,
                    measure.what.zh,
                    measure.lead,
                    lead.en,
                    lead.zh,
                    measure.kpi.id or f"kpi_{measure.id}",
                    measure.kpi.definition.en,
                    measure.kpi.definition.zh,
                    measure.kpi.unit,
                    measure.kpi.direction,
                    measure.horizon,
                    horizon.en if horizon else measure.horizon,
                    horizon.zh if horizon else measure.horizon,
                    measure.start_quarter_earliest,
                    measure.length_quarters,
                    ";".join(measure.products),
                    ";".join(measure.prerequisites),
                    measure.id in apart,
                ]
            )
    return pd.DataFrame(rows, columns=MEASURES)


def families(file: StrategyFile) -> pd.DataFrame:
    """One row a family."""
    rows = [
        [family.id, position, ";".join(family.answers), family.name.en, family.name.zh, len(family.measures)]
        for position, family in enumerate(file.strategy.families, start=1)
    ]
    return pd.DataFrame(rows, columns=FAMILIES)


def strengths(file: StrategyFile, attributes: Sequence[str]) -> np.ndarray:
    """QFD strengths, (measures, attributes); 0 where a measure does not serve an attribute."""
    return np.array([[measure.serves.get(a, 0) for a in attributes] for measure in file.measures], dtype=float)


def scores(file: StrategyFile) -> np.ndarray:
    """Scores, (measures, criteria); NaN for the criterion that is computed."""
    names = [criterion.source.removeprefix("scores.") for criterion in file.rating.criteria]
    return np.array([[m.scores[name].score if name in m.scores else np.nan for name in names] for m in file.measures])


def qfd_table(listed: pd.DataFrame, attributes: pd.DataFrame, S: np.ndarray, weight: np.ndarray) -> pd.DataFrame:
    """One row a measure and attribute that it serves; the contribution is need weight times strength."""
    at, to = np.nonzero(S)
    return pd.DataFrame(
        {
            "measure": listed["measure"].to_numpy()[at],
            "attribute": attributes["attribute"].to_numpy()[to],
            "measure_label_en": listed["label_en"].to_numpy()[at],
            "measure_label_zh": listed["label_zh"].to_numpy()[at],
            "attribute_label_en": attributes["label_en"].to_numpy()[to],
            "attribute_label_zh": attributes["label_zh"].to_numpy()[to],
            "strength": S[at, to].astype(int),
            "contribution": S[at, to] * weight[to],
        }
    )


def coverage(attributes: pd.DataFrame, S: np.ndarray, weight: np.ndarray) -> pd.DataFrame:
    """One row an attribute: how strongly, and by how many measures, it is served."""
    out = attributes[["attribute", "aspect", "label_en", "label_zh"]].copy()
    out["best_strength"], out["n_measures"] = S.max(axis=0).astype(int), (S > 0).sum(axis=0)
    out["weight"] = weight
    return out
