"""Which holes go together, and whether they look accidental.

Patterns. A pattern says for every aspect whether a respondent answered all of its items of a role, left some out but
answered enough for a score (``scale_answered``), or answered too few. "Not applicable" leaves an item unanswered like a
skipped one; how many cells are which stands in survey/missing.csv. Patterns of fewer than ``min_cell`` respondents are
pooled; where the pooled ones would then be fewer themselves, the next smallest pattern joins them.

Little's test (1988) of missing completely at random, for each role with two or more rated items: among respondents who
answered any of them, over the items that enter models, that vary and that do not repeat another one; covariance by
maximum likelihood (scripts/lib/missing.py). Holes of both kinds count, because a model fills both. A small p says that
who left an item out answers the others differently, a large one is no proof of the opposite; where most patterns are
those of one respondent, the chi-square distribution is a rough guide. Not defined, with the reason, where nothing is
missing or the covariance is singular.

Where the questionnaire only presumes what its code for "not applicable" means (``na_note``) and the code lies one below
the scale, the means are also taken with the code as the lowest answer: how much rests on that reading.
"""

from typing import Any

import numpy as np
import pandas as pd

from scripts.lib import tables, values
from scripts.lib.intervals import spearman
from scripts.lib.job import run
from scripts.lib.missing import UndefinedError, little_mcar

ROLES = {
    "importance": ("Importance", "重要性"),
    "performance": ("Performance", "绩效"),
    "outcome": ("Outcomes", "结果"),
}
STATES = ("complete", "partly", "too_few")
PATTERNS = ["role", "position", "n", "share", "n_patterns", *STATES]
TESTS = ["position", "role", "label_en", "label_zh", "n", "n_items", "n_left_out", "patterns", "single"]
TESTS += ["d2", "df", "p", "reason_en", "reason_zh"]
SMALL = 0.05  # p below which holes do not look accidental
ROUGH = 0.5  # share of patterns of one respondent above which the chi-square distribution is a rough guide
UNDEFINED = {
    "few_items": ("fewer than two items can be tested", "可检验的题项不足两个"),
    "complete": ("nothing is missing", "无缺失"),
    "disjoint": ("no item was answered in two patterns of holes", "没有题项在两种缺失模式中同时被回答"),
    "constant": ("an item never varies", "有题项回答人人相同"),
    "unsettled": (
        "the items are too many for so few answers, and their covariance does not settle",
        "题项相对答卷过多，协方差无法稳定估计",
    ),
    "singular": (
        "the items are too many for so few answers, or repeat each other",
        "题项相对答卷过多或题项相互重复",
    ),
}


def patterns(answers: pd.DataFrame, items: pd.DataFrame, answered: float, min_cell: int) -> pd.DataFrame:
    """Patterns of one role over the aspects, the most frequent first, the pooled ones last.

    Parameters
    ----------
    answers : one row a respondent; a hole is blank.
    items : columns ``item`` and ``aspect``.
    answered : share of an aspect's items that a score needs.
    """
    aspects = list(dict.fromkeys(items["aspect"]))
    share = np.column_stack(
        [answers[items.loc[items["aspect"].eq(aspect), "item"]].notna().mean(axis=1) for aspect in aspects]
    )
    state = np.where(share == 1, 0, np.where((share >= answered) & (share > 0), 1, 2))
    kinds, counts = np.unique(state, axis=0, return_counts=True)
    order = np.lexsort([*kinds.T[::-1], -counts])
    kinds, counts = kinds[order], counts[order]
    shown = int((counts >= min_cell).sum())
    while shown and 0 < counts[shown:].sum() < min_cell:
        shown -= 1
    rows = []
    for kind, n in zip(kinds[:shown], counts[:shown], strict=True):
        named = {name: ";".join(np.array(aspects)[kind == code]) for code, name in enumerate(STATES)}
        rows.append({"n": int(n), "n_patterns": 1} | named)
    if shown < len(counts):
        rows.append({"n": int(counts[shown:].sum()), "n_patterns": len(counts) - shown})
    out = pd.DataFrame(rows).reindex(columns=PATTERNS)
    return out.assign(position=range(1, len(out) + 1), share=out["n"] / len(answers))


