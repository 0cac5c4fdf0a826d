"""The groups that take the segments' place: a cross of firmographic items that the study names.

A cell is kept when it holds at least max(``segments.size_floor``, ``min_cell``) respondents; the others, and those
who did not answer, form one further group. So that the published totals of an item do not give a small merged cell
back, the merged group holds nobody of an answer or at least ``min_cell`` of them; cells join it, smallest first,
until that and its own size are reached. Groups are numbered by size, descending, ties by the order of the options;
the merged group comes last. Where nothing is named, answered or left, everybody is one group.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

EVERYBODY = ("All respondents", "全部答卷者")
MERGED = ("All others", "其他")
UNKNOWN = ""


class Groups(NamedTuple):
    """Group of each respondent ("1", "2", ...) and one row a group: group, label_en, label_zh, n, share."""

    member: pd.Series
    table: pd.DataFrame


def _leave(cells: pd.DataFrame, floor: int, min_cell: int) -> set[int]:
    """Rows of ``cells`` (one a combination, column ``n``) that are merged."""
    items = [column for column in cells.columns if column != "n"]
    known = (cells[items] != UNKNOWN).all(axis=1)
    merged = set(cells.index[(cells["n"] < floor) | ~known])
    while True:
        kept = cells.drop(index=list(merged)).sort_values("n", kind="stable")
        rest = cells.loc[sorted(merged)]
        exposed = [0 < rest["n"].sum() < floor] if len(rest) else []
        candidates = kept.index.tolist() if any(exposed) else []
        for item in items:
            totals = rest.groupby(item)["n"].sum()
            small = totals[(totals > 0) & (totals < min_cell)].index
            candidates += kept.index[kept[item].isin(small)].tolist()
        if not candidates:
            return merged
        merged.add(min(candidates, key=lambda row: (cells.at[row, "n"], row)))


def group_by(answers: pd.DataFrame, options: pd.DataFrame, floor: int, min_cell: int) -> Groups:
    """Groups from the columns of ``answers`` (keys of single-choice items, missing where not answered).

    Parameters
    ----------
    answers : one row a respondent, one column an item; without columns everybody is one group.
    options : survey/options.csv.
    floor, min_cell : smallest group, smallest count that may be told.
    """
    n = len(answers)
    place = {(row.item, str(row.key)): row for row in options.fillna({"label_zh": ""}).itertuples()}
    keys = answers.astype(object).where(answers.notna(), UNKNOWN).astype(str)
    labels, member = [EVERYBODY], pd.Series("1", index=answers.index)
    if keys.shape[1] and (keys != UNKNOWN).to_numpy().any():
        order = {column: {key: place[column, key].position for key in set(keys[column]) - {UNKNOWN}} for column in keys}
        cells = keys.value_counts(sort=False).rename("n").reset_index()
        ranks = [cells[column].map(order[column]).fillna(np.inf) for column in reversed(keys.columns)]
        cells = cells.iloc[np.lexsort(ranks)].reset_index(drop=True)
        merged = _leave(cells, floor, min_cell)
        kept = cells.drop(index=list(merged)).sort_values("n", ascending=False, kind="stable")
        if len(kept):
            number = {tuple(row): str(i) for i, row in enumerate(kept[list(keys.columns)].to_numpy(), start=1)}
            labels = [_name(keys.columns, row, place) for row in kept[list(keys.columns)].to_numpy()]
            labels += [MERGED] if merged else []
            member = pd.Series([number.get(tuple(row), str(len(kept) + 1)) for row in keys.to_numpy()], answers.index)
            if len(labels) == 1:
                labels = [EVERYBODY]
    count = member.value_counts()
    table = pd.DataFrame(
        {
            "group": [str(i) for i in range(1, len(labels) + 1)],
            "label_en": [label[0] for label in labels],
            "label_zh": [label[1] for label in labels],
        }
    )
    table["n"] = table["group"].map(count).fillna(0).astype(int)
    table["share"] = table["n"] / max(n, 1)
    return Groups(member, table)


def _name(items: pd.Index, keys: np.ndarray, place: dict) -> tuple[str, str]:
    rows = [place[item, key] for item, key in zip(items, keys, strict=True)]
    return " · ".join(row.label_en for row in rows), "·".join(row.label_zh or row.label_en for row in rows)
