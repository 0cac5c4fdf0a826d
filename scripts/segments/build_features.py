"""Build the features of the segments: row-centred importance and nothing else.

Steps (METHODS, "Missing answers" and "Segments"): 1. items that too many left blank or called not applicable leave,
by name (``survey.item_missing``), and so do items to which everybody gave the same answer: centring would make the
respondent's own level of them, which is what it is to take out; 2. respondents who answered at least
``segments.answered`` of the other items enter; 3. answers are centred on the respondent's own mean over the items
answered, and holes take the conditional mean of one normal model (scripts/segments/features.py); a feature that is the
same for everybody leaves, by name. Whether the holes look accidental is tested in survey/describe_missing.

Refuses with fewer than 60 respondents (descriptives only) or fewer than three items. A study without importance items
has no features. Units: points of the importance scale.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scripts.lib import tables, values
from scripts.lib.job import run
from scripts.segments.feature_words import feature_warnings, refusal
from scripts.segments.features import FillModel, canonical_order, centre_and_fill, fit_fill

CONSTANT = 1e-9
REASONS = {
    "": ("", ""),
    "missing": ("too many missing or not applicable", "缺失或不适用过多"),
    "constant": ("the same for every respondent", "所有答卷者相同"),
}
USED = ["attribute", "used", "reason", "share_missing"]


def item_table(attributes: pd.DataFrame, missing: pd.DataFrame, complete: pd.DataFrame) -> pd.DataFrame:
    """One row an attribute that has an importance item: how much of it is there, and whether it may stay."""
    asked = attributes.dropna(subset=["importance_item"])
    known = missing.drop_duplicates("item").set_index("item").reindex(asked["importance_item"])
    out = asked[["position", "attribute", "importance_item", "label_en", "label_zh"]].copy()
    for column in ("n_answered", "share_missing", "share_not_applicable"):
        out[column] = known[column].to_numpy()
    given = complete[asked["importance_item"].tolist()].nunique().to_numpy()
    out["reason"] = np.select([known["leaves_models"].eq("yes"), given < 2], ["missing", "constant"], "")
    return out.rename(columns={"importance_item": "item"}).reset_index(drop=True)


def select_answers(complete: pd.DataFrame, items: pd.DataFrame, answered: float) -> pd.DataFrame:
    """Importance answers, one column an attribute, of the respondents who answered enough of the items.

    Parameters
    ----------
    complete : the usable answers; not applicable is blank.
    items : columns ``item`` and ``attribute`` of the items that stay.
    answered : smallest share of the items that a respondent has to have answered.
    """
    chosen = complete[items["item"].tolist()].astype(float)
    chosen.columns = items["attribute"].tolist()
    share = chosen.notna().mean(axis=1)
    enters = (share >= answered) & (share > 0)
    out = chosen[enters].assign(respondent=complete.loc[enters, "respondent"])
    out = out.iloc[canonical_order(chosen[enters].to_numpy())]
    return out[["respondent", *chosen.columns]].reset_index(drop=True)


def features_of(answers: pd.DataFrame) -> tuple[pd.DataFrame, list[str], FillModel]:
    """Row-centred, filled features; the attributes that left because they are constant; the model that filled."""
    X = answers.drop(columns="respondent").to_numpy()
    model = fit_fill(X)
    features = pd.DataFrame(centre_and_fill(X, model), columns=answers.columns[1:])
    constant = features.columns[np.ptp(features.to_numpy(), axis=0) < CONSTANT].tolist()
    features.insert(0, "respondent", answers["respondent"])
    return features.drop(columns=constant), constant, model


def not_applicable_to(
    item: str | float, respondents: pd.Series, responses: pd.DataFrame, book: pd.DataFrame
) -> NDArray[np.bool_]:
    """Who of the respondents called an item not applicable; nobody where there is no such item or code."""
    codes = book.loc[book["item"].eq(item), "na_code"]
    if codes.empty or codes.isna().all():
        return np.zeros(len(respondents), dtype=bool)
    given = responses.set_index("respondent").loc[respondents, item].to_numpy(dtype=float)
    return np.asarray(given == float(codes.iloc[0]))


def count_holes(
    answers: pd.DataFrame, items: pd.DataFrame, responses: pd.DataFrame, book: pd.DataFrame
) -> dict[str, Any]:
    """Cells without a rating among those that enter: not applicable apart from missing.

    ``n_holes_performance`` counts the missing ones whose attribute has its performance called not applicable: such a
    respondent has no use for the attribute, and the hole is no accident.
    """
    performance = book[book["role"].eq("performance")].drop_duplicates("attribute").set_index("attribute")["item"]
    hole = answers[items["attribute"]].isna().to_numpy()
    unused = [not_applicable_to(item, answers["respondent"], responses, book) for item in items["item"]]
    beside = [
        not_applicable_to(item, answers["respondent"], responses, book)
        for item in performance.reindex(items["attribute"])
    ]
    own = hole & np.column_stack(unused)
    not_applicable = int(own.sum())
    return {
        "n_cells": int(hole.size),
        "n_holes": int(hole.sum()),
        "n_holes_not_applicable": not_applicable,
        "n_holes_missing": int(hole.sum()) - not_applicable,
        "n_holes_performance": int((hole & ~own & np.column_stack(beside)).sum()),
        "share_holes": float(hole.mean()) if hole.size else 0.0,
        "n_complete_rows": int((~hole.any(axis=1)).sum()),
    }


def repeated_items(answers: pd.DataFrame) -> list[tuple[str, str]]:
    """Pairs of attributes that everybody who rated both rated alike."""
    X = answers.drop(columns="respondent")
    varying = [name for name in X.columns if X[name].nunique() > 1]
    return [
        (one, other)
        for i, one in enumerate(varying)
        for other in varying[i + 1 :]
        if (alike := X[one].eq(X[other])).any() and (alike | X[one].isna() | X[other].isna()).all()
    ]


def used_table(items: pd.DataFrame, constant: list[str]) -> pd.DataFrame:
    """Which attributes are clustered, and why the others are not."""
    out = items.copy()
    out.loc[out["attribute"].isin(constant), "reason"] = "constant"
    out["used"] = out["reason"].eq("")
    for i, language in enumerate(("en", "zh")):
        out[f"reason_{language}"] = out["reason"].map(lambda code, i=i: REASONS[code][i])
    return out[[*USED, *(column for column in out.columns if column not in USED)]]


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, target, params = snakemake.input, snakemake.output, snakemake.params
    book, complete = tables.read(source.codebook), tables.read(source.complete)
    items = item_table(tables.read(source.attributes), tables.read(source.missing), complete)
    stay = items[items["reason"].eq("")]
    answers = select_answers(complete, stay, params.segments["answered"])
    found: dict[str, Any] = {"n_respondents": len(complete), "n_clustered": 0, "n_items": len(items), "n_items_used": 0}
    features, constant = tables.empty(["respondent"]), list[str]()
    if items.empty:
        said = values.absent("The questionnaire asks for no importance.", "问卷没有重要性题项。")
    else:
        said = refusal(len(answers), len(stay)) or {"status": "ok", "warnings": []}
    if said["status"] == "ok":
        features, constant, model = features_of(answers)
        found |= count_holes(answers, stay, tables.read(source.responses), book)
        found |= {
            "n_clustered": len(features),
            "n_items_used": features.shape[1] - 1,
            "answered": params.segments["answered"],
            "fill": {
                "method": "conditional mean, multivariate normal by EM, fitted before centring",
                "prior_rows": model.prior_rows,
            },
        }
        said = refusal(len(features), features.shape[1] - 1) or said
        flat = items.loc[items["reason"].eq("constant"), "attribute"].tolist() + constant
        said["warnings"] = feature_warnings(flat, repeated_items(answers), items, model)
    else:
        answers = answers.iloc[:0]
    tables.write(features, target.features, ["respondent"])
    tables.write(answers, target.answers, ["respondent"])
    tables.write(used_table(items, constant), target.used, ["position"])
    values.write(said | found, target.values)


if __name__ == "__main__":
    run(main, snakemake)
