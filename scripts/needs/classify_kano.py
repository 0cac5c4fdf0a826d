"""Kano categories of everybody and of each group.

Method. scripts/needs/kano.py: evaluation table ``QAAAO RIIIM RIIIM RIIIM RRRRQ``, category with the order
M > O > A > I between the first two up to ``mixed`` points of category strength, Better and Worse with Wilson's interval
(both are binomial shares of the answers in A, O, M and I), total strength, category strength, Fong's test. More than
``questionable`` of Q: the wording is doubted. Pairs with a missing or not-applicable half do not count.

A group gets categories of its own from ``group_floor`` answers on, and counts only below that; ``differs`` marks those
that are distinct and not the category of everybody. Groups below ``min_cell`` answers are withheld, with a second one
so that the total does not give them away. Overall counts are exempt. Absent without Kano pairs.
"""

from typing import Any

import numpy as np
import pandas as pd

from scripts.lib import tables, values
from scripts.lib.instrument import Instrument, load_instrument
from scripts.lib.job import InputError, run
from scripts.lib.suppression import suppress_groups
from scripts.needs import kano
from scripts.needs.ratings import ALL, group_names, group_of

LABELS = ["attribute", "label_en", "label_zh"]
JUDGED = [
    "category",
    "second",
    "better",
    "better_low",
    "better_high",
    "worse",
    "worse_low",
    "worse_high",
    "total_strength",
    "category_strength",
    "fong_difference",
    "fong_threshold",
    "distinct",
    "verdict",
]
COLUMNS = ["group", *LABELS, "n", *kano.CATEGORIES, *JUDGED, "differs", "suppressed"]


def positions(instrument: Instrument) -> dict[str, dict[int, int]]:
    """For each Kano item, the position in the evaluation table of each answer code.

    Raises
    ------
    ValueError
        If a scale does not name the five answers of the table.
    """
    out = {}
    for item in instrument.with_role("kano_functional", "kano_dysfunctional"):
        points = instrument.scales[str(item.scale)].points
        if sorted(str(point.key) for point in points) != sorted(kano.ANSWERS):
            found = ", ".join(str(point.key) for point in points)
            raise ValueError(
                f"scale {item.scale}, key of the points: found {found}; allowed: {', '.join(kano.ANSWERS)}; name the "
                "five answers of the Kano table"
            )
        out[item.id] = {point.code: kano.ANSWERS.index(str(point.key)) for point in points}
    return out


def pair_counts(complete: pd.DataFrame, pairs: pd.DataFrame, places: dict[str, dict[int, int]]) -> np.ndarray:
    """Counts of each pair: (attributes, 6)."""
    rows = []
    for functional, dysfunctional in zip(pairs["kano_functional"], pairs["kano_dysfunctional"], strict=True):
        both = complete[[functional, dysfunctional]].dropna().astype(int)
        rows.append(kano.count(*(both[item].map(places[item]).to_numpy() for item in (functional, dysfunctional))))
    return np.array(rows).reshape(len(rows), len(kano.CATEGORIES))


def classify(
    complete: pd.DataFrame,
    pairs: pd.DataFrame,
    places: dict[str, dict[int, int]],
    group: np.ndarray,
    settings: dict[str, Any],
    min_cell: int,
) -> pd.DataFrame:
    """Categories of everybody and of each group, one row a group and attribute."""
    groups = group_names(group)
    counts = {name: pair_counts(complete[group == name], pairs, places) for name in groups}
    sizes = np.array([counts[name].sum(axis=1) for name in groups]).reshape(len(groups), len(pairs))
    hidden = np.array([suppress_groups(column[:, None], min_cell) for column in sizes.T]).reshape(len(pairs), -1)
    counts[ALL] = pair_counts(complete, pairs, places)
    parts = []
    for name in [ALL, *groups]:
        part = kano.evaluate(counts[name], settings["mixed"], settings["questionable"])
        part["distinct"] = part["distinct"].map({True: "yes", False: "no"})
        part = part.astype(dict.fromkeys(["n", *kano.CATEGORIES, "fong_difference"], "Int64"))
        part["suppressed"] = False if name == ALL else hidden[:, groups.index(name)]
        few = part["n"].lt(1 if name == ALL else settings["group_floor"])
        part.loc[few, JUDGED] = None
        part.loc[few, "verdict"] = "counts only"
        part.loc[part["suppressed"], ["n", *kano.CATEGORIES, *JUDGED]] = None
        part.loc[part["suppressed"], "verdict"] = "withheld"
        part.insert(0, "group", name)
        parts.append(pd.concat([pairs[LABELS], part], axis=1))
    table = pd.concat(parts, ignore_index=True)
    overall = table["attribute"].map(parts[0].set_index("attribute")["category"])
    table["differs"] = table["verdict"].eq("distinct") & table["category"].ne(overall)
    return table[COLUMNS]


