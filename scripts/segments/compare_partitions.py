"""Sensitivities of the segments: how far other ways of dividing the same respondents agree with the reported one.

1. Complete answers only: k-means as for the segments, and gate A, on respondents without a hole in the importance.
2. Latent classes of holdings (scripts/segments/latent_classes.py).
3. Gower distance and PAM on importance, holdings and firmographics together (scripts/segments/gower.py), with as many
   clusters as there are groups. Importance is row-centred, its holes stay holes.

Each is told as the adjusted Rand index with the reported partition, beside two references: what chance gives, and what
the same method gives when the respondents are drawn again (gate B's samples). Where no segments are supported, the
groups fixed beforehand stand in; the items that define them then leave the blocks, and k-means is not compared, for
nothing licenses its division. No sensitivity names a segment or changes their number.

Of more than ``segments.sample`` respondents so many are drawn for 2 and 3. A comparison that cannot be made says why.
"""

import zlib
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scripts.lib import tables, values
from scripts.lib.job import run
from scripts.lib.resampling import Units, tie_break, unit_of
from scripts.segments.blocks import blocks_of
from scripts.segments.feature_words import FEWEST
from scripts.segments.features import canonical_order
from scripts.segments.gower import Block, gower, pam
from scripts.segments.latent_classes import CLASSES, latent_classes
from scripts.segments.limits import numbers_tried
from scripts.segments.partition import sampled, silhouettes, standardise
from scripts.segments.partitions import final_partition
from scripts.segments.rand import agreement
from scripts.segments.test_homogeneity import run_gate

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
DRAWS = 999
NAMES = {
    "resampled": ("The same method, respondents drawn again", "同一方法，重新抽取答卷者"),
    "complete_cases": ("Complete answers only", "仅用完整答卷"),
    "latent_classes": ("Latent classes of holdings", "持有情况的潜在类别"),
    "gower_pam": ("Gower distance and PAM, all blocks", "Gower 距离与 PAM（全部变量）"),
}
SENSITIVITIES = ["sensitivity", "label_en", "label_zh", "status", "n", "k", "ari", "ari_low", "ari_high", "chance"]
SENSITIVITIES += ["reading", "reason_en", "reason_zh", "position"]
Told = dict[str, Any]


def refused(en: str, zh: str, **also: Any) -> Told:
    """A comparison that cannot be made, and why."""
    return {"status": "refused", "reason_en": en, "reason_zh": zh} | also


def compared(reported: Labels, other: Labels, units: Units, rng: np.random.Generator) -> Told:
    """A comparison with the reported partition."""
    found = agreement(reported, other, units, DRAWS, rng)
    told = {"status": "ok", "n": len(other), "k": int(other.max()) + 1, "chance": found.chance}
    return told | {"ari": found.ari, "ari_low": found.low, "ari_high": found.high}


def complete_cases(
    answers: Floats,
    columns: Labels,
    reported: Labels,
    units: Units,
    supported: bool,
    settings: dict[str, Any],
    seed: int,
) -> tuple[Told, dict[str, Any]]:
    """The comparison, and the gate's verdict on complete answers.

    Parameters
    ----------
    answers : (n, p) importance answers with holes, in an order that depends on them alone.
    columns : which of them are clustered.
    reported : (n,) the reported groups.
    units : (n,) respondents that a bootstrap draws together.
    """
    whole = ~np.isnan(answers).any(axis=1)
    n, k = int(whole.sum()), int(reported.max()) + 1
    if n < FEWEST:
        why = f"{n} answers are complete, at least {FEWEST} are needed.", f"完整答卷为{n}份，至少需要{FEWEST}份。"
        return refused(*why, n=n), {"n": n, "tested": False}
    gate = run_gate(answers[whole], columns, settings, seed)
    if gate is None:
        why = f"{n} complete answers cannot carry two segments.", f"{n}份完整答卷不足以划分为两个群体。"
        return refused(*why, n=n), {"n": n, "tested": False}
    passing = gate.table.loc[gate.table["passes"], "k"].tolist()
    verdict = {"n": n, "tested": True, "passed": bool(passing), "p_smallest": gate.table["p_adjusted"].min()}
    verdict |= {"k_smallest_p": int(gate.table.loc[gate.table["p"].idxmin(), "k"]), "passing": passing}
    features = (answers[whole] - answers[whole].mean(axis=1, keepdims=True))[:, columns]
    if not supported:
        why = "No segments were found with which k-means could be compared.", "没有可供比较的需求分群。"
        return refused(*why, n=n), verdict
    if k not in numbers_tried(features, settings):
        why = f"{n} complete answers cannot carry {k} segments.", f"{n}份完整答卷不足以划分为{k}个群体。"
        return refused(*why, n=n), verdict
    labels = final_partition(standardise(features), k, settings["starts_final"], seed)
    return compared(reported[whole], labels, units[whole], np.random.default_rng([seed, 0])), verdict


