"""Build the features of the segments: row-centred importance and nothing else.

Steps (METHODS, "Missing answers" and "Segments"): 1. items that too many left blank or called not applicable leave,
by name (``survey.item_missing``); 2. respondents who answered at least ``segments.answered`` of the other items
enter; 3. answers are centred on the respondent's own mean over the items answered, and holes take the conditional
mean of one normal model (scripts/segments/features.py); a feature that is the same for everybody leaves, by name.
Whether the holes look accidental is tested in survey/describe_missing.

Refuses with fewer than 60 respondents (descriptives only) or fewer than three items. A study without importance items
has no features. Units: points of the importance scale.
"""

from typing import Any

import numpy as np
import pandas as pd

from scripts.lib import tables, values
from scripts.lib.job import run
from scripts.segments.features import FillModel, canonical_order, centre_and_fill, fit_fill

FEWEST = 60  # METHODS, "Sample": below this many answers descriptives only
FEWEST_ITEMS = 3  # two centred items are one number
CONSTANT = 1e-9
REASONS = {
    "": ("", ""),
    "missing": ("too many missing or not applicable", "缺失或不适用过多"),
    "constant": ("the same for every respondent", "所有答卷者相同"),
}
USED = ["attribute", "used", "reason", "share_missing"]


def item_table(attributes: pd.DataFrame, missing: pd.DataFrame) -> pd.DataFrame:
    """One row an attribute that has an importance item: how much of it is there, and whether it may stay."""
    asked = attributes.dropna(subset=["importance_item"])
    known = missing.drop_duplicates("item").set_index("item").reindex(asked["importance_item"])
    out = asked[["position", "attribute", "importance_item", "label_en", "label_zh"]].copy()
    for column in ("n_answered", "share_missing", "share_not_applicable"):
        out[column] = known[column].to_numpy()
    out["reason"] = np.where(known["leaves_models"].eq("yes"), "missing", "")
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


def count_holes(
    answers: pd.DataFrame, items: pd.DataFrame, responses: pd.DataFrame, book: pd.DataFrame
) -> dict[str, Any]:
    """Cells without a rating among those that enter: not applicable apart from missing."""
    codes = book.drop_duplicates("item").set_index("item")["na_code"].reindex(items["item"]).to_numpy(dtype=float)
    given = responses.set_index("respondent").loc[answers["respondent"], items["item"]].to_numpy(dtype=float)
    X = answers[items["attribute"]].to_numpy()
    hole = np.isnan(X)
    not_applicable = int((hole & (given == codes)).sum())
    return {
        "n_cells": int(hole.size),
        "n_holes": int(hole.sum()),
        "n_holes_not_applicable": not_applicable,
        "n_holes_missing": int(hole.sum()) - not_applicable,
        "share_holes": float(hole.mean()) if hole.size else 0.0,
        "n_complete_rows": int((~hole.any(axis=1)).sum()),
    }


def refusal(n: int, n_items: int) -> dict[str, Any] | None:
    """Why these answers cannot be clustered at all; None when they can."""
    if n_items < FEWEST_ITEMS:
        return values.refused(
            f"Segments of needs are not looked for: {n_items} importance items can be used, at least {FEWEST_ITEMS} "
            "are needed.",
            f"未作需求分群：可用的重要性题项为{n_items}个，至少需要{FEWEST_ITEMS}个。",
        )
    if n < FEWEST:
        return values.refused(
            f"Segments of needs are not looked for: {n} respondents answered enough of the importance items, at least "
            f"{FEWEST} are needed.",
            f"未作需求分群：充分回答重要性题项的答卷为{n}份，至少需要{FEWEST}份。",
        )
    return None


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


def feature_warnings(
    constant: list[str], repeated: list[tuple[str, str]], labels: pd.DataFrame, model: FillModel
) -> list[dict[str, Any]]:
    """Named warnings: constant features, repeated items, and a fill that needed a prior."""
    out = []
    if constant:
        names = labels.set_index("attribute").loc[constant]
        out.append(
            values.warning(
                "constant_feature",
                "caution",
                f"{', '.join(names['label_en'])}: relative to the own mean every respondent gave the same importance; "
                "what does not vary cannot tell customers apart and leaves the segments.",
                f"{'、'.join(names['label_zh'].fillna(''))}：相对自身均值的重要性人人相同，无法区分客户，不进入分群。",
            )
        )
    if repeated:
        pairs = [" = ".join(pair) for pair in repeated]
        out.append(
            values.warning(
                "repeated_items",
                "caution",
                f"Attributes with the same importance answers: {', '.join(pairs)}. What is asked twice counts twice in "
                "the segments; take one of each out.",
                f"重要性回答完全相同的要素：{'、'.join(pairs)}。重复提问在分群中重复计入，请各删去其一。",
            )
        )
    if model.prior_rows:
        out.append(
            values.warning(
                "fill_with_prior",
                "caution",
                "The answers alone do not tell how the missing ones would have looked (too many items for so few "
                f"answers, or items that repeat each other); a prior worth {model.prior_rows:.0f} answers holds the "
                "estimate.",
                "仅凭答卷无法稳定推断缺失值（题项相对答卷过多或题项重复）；"
                f"估计中加入了相当于{model.prior_rows:.0f}份答卷的先验。",
            )
        )
    return out


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
    items = item_table(tables.read(source.attributes), tables.read(source.missing))
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
            "fill": {
                "method": "conditional mean, multivariate normal by EM, fitted before centring",
                "prior_rows": model.prior_rows,
            },
        }
        said = refusal(len(features), features.shape[1] - 1) or said
        said["warnings"] = feature_warnings(constant, repeated_items(answers), items, model)
    else:
        answers = answers.iloc[:0]
    tables.write(features, target.features, ["respondent"])
    tables.write(answers, target.answers, ["respondent"])
    tables.write(used_table(items, constant), target.used, ["position"])
    values.write(said | found, target.values)


if __name__ == "__main__":
    run(main, snakemake)
