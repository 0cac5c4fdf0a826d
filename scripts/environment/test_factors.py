"""Test the factors that rest on the answers to a number item: ``{type: pipeline, value: <item>, above: <number>}``.

Method. The mean answer with its 95% interval (Student's t) against the number that the statement needs: the factor is
supported when the interval lies above it, contradicted when it lies below, open otherwise. Without ``above``, or with
fewer than two answers, nothing is tested. Conflict rule: a contradicted factor is named and left out of the matrix's
adjusted score, the weights of the others rescaled to sum 1.

What rests on importance, performance or unmet demand is tested later, where these are known
(``scripts/needs/settle_problems.py``). A rule of its own, so that what the raters judged does not rest on answers.
"""

from typing import Any

import numpy as np
import pandas as pd

from scripts.environment.factor_table import judgements
from scripts.environment.factors import FactorFile, Factors
from scripts.lib import tables, values
from scripts.lib.intervals import t_interval
from scripts.lib.job import run
from scripts.lib.sheet import load_model

SUPPORTED, CONTRADICTED, OPEN = "supported", "contradicted", "open"
COLUMNS = ["factor", "item", "item_label_en", "item_label_zh", "n", "mean", "low", "high", "above", "verdict"]


def answer_tests(document: Factors, complete: pd.DataFrame, codebook: pd.DataFrame) -> pd.DataFrame:
    """One row a factor that a number item tests: ``COLUMNS``.

    Parameters
    ----------
    document
        The factors.
    complete
        One row a respondent, a column an item.
    codebook
        Columns item, label_en, label_zh.
    """
    labels = codebook.set_index("item")[["label_en", "label_zh"]]
    rows: list[tuple[Any, ...]] = []
    for matrix in document.matrices:
        for factor in matrix.factors:
            for proof in factor.evidence:
                if proof.above is None or proof.value not in complete.columns:
                    continue
                answers = pd.to_numeric(complete[proof.value], errors="coerce").dropna()
                if len(answers) < 2:
                    continue
                mean = float(answers.mean())
                low, high = map(float, t_interval(mean, answers.std(ddof=1), len(answers)))
                verdict = SUPPORTED if low > proof.above else CONTRADICTED if high < proof.above else OPEN
                told = (proof.value, *labels.loc[proof.value], len(answers), mean, low, high, proof.above, verdict)
                rows.append((factor.id, *told))
    return pd.DataFrame(rows, columns=COLUMNS).drop_duplicates("factor")


def adjusted_scores(rated: pd.DataFrame, contradicted: set[str]) -> dict[str, float]:
    """Score of each matrix without the contradicted factors, mean over the raters; NaN where nothing is left out.

    ``rated`` has the columns matrix, factor, rater, weight, rating.
    """
    out = {}
    for matrix, part in rated.groupby("matrix"):
        kept = part[~part["factor"].isin(contradicted)]
        by_rater = kept.assign(score=kept["weight"] * kept["rating"]).groupby("rater")[["score", "weight"]].sum()
        whole = len(kept) == len(part) or not by_rater["weight"].gt(0).all()
        out[str(matrix)] = np.nan if whole else float((by_rater["score"] / by_rater["weight"]).mean())
    return out


def warn(document: Factors, tests: pd.DataFrame) -> list[dict[str, Any]]:
    """Factors that the answers contradict."""
    names = {factor.id: factor.statement for matrix in document.matrices for factor in matrix.factors}
    warnings = []
    for row in tests[tests["verdict"] == CONTRADICTED].itertuples():
        en, zh = names[row.factor].en.rstrip("."), (names[row.factor].zh or names[row.factor].en).rstrip("。")
        found = f"{row.mean:.2f} ({row.low:.2f} to {row.high:.2f})"
        warnings.append(
            values.warning(
                "factor_contradicted",
                "caution",
                f"The answers contradict a factor ({en}): a mean of {found} where more than {row.above:g} is needed; "
                "the adjusted score leaves it out.",
                f"问卷回答与一项因素相矛盾（{zh}）：均值{found}，而该因素要求高于{row.above:g}；调整后的得分不含该项。",
            )
        )
    return warnings


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, output = snakemake.input, snakemake.output
    if not source.factors:
        tables.write(tables.empty(COLUMNS), output.factor_tests, ["factor"])
        reason = "This study has no list of factors, so none is tested on the answers."
        values.write(values.absent(reason, "本研究没有因素清单，因此不以回答检验因素。"), output.values)
        return
    document = load_model(source.factors, snakemake.params.study, FactorFile).factors
    tests = answer_tests(document, tables.read(source.complete), tables.read(source.codebook))
    contradicted = set(tests.loc[tests["verdict"] == CONTRADICTED, "factor"])
    tables.write(tests, output.factor_tests, ["factor"])
    values.write(
        {
            "method": "mean answer with Student's t interval (.95) against the number that the factor needs",
            "n_tested": len(tests),
            "contradicted": sorted(contradicted),
            "adjusted": adjusted_scores(judgements(document), contradicted),
            "warnings": warn(document, tests),
        },
        output.values,
    )


if __name__ == "__main__":
    run(main, snakemake)