def classes_of_holdings(
    holdings: Floats, reported: Labels, units: Units, settings: dict[str, Any], seed: int
) -> tuple[Told, pd.DataFrame, list[dict[str, Any]]]:
    """The comparison, one row a number of classes, and warnings; ``holdings`` (n, p) are 0, 1 or NaN."""
    known = ~np.isnan(holdings).all(axis=1)
    X, n = holdings[known], int(known.sum())
    if not holdings.shape[1] or n == 0:
        why = "The questionnaire does not ask what is used.", "问卷未询问持有情况。"
        return refused(*why), tables.empty(CLASSES), []
    if n < FEWEST:
        why = (
            f"{n} answers tell what is used, at least {FEWEST} are needed.",
            f"答出持有情况的答卷为{n}份，至少需要{FEWEST}份。",
        )
        return refused(*why, n=n), tables.empty(CLASSES), []
    if not Block(X, ["presence"] * X.shape[1]).varying().kinds:
        why = "Everybody uses the same: there is nothing to divide.", "所有答卷者的持有情况相同，无从划分。"
        return refused(*why, n=n), tables.empty(CLASSES), []
    chosen = sampled(n, settings["sample"], np.random.default_rng([seed, 3]))
    X, reported, units, n = X[chosen], reported[known][chosen], units[known][chosen], len(chosen)
    ks = [1, *numbers_tried(np.nan_to_num(X, nan=-1), settings)]
    found = latent_classes(X, ks, settings["class_starts"], seed)
    warned = [
        values.warning(
            "empty_class",
            "note",
            f"Latent classes of holdings: of {', '.join(map(str, found.emptied))} classes one had no members; a number "
            "that leaves a class empty does not count.",
            f"持有情况的潜在类别：类别数为{'、'.join(map(str, found.emptied))}时有一类没有成员，该类别数不计入比较。",
        )
    ] * bool(found.emptied)
    if found.labels.max() == 0:
        why = (
            "By BIC all answers on holdings are of one class: there is nothing to compare.",
            "按 BIC，持有情况只构成一个类别，无从比较。",
        )
        return refused(*why, n=n, k=1), found.table, warned
    return compared(reported, found.labels, units, np.random.default_rng([seed, 1])), found.table, warned


def mixed_blocks(
    blocks: dict[str, Block], reported: Labels, units: Units, settings: dict[str, Any], seed: int
) -> tuple[Told, dict[str, Any]]:
    """The comparison, and what went into it."""
    rng = np.random.default_rng([seed, 2])
    chosen, k = sampled(len(reported), settings["sample"], rng), int(reported.max()) + 1
    used = {name: Block(block.values[chosen], block.kinds).varying() for name, block in blocks.items()}
    used = {name: block for name, block in used.items() if block.kinds}
    distance = gower(list(used.values()))
    labels = pam(distance, k)
    more: dict[str, Any] = {
        "n": len(chosen),
        "silhouette": silhouettes(distance, labels[None])[0],
    }
    more["variables"] = {name: len(used[name].kinds) if name in used else 0 for name in blocks}
    return compared(reported[chosen], labels, units[chosen], rng), more


def read_as(told: Told, resampled: dict[str, Any] | None) -> str:
    """What a comparison says: no more than chance, more than that, or by its interval as alike as redrawn ones."""
    if told["status"] != "ok":
        return ""
    if told["ari"] <= told["chance"]:
        return "chance"
    return "alike" if resampled and told["ari_high"] >= resampled["low"] else "partly"


