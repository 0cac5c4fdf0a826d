"""Which measures come first, how sure that is, and a bundle for each group.

Method. QFD score of a measure: sum over attributes of need weight (needs.csv, everybody) times strength 0/1/3/9; as the
criterion that is computed it is scaled linearly to 1..5, smallest of the compared measures 1, largest 5. Weighted sum:
scores on the fixed bounds 1..5, turned round where less is better. TOPSIS: vector normalisation (scripts/strategy/
decision.py); it is the ranking that the robustness is told for.

Robustness. Monte Carlo over judgements (Dirichlet around the criteria weights, see weigh_criteria) and needs (a draw of
the needs' bootstrap each): P(rank 1), P(first three), rank interval; also with half and double the concentration. A
measure is a clear winner when it comes first with probability ``winner`` by both methods, for two methods that disagree
leave the question open. Sensitivity: strengths 0/1/3/5.

What comes first whatever its score (``goes_first``): the measures that serve a must-be attribute with performance below
the median most strongly. ``optional``: a measure that serves only attributes of decided low importance. Measures of
``apart`` are held to the same bounds and ranked among themselves by weighted sum: their addressees were not asked.

A measure that serves an unknown attribute, aspect or product ends the study with one line. Refuses without need weights
or criteria weights; the catalogue's tables are written all the same.
"""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scripts.lib import tables, values
from scripts.lib.intervals import ranks
from scripts.lib.job import InputError, run
from scripts.strategy import bundles, decision, listing, rank_words
from scripts.strategy.catalogue import load, unknown
from scripts.strategy.measures import StrategyFile

Floats = NDArray[np.float64]
ALL = "all"
LABELS = ["measure", "family", "label_en", "label_zh"]
JUDGED = ["weighted_sum", "rank_weighted_sum", "topsis", "rank_topsis", "rank_135"]
SURE = ["p_rank1", "p_top3", "rank_low", "rank_high", "p_rank1_half", "p_rank1_double", "p_rank1_weighted_sum"]
FIRST = ["goes_first", "reason_en", "reason_zh", "optional", "apart", "position"]


class Inputs(NamedTuple):
    """What a ranking is made from: scores with a hole for the computed criterion, weights, draws."""

    scores: Floats  # (measures, criteria)
    strengths: Floats  # (measures, attributes)
    need: Floats  # (attributes,)
    need_draws: Floats  # (draws, attributes)
    weights: Floats  # (criteria,)
    cost: NDArray[np.bool_]  # (criteria,)
    among: NDArray[np.bool_]  # (measures,) those that are compared


def filled(inputs: Inputs, qfd: Floats) -> Floats:
    """Scores with the QFD score put in: (..., measures, criteria) for qfd of (..., measures)."""
    effect = decision.need_effect(qfd, inputs.among)
    return np.where(np.isnan(inputs.scores), effect[..., None], inputs.scores)


def rank_measures(inputs: Inputs) -> pd.DataFrame:
    """Scores and ranks of each measure at the point estimates; those apart by weighted sum among themselves."""
    qfd = inputs.strengths @ inputs.need
    X = filled(inputs, qfd)
    out = pd.DataFrame({"qfd_score": qfd})
    out["weighted_sum"] = decision.weighted_sum(X, inputs.weights, inputs.cost)
    out[["topsis", "rank_topsis", "rank_weighted_sum", "rank_135"]] = np.nan
    milder = np.where(inputs.strengths == 9, 5, inputs.strengths) @ inputs.need
    at = np.flatnonzero(inputs.among)
    out.loc[at, "topsis"] = decision.topsis(X[at], inputs.weights, inputs.cost).closeness
    other = decision.topsis(filled(inputs, milder)[at], inputs.weights, inputs.cost).closeness
    # rounding keeps measures that are alike in a tie
    out.loc[at, "rank_topsis"] = ranks(out.loc[at, "topsis"].to_numpy().round(9))
    out.loc[at, "rank_135"] = ranks(other.round(9))
    for part in (at, np.flatnonzero(~inputs.among)):
        out.loc[part, "rank_weighted_sum"] = ranks(out.loc[part, "weighted_sum"].to_numpy().round(9))
    return out


