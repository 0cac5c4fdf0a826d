"""Segments of respondents by need, or the groups that take their place.

k-means on the z-scores of the row-centred importance (``segments.starts_final`` starts, scikit-learn) for every k
that gate A tried. A number of segments counts when it passes gate A (test_homogeneity), gate B (mean bootstrap
Jaccard of every segment at least ``segments.jaccard_floor``, Hennig 2007) and gate C (smallest segment at least
max(``size_floor``, ``size_share`` of n)). Among those, the smallest by the gap statistic's 1-SE rule, else the
largest excess of the silhouette over the null. Segments are numbered by size, descending, and named by the study or
by the two attributes in which they stand highest above everybody.

Where no k passes, no segments are supported: the groups that the study named beforehand take their place everywhere
downstream (scripts/segments/a_priori.py), for all usable answers.
"""

import zlib
from typing import Any

import numpy as np
import pandas as pd

from scripts.lib import tables, values
from scripts.lib.job import InputError, run
from scripts.lib.resampling import tie_break, unit_of
from scripts.segments.a_priori import group_by
from scripts.segments.features import canonical_order
from scripts.segments.partition import standardise
from scripts.segments.partitions import INDICES, Partitions, choose, jaccard_table, most_distinctive, partitions

MEMBERS = ["respondent", "group", "group_kind", "stability"]
GROUPS = ["group", "group_kind", "label_en", "label_zh", "n", "share"]
JACCARD = ["k", "segment", "jaccard", "size"]


