"""Small-cell suppression with complementary suppression.

A count of customers between 1 and ``min_cell - 1`` is not shown (primary suppression). Because sums are shown or known,
one blank cell can be worked out from the others; so further cells are blanked until the reader can pin down none of
them (complementary suppression; Willenborg & de Waal 2001, Elements of Statistical Disclosure Control, ch. 4).

The reader is taken to know: every shown cell, the size of every group, the grand total, the totals over groups unless
they are themselves suppressed, and that counts are whole numbers >= 0. A cell is protected when more than one value
agrees with all this and, for a cell below ``min_cell``, a value of at least ``min_cell`` does (where the totals allow
that at all). The range is exact: a table with margins is a network, its cells are arcs, and how far a cell can move is
a maximal flow. Zero counts are shown, for they are about nobody; they may be blanked to protect others.

:func:`suppress` blanks cells of a table of exclusive categories, :func:`suppress_groups` a group's whole row.
"""

from collections.abc import Hashable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]
UNLIMITED = 10**8  # more than any list has customers, and several of them still fit 32 bits


def suppress(
    table: pd.DataFrame,
    min_cell: int,
    *,
    group: str | None = "group",
    key: str = "key",
    count: str = "n",
    by: Sequence[str] = (),
    blank: Sequence[str] = (),
    total: str = "all",
    exempt_total: bool = False,
) -> pd.DataFrame:
    """Blank the small cells of a long table of counts, and the cells that would give them away.

    Parameters
    ----------
    table
        One row a cell: columns ``group``, ``key``, ``count``. The keys exclude each other (the categories of one
        item), so that a group's counts sum to its size. A missing combination counts as 0.
    min_cell
        Smallest count that may be shown; 1 shows everything.
    group
        Column of the groups; None for a one-way table, whose only known sum is the grand total.
    key, count
        Columns of the category and of the count.
    by
        Columns that tell separate tables apart (for instance ``["item"]``).
    blank
        Further columns that follow from the count (shares, intervals) and are blanked with it.
    total
        Name in ``group`` of the rows that count everybody. Where they exceed the sum of the groups, the rest
        (customers without a group) is protected as well. Without such rows the sum of the groups is taken as known.
    exempt_total
        True when the totals are shown whatever they are (overall item counts).

    Returns
    -------
    The table in its order, with ``count`` and ``blank`` set to missing where suppressed, and a boolean ``suppressed``.
    """
    out = table.copy()
    hidden = np.zeros(len(out), dtype=bool)
    places = [np.arange(len(out))] if not by else list(out.groupby(list(by), dropna=False).indices.values())
    for place in places:
        piece = out.iloc[place]
        rows: list[Hashable] = [None] * len(piece) if group is None else piece[group].tolist()
        hidden[place] = _hidden_cells(
            rows, piece[key].tolist(), piece[count].astype(int).tolist(), min_cell, total, exempt_total, group is None
        )
    out["suppressed"] = hidden
    for column in [count, *blank]:
        out[column] = out[column].astype(float).mask(hidden)
    return out


def suppress_groups(counts: Counts, min_cell: int) -> Mask:
    """Groups whose whole row has to be blanked.

    Parameters
    ----------
    counts
        Groups x exclusive categories; totals and group sizes are known to the reader. Customers without a group, where
        there are any, are a row of their own.
    min_cell
        Smallest count that may be shown.

    Returns
    -------
    One flag a row. Rows are added, smallest first, until the blanked ones are at least two and together hold nobody or
    at least ``min_cell`` in each category; where that cannot be reached, all are blanked.
    """
    counts = np.asarray(counts, dtype=np.int64)
    hidden: Mask = np.any((counts > 0) & (counts < min_cell), axis=1)
    if not hidden.any():
        return hidden
    for row in np.argsort(counts.sum(axis=1), kind="stable"):
        pooled = counts[hidden].sum(axis=0)
        if hidden.sum() >= 2 and not ((pooled > 0) & (pooled < min_cell)).any():
            break
        hidden[row] = True
    return hidden


def with_margins(counts: Counts) -> Counts:
    """The table with its row sums, column sums and grand total as last column and last row."""
    wide = np.vstack([counts, counts.sum(axis=0)])
    return np.hstack([wide, wide.sum(axis=1, keepdims=True)])


def cell_range(whole: Counts, hidden: Mask, cell: tuple[int, int], need: int = UNLIMITED) -> tuple[int, int]:
    """Smallest and largest value of a hidden cell that agree with all shown ones.

    ``whole`` is a table :func:`with_margins`, ``hidden`` marks its cells that are not shown. The search stops once the
    cell can move by ``need`` upwards (and as far downwards): a caller who asks "is there room?" gets a quick answer.
    """
    tail, head = _arc(whole.shape, cell)
    room = _residual(whole, hidden, skip=cell)
    up = _max_flow(room, head, tail, need)
    down = _max_flow(room, tail, head, min(need, int(whole[cell])))
    return int(whole[cell]) - down, int(whole[cell]) + up


