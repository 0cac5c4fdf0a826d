"""The main results with and without the answers that were flagged as careless.

Means of every rated item among those who rated it, need weights I(1 - P) and their ranks (scripts/needs/rank_needs.py),
from all answers and from those that were not flagged, whatever the study does with the flagged ones; no bootstrap.
Units: points of each item's scale; ranks from 1.

Two means side by side tell the sum of those who stand between them: where fewer than ``min_cell`` of the flagged
rated an item, both of its means are withheld here. Absent where nobody was asked to rate anything.
"""

from typing import Any

import numpy as np
import pandas as pd

from scripts.lib import tables, values
from scripts.lib.intervals import ranks, spearman
from scripts.lib.job import run
from scripts.needs.rank_needs import need_weights
from scripts.needs.ratings import Ratings, collect, means
from scripts.survey.complete_responses import blank_not_applicable

ROLES = ["importance", "performance", "outcome"]
WAYS = ("all", "unflagged")
MEANS = [f"{name}_{way}" for name in ("n", "mean") for way in WAYS]
ITEMS = ["position", "item", "role", "attribute", "outcome", "label_en", "label_zh", *MEANS, "difference", "suppressed"]
BOTH = [f"{role}_{way}" for role in ("importance", "performance") for way in WAYS]
NEEDS = ["attribute", "label_en", "label_zh", *BOTH, "largest_move", "rank_all", "rank_unflagged", "suppressed"]


def item_means(answers: pd.DataFrame, flagged: pd.Series, book: pd.DataFrame, min_cell: int) -> pd.DataFrame:
    """One row a rated item, its mean both ways; ``answers`` have "not applicable" blanked."""
    rated = book["type"].isin(["likert", "number"]) & book["scale_kind"].ne("nominal")
    out = book.loc[rated & book["role"].isin(ROLES), ITEMS[:7]].reset_index(drop=True)
    given = answers[out["item"].tolist()].astype(float)
    for way, part in zip(WAYS, (given, given[~flagged]), strict=True):
        out[f"n_{way}"], out[f"mean_{way}"] = part.notna().sum().to_numpy(), part.mean().to_numpy()
    between = out["n_all"] - out["n_unflagged"]
    out["suppressed"] = (between > 0) & (between < min_cell)
    out["difference"] = out["mean_unflagged"] - out["mean_all"]
    hidden = out["suppressed"]
    out.loc[hidden, ["mean_all", "mean_unflagged", "difference"]] = np.nan
    out = out.astype({"n_all": "Int64", "n_unflagged": "Int64"})
    out.loc[hidden, ["n_all", "n_unflagged"]] = pd.NA
    return out[ITEMS]


def need_ranks(ratings: Ratings) -> pd.Series:
    """Rank of each attribute by its need weight."""
    weight = need_weights(means(ratings.importance), means(ratings.performance))
    return pd.Series(ranks(weight), index=ratings.attributes["attribute"])


def by_attribute(items: pd.DataFrame, attributes: pd.DataFrame, both: list[pd.Series]) -> pd.DataFrame:
    """One row an attribute: both means and the rank of its need, both ways."""
    out = attributes[["attribute", "label_en", "label_zh"]].reset_index(drop=True)
    known = items.set_index("item")
    moves, hidden = [], np.zeros(len(out), dtype=bool)
    for role in ("importance", "performance"):
        of = known.reindex(attributes[f"{role}_item"])
        for way in WAYS:
            out[f"{role}_{way}"] = of[f"mean_{way}"].to_numpy(dtype=float)
        moves.append(of["difference"].abs().to_numpy(dtype=float))
        hidden |= of["suppressed"].eq(True).to_numpy()
    out["largest_move"] = pd.DataFrame(moves).max().to_numpy()
    for way, rank in zip(WAYS, both, strict=True):
        out[f"rank_{way}"] = rank.reindex(out["attribute"]).to_numpy()
    out["suppressed"] = hidden
    return out[NEEDS].astype({"rank_all": "Int64", "rank_unflagged": "Int64"})


def describe(items: pd.DataFrame, needs: pd.DataFrame, flagged: pd.Series, top: int) -> dict[str, Any]:
    """What the text says: overall satisfaction both ways, the largest move, the first needs both ways."""
    overall = items[items["outcome"].eq("overall_satisfaction") & items["difference"].notna()].head(1)
    first = {way: set(needs.loc[needs[f"rank_{way}"] <= top, "attribute"]) for way in WAYS}
    before, after = (needs[f"rank_{way}"].astype(float) for way in WAYS)
    return {
        "n_all": len(flagged),
        "n_unflagged": int((~flagged).sum()),
        "n_flagged": int(flagged.sum()),
        "satisfaction": overall[[*MEANS, "difference"]].to_dict("records")[0] if len(overall) else None,
        "largest_move": needs["largest_move"].max(),
        "n_items": len(items),
        "n_withheld": int(items["suppressed"].sum()),
        "top": top,
        "n_first_both": len(first["all"] & first["unflagged"]),
        "ranked": bool(needs["rank_all"].notna().any()),
        "largest_rank_move": (before - after).abs().max(),
        "spearman": spearman(before, after),
    }


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, output, params = snakemake.input, snakemake.output, snakemake.params
    book, attributes = tables.read(source.codebook), tables.read(source.attributes)
    careless = tables.read(source.careless).set_index("respondent")["flagged"]
    answers = blank_not_applicable(tables.read(source.responses), book)
    flagged = answers["respondent"].map(careless).eq("yes")
    items = item_means(answers, flagged, book, params.min_cell)
    both = [need_ranks(collect(part, attributes, book)) for part in (answers, answers[~flagged])]
    needs = by_attribute(items, attributes, both)
    found = describe(items, needs, flagged, params.top)
    if items.empty:
        found |= values.absent("The questionnaire asks for no ratings.", "问卷没有评分题项。")
    tables.write(items, output.by_item, ["position"])
    tables.write(needs, output.needs, ["attribute"])
    values.write(found, output.values)


if __name__ == "__main__":
    run(main, snakemake)
