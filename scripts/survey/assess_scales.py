"""Item statistics and the reliability of the scales.

Items: n, mean, standard deviation (ddof 1), percent of maximum possible (POMP = (mean - smallest code) / range, as a
share) and the share at the top code, all on the scale as it was answered; more than ``survey.ceiling_share`` there is
a ceiling.

Scales (scripts/survey/scales.py names the variants): items turned as the questionnaire keys them; items that too many
left blank or called not applicable leave, by name, as do items that never vary; covariances by EM over those who
answered any of the scale's items, so that no row is dropped for a hole. ``n`` is the smallest number of answers to
one of the items; the intervals rest on it. Three items or more: Cronbach's alpha with Feldt's interval; two:
Spearman-Brown; one is no scale.

Consequences (settings): lower bound below ``scales.alpha_caution``: a warning; alpha or omega below
``scales.alpha_floor``: the scale is not used as a score, its items are; corrected item-total correlation below
``scales.citc_floor``: flagged. A negative alpha is explained, and nothing is reversed because of it.
"""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scripts.lib import tables, values
from scripts.lib.job import run
from scripts.lib.missing import em_moments
from scripts.survey import scales
from scripts.survey.keyed import keyed_answers
from scripts.survey.scale_warnings import item_warnings, scale_warnings

Floats = NDArray[np.float64]
RATED = ["importance", "performance", "outcome"]
ITEMS = [
    "item",
    "role",
    "attribute",
    "n",
    "mean",
    "sd",
    "pomp",
    "top_share",
    "ceiling",
    "construct",
    "citc",
    "citc_low",
]
ITEMS += ["construct_en", "construct_zh", "alpha_without", "alpha_gain", "gains", "label_en", "label_zh", "position"]
BY_ITEM = ["item", "citc", "alpha_without", "alpha_gain", "construct", "construct_en", "construct_zh"]
SCALES = ["construct", "label_en", "label_zh", "n_items", "n", "alpha", "alpha_low", "alpha_high", "coefficient"]
SCALES += ["alpha_standardised", "omega", "kmo", "bartlett_chi2", "bartlett_df", "bartlett_p", "citc_min", "n_scored"]
SCALES += ["items", "left_out", "usable", "position"]


class Assessed(NamedTuple):
    """A row of the table of scales, statistics by item, and what went wrong."""

    row: dict[str, Any]
    items: pd.DataFrame
    constant: list[str]
    repeated: list[str]


def item_statistics(complete: pd.DataFrame, book: pd.DataFrame, ceiling_share: float) -> pd.DataFrame:
    """One row a rated item; blank numbers where nobody answered."""
    asked = book[book["role"].isin(RATED) & book["scale_kind"].isin(["ordinal", "numeric"])]
    asked = asked.dropna(subset=["scale_min", "scale_max"])
    answers = complete[asked["item"].tolist()].astype(float)
    low, high = asked["scale_min"].to_numpy(float), asked["scale_max"].to_numpy(float)
    out = asked[["item", "role", "attribute", "label_en", "label_zh", "position"]].reset_index(drop=True)
    out["n"] = answers.notna().sum().to_numpy()
    out["mean"], out["sd"] = answers.mean().to_numpy(), answers.std(ddof=1).to_numpy()
    out["pomp"] = (out["mean"] - low) / (high - low)
    out["top_share"] = (answers == high).sum().to_numpy() / out["n"].where(out["n"] > 0)
    out["ceiling"] = out["top_share"] > ceiling_share
    return out


def assess(X: pd.DataFrame, level: float, answered: float) -> Assessed:
    """Reliability of the items in ``X`` (one column an item, keyed; NaN is a hole).

    Parameters
    ----------
    X : answers of everybody; rows without any are left out.
    level : coverage of the intervals.
    answered : share of the items that a respondent needs for a score.
    """
    varies = X.nunique() > 1
    constant = X.columns[~varies].tolist()
    X = X.loc[:, varies].dropna(how="all")
    k, n = X.shape[1], int(X.notna().sum().min()) if X.shape[1] else 0
    row: dict[str, Any] = {"n_items": k, "n": n, "coefficient": "none"}
    row["n_scored"] = int((X.notna().mean(axis=1) >= answered).sum()) if k else 0
    per_item = pd.DataFrame({"item": X.columns, "citc": np.nan, "alpha_without": np.nan})
    if k < 2 or n < 5:
        return Assessed(row, per_item, constant, [])
    S = em_moments(X.to_numpy()).covariance
    R = scales.correlations(S)
    repeated = X.columns[scales.repeated_items(R)].tolist()
    per_item["citc"] = scales.item_total(S)
    row["citc_min"] = per_item["citc"].min()
    if k == 2:
        value, low, high = scales.spearman_brown(float(R[0, 1]), n, level)
        row |= {"coefficient": "spearman_brown", "alpha": value, "alpha_low": low, "alpha_high": high}
        return Assessed(row, per_item, constant, repeated)
    alpha = scales.cronbach_alpha(S)
    low, high = scales.feldt_interval(alpha, n, k, level)
    per_item["alpha_without"] = scales.alpha_if_deleted(S)
    row |= {"coefficient": "cronbach_alpha", "alpha": alpha, "alpha_low": low, "alpha_high": high}
    row |= {"alpha_standardised": scales.standardised_alpha(R), "omega": scales.omega_total(R)}
    if not repeated:
        test = scales.bartlett_sphericity(R, n)
        row |= {"kmo": scales.sampling_adequacy(R).overall, "bartlett_chi2": test.chi2}
        row |= {"bartlett_df": test.df, "bartlett_p": test.p}
    return Assessed(row, per_item, constant, repeated)


