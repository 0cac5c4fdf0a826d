"""The covariance that every factor model of the study rests on, and which items enter it.

What enters: every item that the questionnaire names as part of a construct, whatever its role. Constructs are what a
factor model is about, and whether those of one block (performance) can be told from those of another (satisfaction,
loyalty) is part of the question; importance is asked of single attributes, is no construct, and stays out. An item
that too many left blank or called not applicable (``survey.item_missing``) and one that never varies leave by name;
all respondents who answered any of the others enter.

Method: maximum likelihood covariance under one multivariate normal model, by EM (scripts/lib/missing.py), items keyed
as the questionnaire says. With holes no single n belongs to such a matrix: the confirmatory model works out its own
(scripts/validity/standard_errors.py), and the exploratory one takes the harmonic mean of the pairs' n, which is what
the spread of uncorrelated items' correlations rests on.

Refuses: fewer than three items, answers too few for the items, a singular matrix (an item that repeats others, named).
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scripts.lib import tables, values
from scripts.lib.job import run
from scripts.lib.missing import em_moments
from scripts.survey.keyed import keyed_answers
from scripts.survey.scale_warnings import named_items
from scripts.survey.scales import correlations, repeated_items

Floats = NDArray[np.float64]
ITEMS = ["position", "item", "construct", "construct_en", "construct_zh", "role", "label_en", "label_zh", "n"]
ITEMS += ["enters", "cause"]
FEWEST_ITEMS = 3  # one factor of two items has no solution of its own


def model_items(
    complete: pd.DataFrame, book: pd.DataFrame, attributes: pd.DataFrame, constructs: pd.DataFrame, leaving: set[str]
) -> pd.DataFrame:
    """One row an item of a construct, in the order of the questionnaire; ``cause`` says why it does not enter.

    An item is called by the attribute that it rates, else by its own words.
    """
    of = [(item, row) for row in constructs.itertuples() for item in str(row.items).split(";")]
    names = pd.DataFrame(
        [(item, row.construct, row.label_en, row.label_zh) for item, row in of],
        columns=["item", "construct", "construct_en", "construct_zh"],
    )
    out = names.merge(book[["item", "position", "role", "attribute", "label_en", "label_zh"]], on="item")
    short = attributes.set_index("attribute")
    for label in ("label_en", "label_zh"):
        out[label] = out["attribute"].map(short[label]).fillna(out[label])
    answers = complete[out["item"].tolist()]
    out["n"] = answers.notna().sum().to_numpy()
    flat = answers.nunique().to_numpy() < 2
    out["cause"] = np.where(out["item"].isin(leaving), "holes", np.where(flat, "constant", ""))
    out["enters"] = out["cause"].eq("")
    return out.sort_values("position", ignore_index=True)[ITEMS]


def counts(X: Floats) -> dict[str, Any]:
    """The n of answers (n, k) with holes: of the rows with any answer, of items and of pairs of items."""
    known = (~np.isnan(X[~np.isnan(X).all(axis=1)])).astype(np.int64)
    pair = known.T @ known
    both = pair[np.triu_indices(len(pair), 1)]
    return {
        "n": len(known),
        "n_item_min": int(np.diag(pair).min()),
        "n_pair_min": int(both.min()),
        "n_pair_harmonic": float(1 / (1 / np.maximum(both, 1)).mean()),
        "holes": bool((known == 0).any()),
    }


def reason_not(items: pd.DataFrame, n: int) -> dict[str, Any] | None:
    """Values that say why there is no covariance, or None."""
    k = int(items["enters"].sum())
    if items.empty:
        return values.absent(
            "The questionnaire names no scales, so there is no structure of items to test.",
            "问卷未定义任何量表，无题项结构可检验。",
        )
    if k < FEWEST_ITEMS:
        return values.refused(
            f"The structure of the scales is not tested: {k} of their items can be used, and a factor needs "
            f"{FEWEST_ITEMS}.",
            f"量表结构未作检验：可用题项仅{k}个，一个因子至少需要{FEWEST_ITEMS}个。",
        )
    if n <= k:
        return values.refused(
            f"The structure of the scales is not tested: {n} answers are not more than the {k} items.",
            f"量表结构未作检验：答卷{n}份，不多于题项数{k}。",
        )
    return None


def _singular(items: pd.DataFrame, repeated: NDArray[np.int64]) -> dict[str, Any]:
    en, zh = named_items(items[items["enters"]].iloc[repeated])
    return values.refused(
        f"The structure of the scales is not tested, because these items repeat each other or a sum of each other, so "
        f"that their correlation matrix is singular: {en}. Take the repeated item out of its construct.",
        f"量表结构未作检验：以下题项相互重复或互为加总，相关矩阵奇异：{zh}。请从构念中删除重复题项。",
    )


def estimate(answers: pd.DataFrame, items: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The covariance as a table (item, then one column an item; empty when refused) and what is said of it."""
    enters = items.loc[items["enters"], "item"].tolist()
    X = answers[enters].to_numpy(float)
    refused = reason_not(items, int((~np.isnan(X)).any(axis=1).sum()) if enters else 0)
    if refused is not None:
        return tables.empty(["item"]), refused
    moments = em_moments(X)
    repeated = repeated_items(correlations(moments.covariance))
    if len(repeated):
        return tables.empty(["item"]), _singular(items, repeated)
    said = counts(X) | {
        "method": "maximum likelihood covariance by EM, multivariate normal",
        "n_items": len(enters),
        "n_left": int((~items["enters"]).sum()),
        "iterations": moments.iterations,
        "warnings": [] if moments.converged else [_unsettled(moments.iterations)],
    }
    table = pd.DataFrame(moments.covariance, columns=enters)
    table.insert(0, "item", enters)
    return table, said


def _unsettled(iterations: int) -> dict[str, Any]:
    return values.warning(
        "em_not_converged",
        "caution",
        f"The covariance of the items had not settled after {iterations} EM iterations: too many answers are missing "
        "for so many items. What rests on it is to be read with care.",
        f"题项协方差经{iterations}次 EM 迭代仍未收敛：缺失过多；相关结果须谨慎解读。",
    )


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, output = snakemake.input, snakemake.output
    complete, book, missing = (tables.read(path) for path in (source.complete, source.codebook, source.missing))
    leaving = set(missing.loc[missing["leaves_models"].eq("yes"), "item"])
    items = model_items(complete, book, tables.read(source.attributes), tables.read(source.constructs), leaving)
    table, said = estimate(keyed_answers(complete, book), items)
    tables.write(table, output.covariance, ["item"])
    tables.write(items, output.entering, ["position"])
    values.write(said, output.values)


if __name__ == "__main__":
    run(main, snakemake)
