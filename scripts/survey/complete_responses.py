"""Usable answers, and what is missing in them.

"Not applicable" is an answer of its own: it is counted apart from missing for every item and is then left blank beside
it, so that no later stage takes its code for a rating. Flagged answers leave when the study says so. No cell is filled
here: each method downstream says what it does with holes (METHODS, "Missing answers"). An item that more than
``item_missing`` of the usable answers leave blank or call not applicable leaves the models, by name.

Stops when fewer than 30 answers are usable.
"""

from typing import Any

import pandas as pd

from scripts.lib import tables, values
from scripts.lib.job import InputError, run

FEWEST = 30  # METHODS: below this no study is possible


def usable(responses: pd.DataFrame, careless: pd.DataFrame, treatment: str) -> pd.DataFrame:
    """The answers that enter the analyses, with a column ``flagged``."""
    out = responses.merge(careless[["respondent", "flagged"]], on="respondent", validate="1:1")
    return out[out["flagged"].ne("yes")] if treatment == "drop" else out


def blank_not_applicable(answers: pd.DataFrame, book: pd.DataFrame) -> pd.DataFrame:
    """The answers with the codes for "not applicable" blanked."""
    out = answers.copy()
    for item, code in book.dropna(subset=["na_code"]).set_index("item")["na_code"].items():
        out[item] = out[item].mask(out[item].astype(float).eq(float(code)))
    return out


def missing_table(answers: pd.DataFrame, book: pd.DataFrame, limit: float) -> pd.DataFrame:
    """One row an item: answered, not applicable and missing, as counts and shares of the usable answers."""
    asked = book[~book["role"].isin(["open", "consent", "attention_check"]) & book["item"].isin(answers.columns)]
    codes = asked["na_code"].astype(float)
    rows = asked[["position", "item", "role", "type", "attribute", "aspect"]].copy()
    columns = answers[asked["item"].tolist()]
    not_applicable = [
        int(columns[item].astype(float).eq(code).sum()) if pd.notna(code) else 0
        for item, code in zip(asked["item"], codes, strict=True)
    ]
    rows["n_not_applicable"] = not_applicable
    rows["n_missing"] = columns.isna().sum().to_numpy()
    rows["n_answered"] = len(answers) - rows["n_not_applicable"] - rows["n_missing"]
    for name in ("answered", "not_applicable", "missing"):
        rows[f"share_{name}"] = rows[f"n_{name}"] / len(answers)
    rows["leaves_models"] = 1 - rows["share_answered"] > limit
    return rows


def summary(missing: pd.DataFrame, answers: pd.DataFrame) -> dict[str, Any]:
    """Counts that the text needs: complete rows and items that leave, by role."""
    out: dict[str, Any] = {"n_used": len(answers), "roles": {}}
    for role, rows in missing[missing["type"].ne("multi")].groupby("role", sort=True):
        out["roles"][role] = {
            "n_items": len(rows),
            "n_complete": int(answers[rows["item"].tolist()].notna().all(axis=1).sum()),
            "share_not_applicable": rows["share_not_applicable"].mean(),
            "share_missing": rows["share_missing"].mean(),
            "n_leaving": int(rows["leaves_models"].sum()),
        }
    return out


def leaving_warnings(missing: pd.DataFrame, limit: float) -> list[dict[str, Any]]:
    """How many ratings leave the models; the table of missing answers marks them by name."""
    rated = missing[missing["role"].isin(["importance", "performance"]) & missing["leaves_models"]]
    if rated.empty:
        return []
    by_role = rated.groupby("role").size()
    named = {"importance": "重要性", "performance": "表现"}
    counts = {role: int(by_role[role]) for role in named if role in by_role}
    en = " and ".join(f"the {role} of {n} attribute{'s' if n > 1 else ''}" for role, n in counts.items())
    zh = "、".join(f"{n}项要素的{named[role]}" for role, n in counts.items())
    return [
        values.warning(
            "items_leave_models",
            "caution",
            f"For {en}, more than {limit:.0%} of the answers are missing or not applicable; these ratings stay in the "
            "item-by-item tables, with their n, and leave every model.",
            f"{zh}缺失或不适用比例超过{limit:.0%};仅在逐题表中报告(附 n),不进入任何模型。",
        )
    ]


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    survey = snakemake.params.survey
    book = tables.read(snakemake.input.codebook)
    kept = usable(tables.read(snakemake.input.responses), tables.read(snakemake.input.careless), survey["flagged"])
    if len(kept) < FEWEST:
        raise InputError(
            f"study {snakemake.wildcards.study}, responses: found {len(kept)} usable answers after screening; "
            f"allowed: at least {FEWEST}; collect more answers, or look at confidential/careless.csv"
        )
    missing = missing_table(kept, book, survey["item_missing"])
    complete = blank_not_applicable(kept, book)
    tables.write(complete, snakemake.output.complete, ["respondent"])
    tables.write(missing, snakemake.output.missing, ["position"])
    found = summary(missing, complete)
    values.write(found | {"warnings": leaving_warnings(missing, survey["item_missing"])}, snakemake.output.values)


if __name__ == "__main__":
    run(main, snakemake)
