"""Segments of respondents by need, or the groups that take their place.

k-means on the z-scores of the row-centred importance (``segments.starts_final`` starts, scikit-learn) for every k
that gate A tried. A number of segments counts when it passes gate A (test_homogeneity), gate B (mean bootstrap
Jaccard of every segment at least ``segments.jaccard_floor``, Hennig 2007) and gate C (smallest segment at least
max(``size_floor``, ``size_share`` of n)). Among those, the smallest by the gap statistic's 1-SE rule, else the
largest excess of the silhouette over the null. Every index of every number is printed (scripts/segments/indices.py);
none has a vote without the gates. Segments are numbered by size, descending, and named by the study or by the two
attributes in which they stand highest above everybody (scripts/segments/naming.py). How often a respondent returns to
the own segment under resampling is told; who does so too rarely lies between segments.

Where no k passes, no segments are supported: the groups that the study named beforehand take their place everywhere
downstream (scripts/segments/a_priori.py), for all usable answers.
"""

import zlib
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scripts.lib import tables, values
from scripts.lib.job import InputError, run
from scripts.lib.resampling import tie_break, unit_of
from scripts.segments import segment_words as words
from scripts.segments.a_priori import group_by
from scripts.segments.features import canonical_order
from scripts.segments.indices import GATES, TABLE, all_indices, picks
from scripts.segments.limits import smallest_segment
from scripts.segments.naming import names
from scripts.segments.partition import standardise
from scripts.segments.partitions import JACCARD, Partitions, choose, jaccard_table, partitions

Floats = NDArray[np.float64]
MEMBERS = ["respondent", "group", "group_kind", "stability", "between"]
GROUPS = ["group", "group_kind", "label_en", "label_zh", "n", "share"]
STABILITY = ["group", "label_en", "label_zh", "n", "jaccard", "recovered", "dissolved"]
STABILITY += ["stability_median", "n_between", "share_between"]