def _hidden_cells(
    rows: list[Hashable], keys: list[Hashable], values: list[int], floor: int, total: str, exempt: bool, one_way: bool
) -> list[bool]:
    """Flags for the cells of one table, in the order given."""
    row_of = {name: i for i, name in enumerate(dict.fromkeys(name for name in rows if name != total))}
    column_of = {name: j for j, name in enumerate(dict.fromkeys(keys))}
    has_total = any(name == total for name in rows)
    inner = np.zeros((len(row_of) + 1, len(column_of)), dtype=np.int64)  # the last row: customers without a group
    totals = np.zeros(len(column_of), dtype=np.int64)
    for name, key, value in zip(rows, keys, values, strict=True):
        if name == total:
            totals[column_of[key]] = value
        else:
            inner[row_of[name], column_of[key]] = value
    inner[-1] = np.where(has_total, totals - inner.sum(axis=0), 0)
    if (inner < 0).any():
        raise ValueError("a total is smaller than the sum of its groups")
    whole = with_margins(inner)
    fixed = np.zeros(whole.shape, dtype=bool)
    fixed[:, -1] = True  # sizes of the groups and the grand total are known
    fixed[-1] |= exempt or not has_total
    free = np.zeros(whole.shape, dtype=bool)
    free[-1, :-1] = one_way  # the sums over the one row are the cells themselves
    hidden = _protect(whole, floor, fixed & ~free, free)
    row_of[total] = len(whole) - 1
    return [bool(hidden[row_of[name], column_of[key]]) for name, key in zip(rows, keys, strict=True)]


def _protect(whole: Counts, min_cell: int, fixed: Mask, free: Mask) -> Mask:
    """Hide the small cells, then rectangles through each cell that is still exposed."""
    hidden = ((whole > 0) & (whole < min_cell) & ~fixed) | free
    settled: set[tuple[int, int]] = set()
    while True:
        exposed = [
            (need, i, j)
            for i, j in np.argwhere(hidden & ~free).tolist()
            if (i, j) not in settled and (need := _lacking(whole, hidden, (i, j), min_cell))
        ]
        if not exposed:
            return hidden
        need, i, j = max(exposed)
        corners = _cheapest_rectangle(whole, hidden, fixed, (i, j), need)
        if not corners:
            settled.add((i, j))  # nothing left to hide helps: the totals themselves give the cell away
        for corner in corners:
            hidden[corner] = True


def _lacking(whole: Counts, hidden: Mask, cell: tuple[int, int], min_cell: int) -> int:
    """How far the cell still has to be able to move; 0 when it is protected.

    A cell need not be able to reach more than the known sums of its row and column allow.
    """
    value, (i, j) = int(whole[cell]), cell
    sums = [(i, whole.shape[1] - 1), (len(whole) - 1, j)]
    reach = min([min_cell, *(int(whole[one]) for one in sums if one != cell and not hidden[one])])
    need = reach - value if 0 < value < reach else 1
    low, high = cell_range(whole, hidden, cell, need)
    return 0 if (high >= value + need if 0 < value < reach else high > low) else need


def _cheapest_rectangle(
    whole: Counts, hidden: Mask, fixed: Mask, cell: tuple[int, int], need: int
) -> list[tuple[int, int]]:
    """Cells to hide so that ``cell`` can move against two others: most room first, then fewest customers lost."""
    i, j = cell
    rows, columns = whole.shape
    best: tuple[tuple[int, int, int, int, int], list[tuple[int, int]]] | None = None
    for k in range(rows):
        for m in range(columns - 1):
            if k == i or m == j:
                continue
            corners = [(i, m), (k, j), (k, m)]
            new = [corner for corner in corners if not hidden[corner]]
            if not new or any(fixed[corner] for corner in new):
                continue
            # when ``cell`` rises, these fall; a sum moves with its cells
            room = min(need, int(whole[i, m]), int(whole[k, m] if rows - 1 in (i, k) else whole[k, j]))
            rank = (-room, sum(int(whole[corner]) for corner in new), len(new), k, m)
            if best is None or rank < best[0]:
                best = (rank, new)
    return best[1] if best else []


def _arc(shape: tuple[int, ...], cell: tuple[int, int]) -> tuple[int, int]:
    """The arc of a cell: nodes are rows then columns; inner cells run row -> column, sums the other way."""
    i, j = cell
    column = shape[0] + j
    return (i, column) if (i == shape[0] - 1) == (j == shape[1] - 1) else (column, i)


def _residual(whole: Counts, hidden: Mask, skip: tuple[int, int]) -> Counts:
    """Room to move along each arc: a hidden cell may rise without limit and fall to zero."""
    room = np.zeros((sum(whole.shape), sum(whole.shape)), dtype=np.int64)
    for i, j in np.argwhere(hidden).tolist():
        if (i, j) != skip:
            tail, head = _arc(whole.shape, (i, j))
            room[tail, head], room[head, tail] = UNLIMITED, whole[i, j]
    return room


def _max_flow(room: Counts, source: int, target: int, enough: int) -> int:
    """Maximal flow, told up to ``enough``."""
    return min(enough, int(maximum_flow(csr_array(room.astype(np.int32)), source, target).flow_value))