def segment_tables(
    respondents: pd.Series, Z: np.ndarray, parts: Partitions, k: int, attributes: pd.DataFrame, names: dict[str, Any]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Members and groups of the chosen partition.

    ``attributes`` has one row a column of Z, with label_en and label_zh; ``names`` are the study's own names by number.
    """
    labels = parts.labels[k]
    members = pd.DataFrame({"respondent": respondents.to_numpy(), "group": (labels + 1).astype(str)})
    members["group_kind"], members["stability"] = "segment", parts.stability[k].respondents
    rows = []
    for cluster, top in enumerate(most_distinctive(Z, labels)):
        given, n = names.get(str(cluster + 1)), int((labels == cluster).sum())
        english = given["en"] if given else " / ".join(attributes["label_en"].iloc[top])
        chinese = given["zh"] if given else "、".join(attributes["label_zh"].fillna(attributes["label_en"]).iloc[top])
        rows.append((str(cluster + 1), "segment", english, chinese, n, n / len(labels)))
    return members[MEMBERS], pd.DataFrame(rows, columns=GROUPS)


def a_priori_tables(
    complete: pd.DataFrame, options: pd.DataFrame, items: list[str], floor: int, min_cell: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Members and groups fixed beforehand, for everybody whose answers are usable."""
    asked = [item for item in items if item in complete]
    found = group_by(complete[asked], options, floor, min_cell)
    members = pd.DataFrame({"respondent": complete["respondent"], "group": found.member})
    members["group_kind"], members["stability"] = "a_priori", np.nan
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


def refusal_sentence(indices: pd.DataFrame, tested: dict[str, Any], settings: dict[str, Any]) -> dict[str, str]:
    """Why no segments are supported, in one sentence."""
    passed = indices[indices["gate_a"]]
    if passed.empty:
        p, k = tested["p_smallest"], tested["k_smallest_p"]
        return values.text(
            "No segments are supported by these answers: they are no more grouped than answers of one homogeneous "
            f"population (homogeneity test, smallest corrected p = {p:.3f}, at k = {k}).",
            f"答卷不支持需求分群：其成群程度不高于同质总体（同质性检验，校正后最小 p = {p:.3f}，k = {k}）。",
        )
    best = passed.loc[passed["min_jaccard"].idxmax()]
    return values.text(
        "No segments are supported by these answers: they are not homogeneous (smallest corrected p = "
        f"{tested['p_smallest']:.3f}), but no division holds (the most stable one, k = {int(best['k'])}, reaches a "
        f"lowest Jaccard similarity of {best['min_jaccard']:.2f}, the limit being {settings['jaccard_floor']:.2f}, and "
        f"a smallest segment of {int(best['min_size'])} respondents).",
        f"答卷不支持需求分群：答卷并非同质（校正后最小 p = {tested['p_smallest']:.3f}），但没有稳定的划分"
        f"（最稳定的 k = {int(best['k'])}，最低 Jaccard 系数{best['min_jaccard']:.2f}，"
        f"界限{settings['jaccard_floor']:.2f}，最小群{int(best['min_size'])}份）。",
    )


def supported_values(
    indices: pd.DataFrame, members: pd.DataFrame, n_all: int, rule: str, settings: dict[str, Any]
) -> dict[str, Any]:
    """What the text says of segments that passed every gate."""
    row = indices[indices["chosen"]].iloc[0]
    k, wavering = int(row["k"]), int((members["stability"] < settings["jaccard_floor"]).sum())
    reasons = {
        "gap_1se": (
            "the smallest number by the gap statistic's one-standard-error rule",
            "为间隙统计量一倍标准误规则下的最小值",
        ),
        "silhouette_excess": ("the number that stands out most from the null", "超出零分布最多"),
    }
    why = reasons[rule]
    note = values.warning(
        "wavering_members",
        "note",
        f"{wavering} of {len(members)} respondents lie between segments: in fewer than "
        f"{settings['jaccard_floor']:.0%} of the resamples they return to their own.",
        f"{len(members)}份答卷中有{wavering}份处于群体交界：重抽样中回到原群的比例不足{settings['jaccard_floor']:.0%}。",
    )
    return {
        "status": "ok",
        "silhouette": row["silhouette"],
        "min_jaccard": row["min_jaccard"],
        "n_wavering": wavering,
        "median_stability": members["stability"].median(),
        "sentence": values.text(
            f"{k} segments are supported: they pass the homogeneity test, every one of them returns under resampling "
            f"(lowest Jaccard similarity {row['min_jaccard']:.2f}), the smallest holds {int(row['min_size'])} "
            f"respondents; {k} is {why[0]}.",
            f"支持{k}个需求分群：通过同质性检验，重抽样下各群均可重现（最低 Jaccard 系数{row['min_jaccard']:.2f}），"
            f"最小群{int(row['min_size'])}份；k = {k} {why[1]}。",
        ),
        "n_not_grouped": n_all - len(members),
        "warnings": [note] if wavering else [],
    }


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, target, settings = snakemake.input, snakemake.output, snakemake.params.segments
    check_a_priori(settings["a_priori"], tables.read(source.codebook), snakemake.params.study)
    complete = tables.read(source.complete, text=settings["a_priori"])
    gate, tested = tables.read(source.homogeneity), values.read(source.tested)
    indices, jaccard, k, rule = tables.empty(INDICES), tables.empty(JACCARD), None, "none"
    if len(gate):
        features = tables.read(source.features)
        units = unit_of(features["respondent"], tables.read(source.units))
        order = canonical_order(np.column_stack([features.iloc[:, 1:], tie_break(units)]))
        features = features.iloc[order]
        Z = standardise(features.iloc[:, 1:].to_numpy())
        seed = [snakemake.params.seed, zlib.crc32(b"cluster_customers")]
        parts = partitions(Z, gate, settings, seed, units[order])
        indices, jaccard = parts.indices, jaccard_table(parts)
        k, rule = choose(indices)
    if k is None:
        floor = max(settings["size_floor"], snakemake.params.min_cell)
        members, groups = a_priori_tables(
            complete, tables.read(source.options), settings["a_priori"], floor, snakemake.params.min_cell
        )
        sentence = refusal_sentence(indices, tested, settings) if len(gate) else tested["reason"]
        status = "absent" if tested["status"] == "absent" else "refused"
        found = {"status": status, "reason": sentence, "sentence": sentence, "n_not_grouped": 0, "warnings": []}
    else:
        labels = tables.read(source.attributes).set_index("attribute").loc[features.columns[1:]]
        members, groups = segment_tables(features["respondent"], Z, parts, k, labels, settings["names"])
        found = supported_values(indices, members, len(complete), rule, settings)
    found |= {
        "supported": k is not None,
        "k": k if k is not None else len(groups),
        "group_kind": groups["group_kind"].iloc[0],
        "n_groups": len(groups),
        "n_grouped": len(members),
        "rule": rule,
        "gates": {gate: indices.loc[indices[gate].eq(True), "k"].tolist() for gate in ("gate_a", "gate_b", "gate_c")},
    }
    tables.write(members, target.members, ["respondent"])
    tables.write(groups.assign(position=groups["group"].astype(int)), target.groups, ["position"])
    tables.write(indices, target.indices, ["k"])
    tables.write(jaccard, target.jaccard, ["k", "segment"])
    values.write(found, target.values)


if __name__ == "__main__":
    run(main, snakemake)
