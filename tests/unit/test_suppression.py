"""No reader can work out a suppressed cell from what is shown: an adversary with a linear program tries."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog

from scripts.lib.suppression import cell_range, suppress, suppress_groups, with_margins

TABLES = arrays(
    np.int64, st.tuples(st.integers(2, 4), st.integers(2, 5)), elements=st.sampled_from([0, 0, 1, 2, 3, 4, 5, 7, 9, 20])
)


def long(counts, total=None):
    rows = [
        {"group": str(i + 1), "key": f"k{j}", "n": int(n), "share": 0.5}
        for i, row in enumerate(counts)
        for j, n in enumerate(row)
    ]
    totals = [] if total is None else [{"group": "all", "key": f"k{j}", "n": int(n)} for j, n in enumerate(total)]
    return pd.DataFrame(rows + totals)


def adversary(whole, hidden):
    """Range of each hidden cell by linear programming over everything that is shown."""
    rows, columns = whole.shape
    index = np.arange(rows * columns).reshape(rows, columns)
    equations, values = [], []
    for line in [*index, *index.T]:
        equation = np.zeros(rows * columns)
        equation[line[:-1]], equation[line[-1]] = 1, -1
        equations.append(equation)
        values.append(0)
    bounds = [(0, None) if h else (v, v) for v, h in zip(whole.ravel(), hidden.ravel(), strict=True)]
    found = {}
    for i, j in np.argwhere(hidden):
        goal = np.zeros(rows * columns)
        goal[index[i, j]] = 1
        low = linprog(goal, A_eq=equations, b_eq=values, bounds=bounds)
        high = linprog(-goal, A_eq=equations, b_eq=values, bounds=bounds)
        found[i, j] = (round(low.fun), round(-high.fun) if high.status == 0 else np.inf)
    return found


def hidden_with_margins(flags, shape):
    hidden = np.zeros((shape[0] + 1, shape[1] + 1), dtype=bool)
    hidden[:-1, :-1] = flags[: shape[0] * shape[1]].reshape(shape)
    if len(flags) > shape[0] * shape[1]:
        hidden[-1, :-1] = flags[shape[0] * shape[1] :]
    return hidden


@settings(max_examples=60, deadline=None)
@given(TABLES, st.booleans())
def test_adversary_recovers_no_cell(counts, with_total):
    table = long(counts, counts.sum(axis=0) if with_total else None)
    out = suppress(table, min_cell=5, blank=["share"])
    flags = out["suppressed"].to_numpy()
    whole = with_margins(counts)
    hidden = hidden_with_margins(flags, counts.shape)
    small = (table["n"] > 0) & (table["n"] < 5)
    if with_total:
        assert flags[small].all()
    else:
        assert flags[small & (table["group"] != "all")].all()
    everything = np.zeros_like(hidden)
    everything[: len(counts) + with_total, :-1] = True
    possible = adversary(whole, everything)
    for cell, (low, high) in adversary(whole, hidden).items():
        most = possible[cell][1]
        assert high > low or most == possible[cell][0], "a suppressed cell is known although blanking could hide it"
        if 0 < whole[cell] < 5:
            assert high >= min(5, most), "the margins say that a cell is small although blanking could hide it"


@settings(max_examples=40, deadline=None)
@given(TABLES)
def test_flow_range_is_the_range_of_the_linear_program(counts):
    whole = with_margins(counts)
    hidden = np.zeros(whole.shape, dtype=bool)
    hidden[:-1, :-1] = counts < 5
    for cell, (low, high) in adversary(whole, hidden).items():
        assert cell_range(whole, hidden, cell) == (low, high)


def test_one_small_cell_takes_a_rectangle_with_it():
    counts = np.array([[2, 30, 40], [20, 40, 41], [25, 50, 42]])
    out = suppress(long(counts), min_cell=5)
    assert out.loc[out["suppressed"], ["group", "key"]].to_numpy().tolist() == [
        ["1", "k0"],
        ["1", "k1"],
        ["2", "k0"],
        ["2", "k1"],
    ]
    assert out.loc[out["suppressed"], "n"].isna().all()


def test_nothing_small_nothing_blank_and_zeros_are_shown():
    out = suppress(long([[0, 30], [20, 40]]), min_cell=5)
    assert not out["suppressed"].any()
    assert out["n"].tolist() == [0, 30, 20, 40]


def test_min_cell_of_one_shows_everything():
    assert not suppress(long([[1, 2], [3, 1]]), min_cell=1)["suppressed"].any()


def test_one_way_table_hides_the_next_smallest_too():
    table = pd.DataFrame({"key": list("abcd"), "n": [2, 9, 30, 40]})
    assert suppress(table, 5, group=None)["suppressed"].tolist() == [True, True, False, False]


def test_one_way_pair_of_small_cells_that_add_up_to_too_little_takes_a_third():
    table = pd.DataFrame({"key": list("abcd"), "n": [1, 2, 30, 40]})
    assert suppress(table, 5, group=None)["suppressed"].tolist() == [True, True, True, False]


def test_customers_without_a_group_are_protected_by_difference():
    counts = np.array([[20, 30], [25, 35]])
    out = suppress(long(counts, total=[47, 70]), min_cell=5)  # two customers without a group gave k0
    assert out["suppressed"].any()


def test_separate_tables_do_not_touch_each_other():
    one, two = long([[2, 30], [20, 40]]), long([[10, 30], [20, 40]])
    table = pd.concat([one.assign(item="a"), two.assign(item="b")], ignore_index=True)
    out = suppress(table, 5, by=["item"])
    assert out.groupby("item")["suppressed"].sum().to_dict() == {"a": 4, "b": 0}


def test_total_below_its_groups_is_our_fault():
    with pytest.raises(ValueError, match="smaller than the sum"):
        suppress(long([[20, 30], [25, 35]], total=[10, 65]), min_cell=5)


@settings(max_examples=60, deadline=None)
@given(TABLES)
def test_blanked_groups_hold_together_nobody_or_enough(counts):
    hidden = suppress_groups(counts, 5)
    shown = counts[~hidden]
    assert not ((shown > 0) & (shown < 5)).any()
    pooled = counts[hidden].sum(axis=0)
    if not hidden.all():
        assert hidden.sum() != 1
        assert not ((pooled > 0) & (pooled < 5)).any()