def describe(table: pd.DataFrame, settings: dict[str, Any]) -> dict[str, Any]:
    """Counts by category and verdict for the text, and warnings."""
    everybody = table[table["group"] == ALL]
    return {
        "method": "Kano (Berger et al. 1993), Better-Worse with Wilson intervals, Fong's test",
        "n": int(everybody["n"].max()),
        "n_attributes": len(everybody),
        "categories": everybody["category"].value_counts().sort_index().to_dict(),
        "verdicts": everybody["verdict"].value_counts().sort_index().to_dict(),
        "must_be": everybody.loc[everybody["category"].eq("M"), "attribute"].tolist(),
        "mixed": settings["mixed"],
        "group_floor": settings["group_floor"],
        "n_group_judged": int(table.loc[table["group"] != ALL, "category"].notna().sum()),
        "n_group_differs": int(table["differs"].sum()),
        "n_groups_counts_only": int(table.loc[table["verdict"].eq("counts only"), "group"].nunique()),
        "warnings": _warnings(everybody, table, settings),
    }


def _warnings(everybody: pd.DataFrame, table: pd.DataFrame, settings: dict[str, Any]) -> list[dict[str, Any]]:
    out = []
    doubted = everybody[everybody["verdict"].eq("wording")]
    if len(doubted):
        limit = settings["questionable"]
        out.append(
            values.warning(
                "kano_wording",
                "caution",
                f"More than {limit:.0%} of the answers contradict themselves for {', '.join(doubted['label_en'])}; the "
                "wording of these questions is doubted.",
                f"{'、'.join(doubted['label_zh'])}的自相矛盾答案超过{limit:.0%},题项表述存疑。",
            )
        )
    few = table[table["verdict"].eq("counts only")]
    if len(few):
        out.append(
            values.warning(
                "kano_few",
                "note",
                f"In {values.count(few['group'].nunique(), 'group', 'groups')} some attributes have fewer than "
                f"{settings['group_floor']} Kano answers; counts are shown there, no category.",
                f"有{few['group'].nunique()}个群体的部分属性Kano答卷不足{settings['group_floor']}份,仅列计数,不判定类别。",
            )
        )
    return out


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, output, params = snakemake.input, snakemake.output, snakemake.params
    attributes = tables.read(source.attributes)
    pairs = attributes.dropna(subset=["kano_functional", "kano_dysfunctional"]).reset_index(drop=True)
    if pairs.empty:
        tables.write(tables.empty(COLUMNS), output.table, ["group", "attribute"])
        values.write(
            values.absent(
                "The survey has no pairs of Kano questions, so that no attribute is classified as must-be, "
                "one-dimensional or attractive.",
                "问卷没有Kano成对题项,不对属性作必备、期望或魅力分类。",
            ),
            output.values,
        )
        return
    try:
        places = positions(load_instrument(source.instrument))
    except ValueError as error:
        raise InputError(f"study {snakemake.wildcards.study}, file {source.instrument}, {error}") from error
    complete = tables.read(source.complete)
    group = group_of(complete, tables.read(source.groups, text=["group"]))
    table = classify(complete, pairs, places, group, params.needs, params.min_cell)
    tables.write(table, output.table, ["group", "attribute"])
    values.write(describe(table, params.needs), output.values)


if __name__ == "__main__":
    run(main, snakemake)