def simulate(inputs: Inputs, concentration: float, draws: int, seed: int) -> dict[str, decision.Acceptability]:
    """Rank acceptability of the compared measures by TOPSIS and by weighted sum."""
    rng = np.random.default_rng([seed, 5])
    weights = rng.dirichlet(inputs.weights * concentration, size=draws)
    need = inputs.need_draws[rng.integers(0, len(inputs.need_draws), size=draws)]
    X = filled(inputs, need @ inputs.strengths.T)[:, inputs.among]
    return {
        "topsis": decision.acceptability(decision.topsis(X, weights, inputs.cost).closeness.round(9)),
        "weighted_sum": decision.acceptability(decision.weighted_sum(X, weights, inputs.cost).round(9)),
    }


def robustness(inputs: Inputs, concentration: float, draws: int, seed: int) -> pd.DataFrame:
    """Columns ``SURE`` for every measure; blank for those apart."""
    found = simulate(inputs, concentration, draws, seed)
    out = pd.DataFrame(np.nan, index=range(len(inputs.scores)), columns=SURE)
    at = np.flatnonzero(inputs.among)
    out.loc[at, ["p_rank1", "p_top3", "rank_low", "rank_high"]] = np.column_stack(found["topsis"])
    out.loc[at, "p_rank1_weighted_sum"] = found["weighted_sum"].first
    for name, factor in (("half", 0.5), ("double", 2.0)):
        again = simulate(inputs, concentration * factor, draws, seed)["topsis"]
        out.loc[at, f"p_rank1_{name}"] = again.first
    return out


def first_and_optional(S: Floats, attributes: pd.DataFrame, must_be: list[str], unimportant: set[str]) -> pd.DataFrame:
    """What goes first because of a must-be attribute, and why; what serves nothing of importance."""
    names = attributes["attribute"].tolist()
    columns = [names.index(name) for name in must_be if name in names]
    urgent = (S[:, columns] > 0) & (S[:, columns] == S[:, columns].max(axis=0, initial=1))
    rows = []
    for i in range(len(S)):
        served = attributes.iloc[[column for column, yes in zip(columns, urgent[i], strict=True) if yes]]
        en = f"serves a must-be attribute that performs below the median: {', '.join(served['label_en'])}"
        zh = f"对应表现低于中位数的必备属性:{'、'.join(served['label_zh'])}"
        goes = len(served) > 0
        optional = {names[a] for a in np.flatnonzero(S[i])} <= unimportant
        rows.append([goes, en if goes else None, zh if goes else None, optional and not goes])
    return pd.DataFrame(rows, columns=["goes_first", "reason_en", "reason_zh", "optional"])


def order(table: pd.DataFrame) -> pd.Series:
    """Position in the list: what goes first, then by TOPSIS, at last what is ranked apart."""
    rank = table["rank_topsis"].fillna(table["rank_weighted_sum"])
    keys = pd.DataFrame({"apart": table["apart"], "later": ~table["goes_first"], "rank": rank})
    place = keys.sort_values(["apart", "later", "rank"], kind="stable").index
    return pd.Series(range(1, len(place) + 1), index=place).reindex(table.index)


def rank(
    inputs: Inputs, listed: pd.DataFrame, flags: pd.DataFrame, names: list[str], settings: dict[str, Any], seed: int
) -> pd.DataFrame:
    """The ranking table; ``settings`` holds ``draws`` and ``concentration``."""
    judged = rank_measures(inputs)
    own = pd.DataFrame(filled(inputs, judged["qfd_score"].to_numpy()), columns=names)
    sure = robustness(inputs, settings["concentration"], settings["draws"], seed)
    out = pd.concat([listed[[*LABELS, "apart"]], judged, own, sure, flags], axis=1)
    out["position"] = order(out)
    whole = ["rank_weighted_sum", "rank_topsis", "rank_135", "rank_low", "rank_high"]
    whole += [name for name in names if (out[name] % 1 == 0).all()]
    out[whole] = out[whole].astype("Int64")
    return out[[*LABELS, "qfd_score", *names, *JUDGED, *SURE, *FIRST]]