def usable(row: dict[str, Any], floor: float) -> bool:
    """Whether the scale is used as a score."""
    return row["coefficient"] != "none" and row["alpha"] >= floor and row.get("omega", 1.0) >= floor


def scale_table(
    complete: pd.DataFrame, book: pd.DataFrame, constructs: pd.DataFrame, leaving: set[str], settings: dict[str, Any]
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, Assessed]]:
    """Scales, statistics of their items, and the whole result by construct.

    ``leaving`` are the items with too many holes; ``settings`` are the study's ``scales`` and ``scale_answered``.
    """
    answers = keyed_answers(complete, book)
    rows, per_item, found = [], [], {}
    for construct in constructs.itertuples():
        items = [item for item in str(construct.items).split(";") if item in answers]
        stay = [item for item in items if item not in leaving]
        result = assess(answers[stay], settings["confidence"], settings["scale_answered"])
        used = result.items["item"].tolist()
        row = result.row | {
            "position": construct.position,
            "construct": construct.construct,
            "label_en": construct.label_en,
            "label_zh": construct.label_zh,
            "items": ";".join(used),
            "left_out": ";".join(item for item in items if item not in used),
            "usable": usable(result.row, settings["alpha_floor"]),
        }
        rows.append(row)
        gain = result.items["alpha_without"] - row.get("alpha", np.nan)
        named = {"construct_en": construct.label_en, "construct_zh": construct.label_zh}
        per_item.append(result.items.assign(construct=construct.construct, alpha_gain=gain, **named))
        found[construct.construct] = result
    table = pd.DataFrame(rows, columns=SCALES) if rows else tables.empty(SCALES)
    by_item = pd.concat(per_item) if per_item else tables.empty(BY_ITEM)
    return table, by_item, found


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, target = snakemake.input, snakemake.output
    survey, settings = snakemake.params.survey, snakemake.params.scales
    complete, book = tables.read(source.complete), tables.read(source.codebook)
    missing = tables.read(source.missing)
    leaving = set(missing.loc[missing["leaves_models"].eq("yes"), "item"])
    items = item_statistics(complete, book, survey["ceiling_share"])
    both = settings | {"scale_answered": survey["scale_answered"]}
    table, per_item, found = scale_table(complete, book, tables.read(source.constructs), leaving, both)
    items = items.merge(per_item.drop_duplicates("item"), on="item", how="left")
    items["citc_low"] = items["citc"] < settings["citc_floor"]
    items["gains"] = items["alpha_gain"] > 0
    asked = items[items["role"].eq("importance") & items["n"].gt(0)]
    ceiling = {
        "n_importance_items": len(asked),
        "n_with_ceiling": int(asked["ceiling"].sum()),
        "share": float(asked["ceiling"].mean()) if len(asked) else 0.0,
    }
    said = {
        "n": len(complete),
        "n_scales": len(table),
        "n_usable": int(table["usable"].eq(True).sum()),
        "n_ceiling": int((items["ceiling"] & items["construct"].notna()).sum()),
        "coefficients": "Cronbach's alpha (raw, Feldt interval); two items: Spearman-Brown (Fisher z interval)",
        "covariance": "EM, multivariate normal",
        "ceiling": ceiling,
        "warnings": item_warnings(items, ceiling, survey["ceiling_share"])
        + scale_warnings(table, found, items, settings),
    }
    tables.write(items[ITEMS], target.item_statistics, ["position"])
    tables.write(table, target.scales, ["position"])
    values.write(said, target.values)


if __name__ == "__main__":
    run(main, snakemake)
