"""How much each criterion counts when measures are ranked: AHP over the raters.

Method. scripts/strategy/ahp.py: principal eigenvector, consistency ratio with Saaty's random index; raters above
``cr_limit`` are left out, above ``cr_caution`` they are named; the judgements of the others enter by their geometric
mean. ``weight_min``, ``weight_max`` and ``weight_sd`` describe the raters used. The concentration of the Dirichlet that
the ranking draws weights from matches the raters' spread, or is the study's setting with fewer than three raters.

Refuses when no rater is consistent.
"""

from typing import Any

import numpy as np
import pandas as pd

from scripts.lib import tables, values
from scripts.lib.job import run
from scripts.strategy import ahp
from scripts.strategy.catalogue import load
from scripts.strategy.measures import Rater, StrategyFile

RATERS = ["rater", "position", "label_en", "label_zh", "cr", "lambda_max", "used"]
CRITERIA = ["criterion", "position", "label_en", "label_zh", "direction", "scale_en", "scale_zh"]
WEIGHTS = ["weight", "weight_min", "weight_max", "weight_sd"]


def judgements(raters: list[Rater], criteria: list[str]) -> list[np.ndarray]:
    """A matrix a rater."""
    return [ahp.matrix(criteria, [(pair.a, pair.b, pair.value) for pair in rater.pairs]) for rater in raters]


def rater_table(raters: list[Rater], matrices: list[np.ndarray], limit: float) -> pd.DataFrame:
    """One row a rater: consistency, and whether the judgements are used."""
    found = [ahp.judge(A) for A in matrices]
    return pd.DataFrame(
        {
            "rater": [rater.id for rater in raters],
            "position": range(1, len(raters) + 1),
            "label_en": [rater.name.en for rater in raters],
            "label_zh": [rater.name.zh for rater in raters],
            "cr": [judgement.consistency_ratio for judgement in found],
            "lambda_max": [judgement.eigenvalue for judgement in found],
            "used": [judgement.consistency_ratio <= limit for judgement in found],
        }
    )[RATERS]


def criteria_table(file: StrategyFile) -> pd.DataFrame:
    """The criteria as the file names them."""
    return pd.DataFrame(
        [
            [c.id, position, c.name.en, c.name.zh, c.direction, c.scale.en, c.scale.zh]
            for position, c in enumerate(file.rating.criteria, start=1)
        ],
        columns=CRITERIA,
    )


def weigh(matrices: list[np.ndarray]) -> tuple[pd.DataFrame, ahp.Judgement, np.ndarray]:
    """Weights of the combined judgements with the raters' range; the combined judgement; each rater's weights."""
    combined = ahp.judge(ahp.combine(matrices))
    own = np.array([ahp.judge(A).weights for A in matrices])
    spread = own.std(axis=0, ddof=1) if len(own) > 1 else np.full(own.shape[1], np.nan)
    columns = dict(zip(WEIGHTS, (combined.weights, own.min(axis=0), own.max(axis=0), spread), strict=True))
    return pd.DataFrame(columns), combined, own


def rater_warnings(raters: pd.DataFrame, caution: float, limit: float) -> list[dict[str, Any]]:
    """Who is inconsistent, and who is left out for it."""
    out = []
    for row in raters[raters["cr"] > caution].itertuples():
        if row.used:
            en = f"The judgements of {row.label_en} are not very consistent (consistency ratio {row.cr:.3f}, above "
            en += f"{caution:g})."
            zh = f"{row.label_zh}的判断一致性欠佳(一致性比率{row.cr:.3f},高于{caution:g})。"
        else:
            en = f"The judgements of {row.label_en} contradict each other (consistency ratio {row.cr:.3f}, above "
            en += f"{limit:g}) and are left out."
            zh = f"{row.label_zh}的判断相互矛盾(一致性比率{row.cr:.3f},高于{limit:g}),不予采用。"
        code = "rater_inconsistent" if row.used else "rater_left_out"
        out.append(values.warning(code, "caution" if row.used else "serious", en, zh))
    return out


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, output, params = snakemake.input, snakemake.output, snakemake.params
    file = load(source.strategy, StrategyFile, params.study)
    names = [criterion.id for criterion in file.rating.criteria]
    matrices = judgements(file.rating.ahp.raters, names)
    raters = rater_table(file.rating.ahp.raters, matrices, params.strategy["cr_limit"])
    table = criteria_table(file)
    warnings = rater_warnings(raters, params.strategy["cr_caution"], params.strategy["cr_limit"])
    used = [A for A, take in zip(matrices, raters["used"], strict=True) if take]
    if used:
        weights, combined, own = weigh(used)
        table = pd.concat([table, weights], axis=1)
        c, from_raters = ahp.concentration(combined.weights, own, params.strategy["concentration"])
        found = {
            "method": "AHP (Saaty), principal eigenvector, Saaty's random index; geometric mean over raters",
            "random_index": ahp.RANDOM_INDEX[len(names) - 1],
            "n_criteria": len(names),
            "n_raters": len(raters),
            "n_used": len(used),
            "cr_max": raters["cr"].max(),
            "cr_combined": combined.consistency_ratio,
            "concentration": c,
            "concentration_from_raters": from_raters,
            "heaviest": table.sort_values("weight", ascending=False, kind="stable")["criterion"].iloc[0],
            "illustrative": file.rating.status,
            "warnings": warnings,
        }
    else:
        table = table.reindex(columns=[*CRITERIA, *WEIGHTS])
        limit = params.strategy["cr_limit"]
        found = values.refused(
            "The criteria have no weights: the judgements of every rater contradict each other (consistency ratio "
            f"above {limit:g}).",
            f"所有评判者的判断均相互矛盾(一致性比率高于{limit:g}),无法得出准则权重。",
        ) | {"warnings": warnings}
    tables.write(raters, output.raters, ["position"])
    tables.write(table, output.criteria, ["position"])
    values.write(found, output.values)


if __name__ == "__main__":
    run(main, snakemake)