def check(file: StrategyFile, source: Any, apart: list[str]) -> None:
    """Raise ValueError when the catalogue or the study refers to what does not exist."""
    asked = [
        tables.read(path)[column].tolist()
        for path, column in (
            (source.attributes, "attribute"),
            (source.aspects, "aspect"),
            (source.products, "product"),
        )
    ]
    known = [measure.id for measure in file.measures]
    faults = listing.check(file, *asked) + unknown("strategy.apart of the study", apart, known)
    if set(known) <= set(apart):
        faults.append("strategy.apart of the study: found every measure; allowed: some of them; leave one out at least")
    if faults:
        raise ValueError(faults[0])


def need_weights(source: Any, attributes: list[str]) -> tuple[Floats, Floats, pd.DataFrame]:
    """Need weights of everybody (NaN where unknown), their draws, and the needs of all groups."""
    needs = tables.read(source.needs, text=["group"])
    draws = tables.read(source.need_draws)
    everybody = needs[needs["group"].eq(ALL)].set_index("attribute")["weight"].astype(float).reindex(attributes)
    drawn = draws.pivot(index="draw", columns="attribute", values="weight").reindex(columns=attributes)
    return everybody.to_numpy(), drawn.fillna(0.0).to_numpy(dtype=float), needs


def first_flags(source: Any, needs: pd.DataFrame, S: Floats, attributes: pd.DataFrame) -> pd.DataFrame:
    """What goes first and what is optional, from the needs and the map of importance and performance."""
    ipa = tables.read(source.ipa, text=["group"])
    low = ipa[ipa["group"].eq(ALL) & ipa["verdict"].isin(["low_priority", "overkill"])]
    must_be = needs.loc[needs["group"].eq(ALL) & needs["must_be_first"].eq("yes"), "attribute"].tolist()
    return first_and_optional(S, attributes, must_be, set(low["attribute"]))


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, output, params = snakemake.input, snakemake.output, snakemake.params
    file = load(source.strategy, StrategyFile, params.study)
    try:
        check(file, source, params.strategy["apart"])
    except ValueError as error:
        raise InputError(f"study {params.study}, file {source.strategy}, {error}") from error
    attributes, criteria = tables.read(source.attributes), tables.read(source.criteria)
    S, listed = (
        listing.strengths(file, attributes["attribute"].tolist()),
        listing.measures(file, params.strategy["apart"]),
    )
    weight, drawn, needs = need_weights(source, attributes["attribute"].tolist())
    names, weighed = criteria["criterion"].tolist(), values.read(source.weighed)
    coverage = listing.coverage(attributes, S, weight)
    found = rank_words.lacking(weight, weighed)
    ranking = tables.empty([*LABELS, "qfd_score", *names, *JUDGED, *SURE, *FIRST])
    offers = tables.empty(bundles.COLUMNS)
    if found is None:
        flags = first_flags(source, needs, S, attributes)
        inputs = Inputs(
            scores=listing.scores(file),
            strengths=S,
            need=np.nan_to_num(weight),
            need_draws=drawn,
            weights=criteria["weight"].to_numpy(dtype=float),
            cost=criteria["direction"].eq("min").to_numpy(),
            among=~listed["apart"].to_numpy(dtype=bool),
        )
        settings = params.strategy | {"concentration": weighed["concentration"]}
        ranking = rank(inputs, listed, flags, names, settings, params.seed)
        focus, content = (tables.read(path, text=["group"]) for path in (source.focus, source.content))
        marked = listed.assign(goes_first=flags["goes_first"])
        offers = bundles.bundles(needs, S, attributes, marked, focus, content, params.needs["top"])
        found = rank_words.describe(ranking, coverage, weighed, params.strategy, params.seed)
    tables.write(listed, output.measures, ["position"])
    tables.write(listing.families(file), output.families, ["position"])
    tables.write(listing.qfd_table(listed, attributes, S, weight), output.qfd, ["measure", "attribute"])
    tables.write(coverage, output.coverage, ["attribute"])
    tables.write(ranking, output.ranking, ["measure"])
    tables.write(offers, output.bundles, ["group", "position"])
    values.write(found, output.values)


if __name__ == "__main__":
    run(main, snakemake)
