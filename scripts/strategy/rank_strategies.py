"""Which measures come first, how sure that is, and a bundle for each group.

Method. QFD score of a measure: sum over attributes of need weight (needs.csv, everybody) times strength 0/1/3/9, with
the percentile interval of the needs' bootstrap; as the criterion that is computed it is scaled linearly to 1..5,
smallest of the compared measures 1, largest 5. Weighted sum: scores on the fixed bounds 1..5, turned round where less
is better. TOPSIS: vector normalisation (scripts/strategy/decision.py); it is the ranking that the robustness is told
for.

Robustness: scripts/strategy/robustness.py. A measure is a clear winner when it comes first with probability ``winner``
by both methods, for two methods that disagree leave the question open. Sensitivity: strengths 0/1/3/5, for the QFD
score and for TOPSIS.

What comes first whatever its score (``goes_first``): the measures that serve a must-be attribute with performance below
the median most strongly. ``optional``: a measure that serves only attributes of decided low importance. Measures of
``apart`` are held to the same bounds and ranked among themselves by weighted sum: their addressees were not asked.
Bundles: scripts/strategy/bundles.py.

Refuses to rank without need weights or criteria weights; the catalogue's tables, and bundles where there are need
weights, are written all the same.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scripts.lib import tables, values
from scripts.lib.intervals import ranks
from scripts.lib.job import run
from scripts.strategy import bundles, decision, listing, rank_words
from scripts.strategy.catalogue import load
from scripts.strategy.measures import StrategyFile
from scripts.strategy.robustness import ACCEPTABILITY, SURE, Inputs, filled, robustness

Floats = NDArray[np.float64]
ALL = "all"
LABELS = ["measure", "family", "label_en", "label_zh"]
QFD = ["qfd_score", "qfd_low", "qfd_high", "rank_qfd", "rank_qfd_135"]
JUDGED = ["weighted_sum", "rank_weighted_sum", "topsis", "rank_topsis", "rank_135"]
RANKS = ["rank_qfd", "rank_qfd_135", "rank_weighted_sum", "rank_topsis", "rank_135", "rank_low", "rank_high"]
FIRST = ["goes_first", "reason_en", "reason_zh", "optional", "apart", "position"]
SURE_OF_RANK = [name for name in SURE if name not in QFD]
MILDER = 5  # what stands for 9 in the sensitivity 0/1/3/5


def rank_measures(inputs: Inputs) -> pd.DataFrame:
    """Scores and ranks of each measure at the point estimates; those apart by weighted sum among themselves."""
    qfd = inputs.strengths @ inputs.need
    milder = np.where(inputs.strengths == 9, MILDER, inputs.strengths) @ inputs.need
    X, at = filled(inputs, qfd), np.flatnonzero(inputs.among)
    out = pd.DataFrame({"qfd_score": qfd})
    out["weighted_sum"] = decision.weighted_sum(X, inputs.weights, inputs.cost)
    out[["topsis", "rank_topsis", "rank_weighted_sum", "rank_135", "rank_qfd", "rank_qfd_135"]] = np.nan
    close = decision.topsis(X[at], inputs.weights, inputs.cost).closeness
    other = decision.topsis(filled(inputs, milder)[at], inputs.weights, inputs.cost).closeness
    out.loc[at, "topsis"] = close
    scores = {"rank_topsis": close, "rank_135": other, "rank_qfd": qfd[at], "rank_qfd_135": milder[at]}
    for name, score in scores.items():
        out.loc[at, name] = ranks(score.round(9))  # rounding keeps measures that are alike in a tie
    for part in (at, np.flatnonzero(~inputs.among)):
        out.loc[part, "rank_weighted_sum"] = ranks(out.loc[part, "weighted_sum"].to_numpy().round(9))
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
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The ranking table and the acceptability of ranks; ``settings`` holds ``draws`` and ``concentration``."""
    judged = rank_measures(inputs)
    own = pd.DataFrame(filled(inputs, judged["qfd_score"].to_numpy()), columns=names)
    sure, acceptability = robustness(inputs, listed["measure"], settings["concentration"], settings["draws"], seed)
    out = pd.concat([listed[[*LABELS, "apart"]], judged, own, sure, flags], axis=1)
    out["position"] = order(out)
    whole = [*RANKS, *(name for name in names if (out[name] % 1 == 0).all())]
    out[whole] = out[whole].astype("Int64")
    return out[[*LABELS, *QFD, *names, *JUDGED, *SURE_OF_RANK, *FIRST]], acceptability