def little(X: pd.DataFrame) -> dict[str, Any]:
    """Little's test of the answers to some items: a row without its role and labels."""
    X = X.dropna(how="all")
    first = {X[item].to_numpy().tobytes(): item for item in reversed(X.columns) if X[item].nunique() > 1}
    stay = [item for item in X.columns if item in first.values()]
    known = X[stay].dropna(how="all")
    row: dict[str, Any] = {"n": len(known), "n_items": len(stay), "n_left_out": X.shape[1] - len(stay)}
    if len(stay) < 2:
        return row | dict(zip(("reason_en", "reason_zh"), UNDEFINED["few_items"], strict=True))
    counts = known.isna().value_counts()
    row |= {"patterns": len(counts), "single": int((counts == 1).sum())}
    try:
        test = little_mcar(known.to_numpy(float))
    except UndefinedError as error:
        return row | dict(zip(("reason_en", "reason_zh"), UNDEFINED[error.why], strict=True))
    return row | {"d2": test.d2, "df": test.df, "p": test.p}


def little_table(complete: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Little's test of each role; ``items`` has ``item``, ``role`` and ``leaves`` (the models)."""
    rows = []
    for role, (en, zh) in ROLES.items():
        asked = items[items["role"].eq(role)]
        if len(asked):
            stay = asked.loc[~asked["leaves"], "item"]
            row = little(complete[stay].astype(float))
            row["n_left_out"] += len(asked) - len(stay)
            rows.append({"position": len(rows) + 1, "role": role, "label_en": en, "label_zh": zh} | row)
    out = pd.DataFrame(rows, columns=TESTS)
    return out.astype({name: "Int64" for name in ("n", "n_items", "n_left_out", "patterns", "single", "df")})


def code_reading(responses: pd.DataFrame, items: pd.DataFrame) -> dict[str, Any] | None:
    """What the means become when the code for "not applicable" is read as the lowest answer; None where it cannot be.

    ``items`` has ``item``, ``role``, ``attribute``, ``na_code`` and ``scale_min``; units: points of the scale, over the
    items concerned. What speaks for "not applicable": how often the importance of the same attribute is blank, where
    the code stands and where a rating does.
    """
    beside = items[items["na_code"].astype(float) == items["scale_min"].astype(float) - 1]
    given = responses[beside["item"].tolist()].astype(float)
    coded = given.eq(beside["na_code"].to_numpy(dtype=float), axis="columns")
    if not coded.any(axis=None):
        return None
    apart, read = given.mask(coded).mean(), given.mean()
    importance = items[items["role"].eq("importance")].set_index("attribute")["item"]
    pairs = [(row.item, importance[row.attribute]) for row in beside.itertuples() if row.attribute in importance.index]
    left, right = ([pair[side] for pair in pairs] for side in (0, 1))
    code, rated = coded[left].to_numpy(), given[left].mask(coded[left]).notna().to_numpy()
    blank = responses[right].isna().to_numpy()
    return {
        "n_items": int(coded.any().sum()),
        "n_cells": int(coded.sum().sum()),
        "mean": apart.mean(),
        "mean_as_rating": read.mean(),
        "largest_fall": (apart - read).max(),
        "spearman": spearman(apart, read),
        "blank_where_coded": float(blank[code].mean()) if code.any() else None,
        "blank_where_rated": float(blank[rated].mean()) if rated.any() else None,
    }


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, output, survey = snakemake.input, snakemake.output, snakemake.params.survey
    complete, book, missing = tables.read(source.complete), tables.read(source.codebook), tables.read(source.missing)
    leaving = set(missing.loc[missing["leaves_models"].eq("yes"), "item"])
    rated = book[book["type"].isin(["likert", "number"]) & book["scale_kind"].ne("nominal")]
    items = rated.assign(leaves=rated["item"].isin(leaving))
    found = [
        patterns(complete, part, survey["scale_answered"], snakemake.params.min_cell).assign(role=role)
        for role, part in items[items["role"].isin(list(ROLES)) & items["attribute"].notna()].groupby("role")
    ]
    table = pd.concat(found, ignore_index=True) if found else tables.empty(PATTERNS)
    tested = little_table(complete, items)
    imported = values.read(source.imported)
    used = tables.read(source.responses)
    used = used[used["respondent"].isin(complete["respondent"])]
    rough = tested[tested["p"].notna() & (tested["single"] > ROUGH * tested["patterns"])]
    tables.write(table[PATTERNS], output.patterns, ["role", "position"])
    tables.write(tested, output.little, ["position"])
    values.write(
        {
            "n": len(complete),
            "method": "Little (1988), covariance by maximum likelihood (EM), holes of both kinds",
            "n_tested": int(tested["p"].notna().sum()),
            "n_small_p": int((tested["p"] < SMALL).sum()),
            "rough": rough["role"].tolist(),
            "presumed": code_reading(used, rated) if imported["na_note"] else None,
        },
        output.values,
    )


if __name__ == "__main__":
    run(main, snakemake)