def segment_tables(
    respondents: pd.Series,
    Z: Floats,
    parts: Partitions,
    k: int,
    attributes: pd.DataFrame,
    settings: dict[str, Any],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Members and groups of the chosen partition.

    ``attributes`` has one row a column of Z, with label_en and label_zh. A respondent whose stability is below
    ``segments.jaccard_floor`` lies between segments.
    """
    labels = parts.labels[k]
    members = pd.DataFrame({"respondent": respondents.to_numpy(), "group": (labels + 1).astype(str)})
    members["group_kind"], members["stability"] = "segment", parts.stability[k].respondents
    members["between"] = members["stability"] < settings["jaccard_floor"]
    sizes = np.bincount(labels)
    rows = [
        (str(number), "segment", *name, int(n), n / len(labels))
        for number, (name, n) in enumerate(zip(names(Z, labels, attributes, settings["names"]), sizes, strict=True), 1)
    ]
    return members[MEMBERS], pd.DataFrame(rows, columns=GROUPS)


def a_priori_tables(
    complete: pd.DataFrame, options: pd.DataFrame, items: list[str], floor: int, min_cell: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Members and groups fixed beforehand, for everybody whose answers are usable."""
    asked = [item for item in items if item in complete]
    found = group_by(complete[asked], options, floor, min_cell)
    members = pd.DataFrame({"respondent": complete["respondent"], "group": found.member})
    members = members.assign(group_kind="a_priori", stability=np.nan, between=np.nan)
    return members[MEMBERS], found.table.assign(group_kind="a_priori")[GROUPS]


def check_a_priori(items: list[str], book: pd.DataFrame, study: str) -> None:
    """The items that form groups have to be single-choice firmographics."""
    fit = book[book["role"].eq("firmographic") & book["type"].eq("single")]["item"].tolist()
    for item in items:
        if item not in fit:
            raise InputError(
                f"study {study}, config/studies/{study}.yaml, segments.a_priori: found {item}; "
                f"allowed: {', '.join(fit) or 'nothing, the instrument has no such item'}; name single-choice "
                "firmographic items of the instrument"
            )


def stability_table(groups: pd.DataFrame, members: pd.DataFrame, parts: Partitions, k: int) -> pd.DataFrame:
    """How far each segment, and the respondents assigned to it, return when the respondents are drawn again.

    It counts assignments, not answers: no cell of it tells what anybody answered.
    """
    of = members.groupby("group")
    out = groups[["group", "label_en", "label_zh", "n"]].copy()
    for name, part in zip(("jaccard", "recovered", "dissolved"), parts.stability[k][:3], strict=True):
        out[name] = part
    out["stability_median"] = out["group"].map(of["stability"].median())
    out["n_between"] = out["group"].map(of["between"].sum()).astype(int)
    out["share_between"] = out["n_between"] / out["n"]
    return out[STABILITY]


def supported_values(
    indices: pd.DataFrame, members: pd.DataFrame, again: Floats, n_all: int, rule: str, floor: float
) -> dict[str, Any]:
    """What the text says of segments that passed every gate; ``again`` are adjusted Rand indices of the resamples."""
    row, between = indices[indices["chosen"]].iloc[0], int(members["between"].sum())
    return {
        "status": "ok",
        "silhouette": row["silhouette"],
        "min_jaccard": row["min_jaccard"],
        "n_wavering": between,
        "median_stability": members["stability"].median(),
        "resampled": {"ari": again.mean(), "low": np.quantile(again, 0.025), "high": np.quantile(again, 0.975)},
        "sentence": words.supported_sentence(row, rule),
        "n_not_grouped": n_all - len(members),
        "warnings": words.wavering(between, len(members), floor),
    }


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, target, settings = snakemake.input, snakemake.output, snakemake.params.segments
    check_a_priori(settings["a_priori"], tables.read(source.codebook), snakemake.params.study)
    complete = tables.read(source.complete, text=settings["a_priori"])
    gate, tested = tables.read(source.homogeneity), values.read(source.tested)
    indices, jaccard, k, rule, further = tables.empty(TABLE), tables.empty(JACCARD), None, "none", []
    stability, picked, smallest = tables.empty(STABILITY), {}, settings["size_floor"]
    if len(gate):
        features = tables.read(source.features)
        units = unit_of(features["respondent"], tables.read(source.units))
        order = canonical_order(np.column_stack([features.iloc[:, 1:], tie_break(units)]))
        features = features.iloc[order]
        Z = standardise(features.iloc[:, 1:].to_numpy())
        seed = [snakemake.params.seed, zlib.crc32(b"cluster_customers")]
        parts = partitions(Z, gate, settings, seed, units[order])
        indices, jaccard = all_indices(Z, parts, settings, seed), jaccard_table(parts)
        picked = picks(indices, settings["prediction_floor"])
        k, rule = choose(parts.indices)
        smallest = smallest_segment(len(Z), settings)
        further = words.fewer_numbers(int(gate["k"].max()), settings, len(Z))
    if k is None:
        floor = max(settings["size_floor"], snakemake.params.min_cell)
        members, groups = a_priori_tables(
            complete, tables.read(source.options), settings["a_priori"], floor, snakemake.params.min_cell
        )
        limits = (settings["jaccard_floor"], smallest)
        sentence = words.refusal_sentence(parts.indices, tested, *limits) if len(gate) else tested["reason"]
        status = "absent" if tested["status"] == "absent" else "refused"
        found = {"status": status, "reason": sentence, "sentence": sentence, "n_not_grouped": 0, "warnings": []}
    else:
        labels = tables.read(source.attributes).set_index("attribute").loc[features.columns[1:]]
        members, groups = segment_tables(features["respondent"], Z, parts, k, labels, settings)
        stability = stability_table(groups, members, parts, k)
        again, floor = parts.stability[k].agreement, settings["jaccard_floor"]
        found = supported_values(parts.indices, members, again, len(complete), rule, floor)
    found["warnings"] += further + words.unused_names(settings["names"], k or 0)
    found |= {
        "supported": k is not None,
        "k": k if k is not None else len(groups),
        "group_kind": groups["group_kind"].iloc[0],
        "n_groups": len(groups),
        "n_grouped": len(members),
        "rule": rule,
        "picks": picked,
        "prediction_floor": settings["prediction_floor"],
        "stability_floor": settings["jaccard_floor"],
        "smallest_segment": smallest,
        "sample": settings["sample"],
        "sampled": bool(len(gate)) and len(features) > settings["sample"],
        "gates": {gate: indices.loc[indices[gate].eq("yes"), "k"].tolist() for gate in GATES},
    }
    tables.write(members, target.members, ["respondent"])
    tables.write(groups.assign(position=groups["group"].astype(int)), target.groups, ["position"])
    tables.write(indices, target.indices, ["k"])
    tables.write(jaccard, target.jaccard, ["k", "segment"])
    tables.write(stability.assign(position=stability["group"].astype(int)), target.stability, ["position"])
    values.write(found, target.values)


if __name__ == "__main__":
    run(main, snakemake)
