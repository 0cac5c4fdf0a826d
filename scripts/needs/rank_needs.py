"""Which needs come first, of everybody and of each group; and the three answers of the study.

Method. Need weight of attribute a in a group: w = I (1 - P), with importance I and performance P as percent of maximum
possible / 100, normalised to sum 1 over the attributes that were rated on both. Respondents are resampled; the draws
give each need's interval, rank interval and probability of the first ``top`` ranks (column p_top3, whatever ``top``
is). Kano and white space do not enter w.

Sensitivities: derived importance in place of I (everybody); I alone; each as weight and rank, with Spearman's
correlation with w. ``must_be_first`` marks a must-be attribute that performs badly: it goes first whatever its weight
(scripts/needs/need_sensitivity.py).

Where the answers were raked to the customer list (scripts/survey/weigh_responses.py), ``weight_raked`` and
``rank_raked`` are the weight and rank with those weights; the unweighted ones are the main result.

Management focus: the ``top`` attributes with the highest probability of the first ``top`` ranks. Service content: the
``top`` products with the highest share of unmet demand. Service strategy: the share of the summed w by aspect, beside
the share that the aspect would have if all its attributes weighed alike (``even_share``).

The draws of every group go to the confidential folder: many means of the same few answers give the answers away.

An attribute that nobody, or in a group fewer than ``min_cell``, rated has no weight and no rank. Below 60 answers the
ranks describe the answers and are no more than that. Absent without importance or performance.
"""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scripts.lib import tables, values
from scripts.lib.intervals import percentile, ranks, spearman
from scripts.lib.job import run
from scripts.needs import need_words
from scripts.needs.need_sensitivity import agreement, must_be_first, normalised, sensitivities
from scripts.needs.ratings import ALL, Ratings, blanked, collect, lacking, means, resample, withhold

Floats = NDArray[np.float64]
LABELS = ["attribute", "aspect", "label_en", "label_zh"]
RANKED = ["importance", "performance", "weight", "weight_low", "weight_high", "rank", "rank_low", "rank_high", "p_top3"]
COUNTS = ["n_importance", "n_performance"]
WHOLE = ["rank", "rank_low", "rank_high", "rank_derived", "rank_importance", "rank_raked"]
NEEDS = [
    "group",
    *LABELS,
    *RANKED,
    *COUNTS,
    "weight_derived",
    "rank_derived",
    "weight_importance",
    "rank_importance",
    "weight_raked",
    "rank_raked",
    "kano",
    "must_be_first",
    "suppressed",
]
FOCUS = ["group", "position", *LABELS, *RANKED, "n_performance", "kano", "must_be_first"]
CONTENT = [
    "group",
    "position",
    "product",
    "label_en",
    "label_zh",
    "n",
    "unmet",
    "unmet_share",
    "unmet_low",
    "unmet_high",
]
STRATEGY = ["group", "aspect", "position", "label_en", "label_zh", "share", "share_low", "share_high"]
STRATEGY += ["n_attributes", "even_share"]


class Ranking(NamedTuple):
    """Needs of one group and the bootstrap draws of their weights (draws, A)."""

    table: pd.DataFrame
    draws: Floats


def need_weights(importance: Floats, performance: Floats) -> Floats:
    """The weights I (1 - P), normalised to sum 1 along the last axis; NaN where either is not known."""
    return normalised(importance * (1 - performance))


def rank_group(ratings: Ratings, times: Floats, top: int) -> Ranking:
    """Needs of one group from its ratings and (draws, n) resamples."""
    importance, performance = means(ratings.importance), means(ratings.performance)
    weight = need_weights(importance, performance)
    draws = need_weights(means(ratings.importance, times), means(ratings.performance, times))
    drawn = ranks(draws)
    table = ratings.attributes[LABELS].copy()
    table["importance"], table["performance"] = importance, performance
    table["weight"], table["rank"] = weight, ranks(weight)
    table["weight_low"], table["weight_high"] = percentile(draws)
    table["rank_low"], table["rank_high"] = (np.round(bound) for bound in percentile(drawn))
    table["p_top3"] = np.where(np.isnan(weight), np.nan, (drawn <= top).mean(axis=0))
    once = ratings.weight[None]
    raked = need_weights(means(ratings.importance, once)[0], means(ratings.performance, once)[0])
    table["weight_raked"], table["rank_raked"] = raked, ranks(raked)
    for name, X in zip(COUNTS, (ratings.importance, ratings.performance), strict=True):
        table[name] = (~np.isnan(X)).sum(axis=0).astype(float)
    return Ranking(table, draws)


def rank_all(ratings: Ratings, settings: dict[str, Any], seed: int, min_cell: int) -> dict[str, Ranking]:
    """Needs of everybody and of each group."""
    hidden = withhold(ratings, min_cell)
    out = {}
    for group in ratings.groups:
        part = blanked(ratings.of(group), hidden[group])
        ranking = rank_group(part, resample(part.unit, settings["draws"], seed, group), settings["top"])
        ranking.table.insert(0, "group", group)
        ranking.table["suppressed"] = hidden[group]
        ranking.table.loc[hidden[group], COUNTS] = np.nan
        out[group] = ranking
    return out