def need_weights(source: Any, attributes: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The needs of all groups, with what is in the management focus, and the draws of their weights."""
    needs, focus = (tables.read(path, text=["group"]) for path in (source.needs, source.focus))
    chosen = set(zip(focus["group"], focus["attribute"], strict=True))
    needs["focus"] = [pair in chosen for pair in zip(needs["group"], needs["attribute"], strict=True)]
    needs["must_be_first"] = needs["must_be_first"].eq("yes")
    needs["weight"] = needs["weight"].astype(float)
    draws = tables.read(source.need_draws, text=["group"])
    return needs, draws.reindex(columns=["group", "draw", *attributes])


def first_flags(source: Any, needs: pd.DataFrame, S: Floats, attributes: pd.DataFrame) -> pd.DataFrame:
    """What goes first and what is optional, from the needs and the map of importance and performance."""
    ipa = tables.read(source.ipa, text=["group"])
    low = ipa[ipa["group"].eq(ALL) & ipa["verdict"].isin(["low_priority", "overkill"])]
    must_be = needs.loc[needs["group"].eq(ALL) & needs["must_be_first"], "attribute"].tolist()
    return first_and_optional(S, attributes, must_be, set(low["attribute"]))


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, output, params = snakemake.input, snakemake.output, snakemake.params
    file = load(source.strategy, StrategyFile, params.study)
    attributes, criteria = tables.read(source.attributes), tables.read(source.criteria)
    ids, names = attributes["attribute"].tolist(), criteria["criterion"].tolist()
    S, listed = listing.strengths(file, ids), listing.measures(file, params.strategy["apart"])
    needs, draws = need_weights(source, ids)
    everybody = needs[needs["group"].eq(ALL)].set_index("attribute")
    weight = everybody["weight"].reindex(ids).to_numpy(dtype=float)
    weighed = values.read(source.weighed)
    coverage = listing.coverage(attributes, S, weight)
    content = tables.read(source.content, text=["group"])
    offers = bundles.bundles(needs, draws, S, ids, listed, content, params.needs["top"])
    found = rank_words.lacking(weight, weighed)
    ranking = tables.empty([*LABELS, *QFD, *names, *JUDGED, *SURE_OF_RANK, *FIRST])
    acceptability = tables.empty(ACCEPTABILITY)
    if found is None:
        inputs = Inputs(
            scores=listing.scores(file),
            strengths=S,
            need=np.nan_to_num(weight),
            need_draws=draws.loc[draws["group"].eq(ALL), ids].fillna(0.0).to_numpy(dtype=float),
            weights=criteria["weight"].to_numpy(dtype=float),
            cost=criteria["direction"].eq("min").to_numpy(),
            among=~listed["apart"].to_numpy(dtype=bool),
        )
        settings = params.strategy | {"concentration": weighed["concentration"]}
        flags = first_flags(source, needs, S, attributes)
        ranking, acceptability = rank(inputs, listed, flags, names, settings, params.seed)
        found = rank_words.describe(ranking, coverage, weighed, params.strategy, params.seed)
    tables.write(listed, output.measures, ["position"])
    tables.write(listing.families(file), output.families, ["position"])
    tables.write(listing.qfd_table(listed, attributes, S, weight), output.qfd, ["measure", "attribute"])
    tables.write(coverage, output.coverage, ["attribute"])
    tables.write(ranking, output.ranking, ["measure"])
    tables.write(acceptability, output.acceptability, ["measure", "method", "rank"])
    tables.write(offers, output.bundles, ["group", "position"])
    values.write(found, output.values)


if __name__ == "__main__":
    run(main, snakemake)