def table_of(told: dict[str, Told], resampled: dict[str, Any] | None, n: int, k: int) -> pd.DataFrame:
    """One row a sensitivity; the first is the yardstick, where segments are supported."""
    rows = []
    if resampled:
        yardstick = {"ari": resampled["ari"], "ari_low": resampled["low"], "ari_high": resampled["high"]}
        rows.append({"sensitivity": "resampled", "status": "ok", "n": n, "k": k, "reading": "yardstick"} | yardstick)
    rows += [{"sensitivity": name, "reading": read_as(one, resampled)} | one for name, one in told.items()]
    out = pd.DataFrame(rows).reindex(columns=SENSITIVITIES)
    out["label_en"], out["label_zh"] = zip(*(NAMES[name] for name in out["sensitivity"]), strict=True)
    return out.astype({"n": "Int64", "k": "Int64"}).assign(position=range(1, len(out) + 1))


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, target, params = snakemake.input, snakemake.output, snakemake.params
    book, options = tables.read(source.codebook), tables.read(source.options)
    clustered, settings = values.read(source.clustered), params.segments
    answers, features = tables.read(source.answers), tables.read(source.features)
    members = tables.read(source.members, text=["group"])[["respondent", "group"]]
    complete = tables.read(source.complete, text=book[book["type"].eq("single")]["item"].tolist())
    if members.loc[members["respondent"].isin(features["respondent"]), "group"].nunique() < 2:
        why = (
            (
                "Other ways of dividing are not compared: there is one group only.",
                "未与其他划分方式比较：只有一个群体。",
            )
            if len(features)
            else (
                "Other ways of dividing are not compared: too few gave importance.",
                "未与其他划分方式比较：重要性回答不足。",
            )
        )
        tables.write(tables.empty(SENSITIVITIES), target.table, ["position"])
        tables.write(tables.empty(CLASSES), target.classes, ["k"])
        values.write(values.refused(*why), target.values)
        return
    seed = int(np.random.default_rng([params.seed, zlib.crc32(b"compare_partitions")]).integers(2**31))
    rows = answers.merge(members, on="respondent").merge(complete, on="respondent")
    columns, supported = answers.columns[1:].get_indexer(features.columns[1:]), bool(clustered["supported"])
    given = rows[answers.columns[1:]].to_numpy(float)
    blocks = blocks_of(given[:, columns], rows, book, options, [] if supported else settings["a_priori"])
    group, units = rows["group"].astype(int).to_numpy(), unit_of(rows["respondent"], tables.read(source.units))
    every = np.column_stack([given, *(block.values for block in blocks.values()), group, tie_break(units)])
    order = canonical_order(every)
    units, given = units[order], given[order]
    blocks = {name: Block(block.values[order], block.kinds) for name, block in blocks.items()}
    reported, held = np.unique(group[order], return_inverse=True)[1], blocks["holdings"].values
    whole, verdict = complete_cases(given, columns, reported, units, supported, settings, seed)
    classes, table, warned = classes_of_holdings(held, reported, units, settings, seed)
    mixed, used = mixed_blocks(blocks, reported, units, settings, seed)
    told = {"complete_cases": whole, "latent_classes": classes, "gower_pam": mixed}
    out = table_of(told, clustered.get("resampled"), len(reported), int(reported.max()) + 1)
    tables.write(out, target.table, ["position"])
    tables.write(table, target.classes, ["k"])
    found = {
        "method": "adjusted Rand index; latent classes: binary items, EM, number by BIC; PAM on Gower's distance, all "
        "variables of the same weight, joint absence not counted",
        "compared": "segments" if supported else "groups",
        "complete": verdict,
        "gower": used,
        "n_items_classes": held.shape[1],
        "sample": settings["sample"],
        "sampled": len(reported) > settings["sample"],
        "draws": DRAWS,
        "warnings": warned,
    }
    values.write(found, target.values)


if __name__ == "__main__":
    run(main, snakemake)