def management_focus(needs: pd.DataFrame, top: int) -> pd.DataFrame:
    """The attributes of each group with the highest probability of the first ranks."""
    ranked = needs.dropna(subset=["weight"]).sort_values(["p_top3", "weight"], ascending=False, kind="stable")
    return _first(ranked, top)[FOCUS]


def service_content(white_space: pd.DataFrame, top: int) -> pd.DataFrame:
    """The products of each group with the highest share of unmet demand."""
    known = white_space[white_space["unmet"].notna() & white_space["unmet"].gt(0)]
    ranked = known.sort_values(["unmet_share", "unmet"], ascending=False, kind="stable")
    return _first(ranked, top)[CONTENT].astype({"n": "Int64", "unmet": "Int64"})


def _first(ranked: pd.DataFrame, top: int) -> pd.DataFrame:
    out = ranked.groupby("group", sort=False).head(top).copy()
    out["position"] = out.groupby("group").cumcount() + 1
    return out


def service_strategy(rankings: dict[str, Ranking], aspects: pd.DataFrame) -> pd.DataFrame:
    """Share of the summed need weight by aspect, with the interval of the draws; one row a group and aspect."""
    parts = []
    for group, (table, draws) in rankings.items():
        member = (table["aspect"].to_numpy()[:, None] == aspects["aspect"].to_numpy()).astype(float)
        known = table["weight"].notna().to_numpy()
        part = aspects[["aspect", "label_en", "label_zh"]].copy()
        part["n_attributes"] = member[known].sum(axis=0).astype(int)
        part["even_share"] = part["n_attributes"] / max(part["n_attributes"].sum(), 1)
        part["share"] = np.nan_to_num(table["weight"].to_numpy()) @ member
        part["share_low"], part["share_high"] = percentile(np.nan_to_num(draws) @ member)
        part.loc[part["n_attributes"].eq(0), ["share", "share_low", "share_high"]] = np.nan
        part.insert(0, "group", group)
        part["position"] = part["share"].rank(ascending=False, method="first", na_option="bottom").astype(int)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)[STRATEGY]


def wide_draws(rankings: dict[str, Ranking]) -> pd.DataFrame:
    """The draws of all groups, one row a group and draw, one column an attribute."""
    parts = []
    for group, (table, draws) in rankings.items():
        wide = pd.DataFrame(draws, columns=table["attribute"].tolist()).rename_axis("draw").reset_index()
        parts.append(wide.assign(group=group))
    out = pd.concat(parts, ignore_index=True)
    return out[["group", "draw", *out.columns.drop(["group", "draw"])]]


def marked(rankings: dict[str, Ranking], derived: pd.Series, kano: pd.DataFrame) -> dict[str, Ranking]:
    """The rankings with other weights and with what goes first; ``kano`` holds all groups."""
    category = {group: rows.set_index("attribute")["category"] for group, rows in kano.groupby("group")}
    none = pd.Series(dtype=object)
    out = {}
    for group, ranking in rankings.items():
        table = sensitivities(ranking.table, derived if group == ALL else None)
        table = must_be_first(table, category.get(group, none), category.get(ALL, none))
        out[group] = ranking._replace(table=table)
    return out


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, output, params = snakemake.input, snakemake.output, snakemake.params
    top = params.needs["top"]
    groups = tables.read(source.groups, text=["group"])
    ratings = collect(
        *(tables.read(path) for path in (source.complete, source.attributes, source.codebook)),
        groups,
        tables.read(source.units),
        tables.read(source.weights),
    )
    white_space = tables.read(source.white_space, text=["group"])
    content = service_content(white_space, top) if len(white_space) else tables.empty(CONTENT)
    tables.write(content, output.content, ["group", "position"])
    why = lacking(ratings)
    needs, focus, strategy, draws = (tables.empty(columns) for columns in (NEEDS, FOCUS, STRATEGY, ["group", "draw"]))
    found = values.absent(**why) if why else {}
    if not why:
        derived = tables.read(source.derived).set_index("attribute")["weight"].astype(float)
        rankings = rank_all(ratings, params.needs, params.seed, params.min_cell)
        rankings = marked(rankings, derived, tables.read(source.kano, text=["group"]))
        needs = pd.concat([ranking.table for ranking in rankings.values()], ignore_index=True).reindex(columns=NEEDS)
        needs[[*WHOLE, *COUNTS]] = needs[[*WHOLE, *COUNTS]].astype("Int64")
        focus = management_focus(needs, top)
        strategy = service_strategy(rankings, tables.read(source.aspects))
        draws = wide_draws(rankings)
        everybody = rankings[ALL].table
        found = need_words.describe(everybody, focus, strategy, len(ratings), top) | agreement(everybody, top)
        found["spearman_raked"] = spearman(everybody["weight"], everybody["weight_raked"])
        found |= {"draws": params.needs["draws"], "seed": params.seed, "n_content": len(content)}
    tables.write(needs, output.needs, ["group", "attribute"])
    tables.write(focus, output.focus, ["group", "position"])
    tables.write(strategy, output.strategy, ["group", "position"])
    tables.write(draws, output.draws, ["group", "draw"])
    values.write(found, output.values)


if __name__ == "__main__":
    run(main, snakemake)
