"""Customers: the list, value and potential, aggregates that give nobody away."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.customers.customer_list import read_customers
from scripts.customers.ingest_customers import by_status, frame_of, integrity, shown, warn
from scripts.customers.portfolio import develop, group_customers, percentile, portfolio, retain, signs, tasks
from scripts.customers.schema import COLUMNS, KEPT, SECRET
from scripts.customers.structure import concentration_curve, depth, gini, holdings, list_labels, lorenz, structure
from scripts.customers.value_customers import concentration, part, wallet
from scripts.lib.job import InputError

SETTINGS = {"deposit_margin": 0.01, "loan_margin": 0.02, "high_value": 0.2, "quiet_months": 12}
ROW = {
    "customer_id": "C0001",
    "sub_branch": "S1",
    "city": "Hilltown",
    "ownership": "private",
    "industry_section": "C",
    "size_class": "large",
    "risk_flag": "normal",
    "relationship_start_year": "2015",
    "deposit_avg": "100",
    "loan_balance": "50",
    "status": "existing",
    "invited": "1",
    "responded": "1",
}


def write(path: Path, *rows: dict[str, str]) -> str:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lines = [",".join(columns), *(",".join(row.get(name, "") for name in columns) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def test_a_list_is_read_with_types_and_every_column(tmp_path: Path) -> None:
    row = ROW | {"prod__loan": "是", "fee_income": "-1.5", "response_date": "2026-05-01", "group_id": "G1"}
    out = frame_of(read_customers(write(tmp_path / "c.csv", row), "x", ["loan"]))
    assert list(out.columns) == [*KEPT, "prod__loan"]
    assert out.loc[0, ["invited", "prod__loan", "deposit_avg", "fee_income"]].tolist() == [1, 1, 100.0, -1.5]
    assert out["employees"].isna().all()
    assert not set(SECRET) & set(out.columns)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"customer_name": "Somebody Ltd"}, "column customer_name: found an entry (not repeated here)"),
        ({"credit_code": "91620100"}, "column credit_code: found an entry (not repeated here)"),
        ({"customer_id": "91620100"}, "column customer_id: found '91620100'; allowed: C and at least four digits"),
        ({"customer_id": "张三"}, "column customer_id: found a text (not repeated here); allowed: C and at least"),
        ({"city": "91620100MA7XXXXX0X"}, "column city: found what looks like a credit code"),
        ({"group_id": "9162 0100 ma7x xxxx 0x"}, "column group_id: found what looks like a credit code"),
        (
            {"sub_branch": "id 110101199003071234"},
            "column sub_branch: found what looks like a credit code, an identity",
        ),
        ({"sub_branch": "兰州某某有限公司"}, "column sub_branch: found what looks like the name of a firm"),
        ({"tier": "Somebody Co. Ltd"}, "column tier: found what looks like the name of a firm"),
        (
            {"manager_code": "李四"},
            "column manager_code: found a text (not repeated here); allowed: a code of up to 16",
        ),
        ({"loan_balance": "王五"}, "column loan_balance: found a text (not repeated here); allowed: a number from 0"),
        ({"loan_balance": "1,000"}, "row 2: found 14 cells; allowed: 13"),
        ({"loan_balance": "1_000"}, "column loan_balance: found '1_000'; allowed: a number from 0"),
        ({"loan_balance": "nan"}, "column loan_balance: found 'nan'; allowed: a number from 0"),
        ({"size_class": "huge"}, "column size_class: found 'huge'; allowed: large | medium | small"),
        ({"deposit_avg": "-5"}, "column deposit_avg: found '-5'; allowed: a number from 0"),
        ({"deposit_avg": ""}, "column deposit_avg: found nothing"),
        ({"complaints_12m": "1.5"}, "column complaints_12m: found '1.5'; allowed: a whole number"),
        ({"invited": "maybe"}, "column invited: found 'maybe'"),
        ({"invited": "0"}, "column responded: found 1 where invited is 0"),
        ({"responded": "0", "response_date": "2026-05-01"}, "column response_date: found '2026-05-01'"),
        ({"response_date": "1 May"}, "column response_date: found '1 May'; allowed: YYYY-MM-DD"),
        ({"status": "prospect"}, "column deposit_avg: found '100'; allowed: 0 for a prospect"),
        ({"prod__ship": "1"}, "column prod__ship: found a product that the questionnaire does not have"),
        ({"colour": "red"}, "column colour: found an unknown column"),
    ],
)
def test_faults_of_the_list_name_row_and_column(tmp_path: Path, change: dict[str, str], told: str) -> None:
    with pytest.raises(InputError) as fault:
        read_customers(write(tmp_path / "c.csv", ROW | change), "x", ["loan"])
    assert told in str(fault.value)
    for secret in ("Somebody", "某某", "张三", "李四", "王五", "91620100M", "0100 ma7x", "11010119"):
        assert secret not in str(fault.value), "a secret is not repeated in a log"
    assert "study x, file" in str(fault.value)
    assert "\n" not in str(fault.value)


def test_a_class_that_differs_from_row_to_row_is_a_name(tmp_path: Path) -> None:
    rows = [ROW | {"customer_id": f"C{i:04d}", "city": f"Somebody {i}"} for i in range(30)]
    with pytest.raises(InputError, match="column city: found 30 different texts in 30 rows") as fault:
        read_customers(write(tmp_path / "c.csv", *rows), "x", [])
    assert "Somebody" not in str(fault.value)
    read_customers(write(tmp_path / "d.csv", *[row | {"city": f"City {i % 9}"} for i, row in enumerate(rows)]), "x", [])


def test_a_list_in_another_encoding_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_bytes("customer_id,city\nC0001,兰州\n".encode("gb18030"))
    with pytest.raises(InputError, match=r"not UTF-8 text .*; allowed: CSV in UTF-8; save it again as UTF-8"):
        read_customers(str(tmp_path / "c.csv"), "x", [])


def test_a_key_stands_once(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="row 3, column customer_id: found 'C0001', as in row 2"):
        read_customers(write(tmp_path / "c.csv", ROW, ROW), "x", [])


def test_what_systems_disagree_on_is_a_warning_without_small_counts() -> None:
    frame = pd.DataFrame(
        {
            "loan_balance": [50.0, 50.0],
            "off_balance": [10.0, np.nan],
            "credit_line": [55.0, 50.0],
            "total_bank_debt": [40.0, np.nan],
        }
    )
    counts = integrity(frame)
    assert counts == {"line_below_use": 1, "debt_below_loans": 1}
    assert warn(counts, False, 5)[0]["text"]["en"].startswith("Fewer than 5 customers")
    assert warn(counts, False, 1)[0]["text"]["en"].startswith("1 customers")
    assert [one["code"] for one in warn({}, True, 5)] == ["customers_few_lost"]


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ((20, 9, 8), {"existing": 20, "lost": 9, "prospect": 8, "all": 37}),
        ((20, 2, 8), {"existing": 22, "lost": None, "prospect": 8, "all": 30}),
        ((20, 9, 3), {"existing": 20, "lost": 9, "prospect": None, "all": None}),
        ((20, 0, 0), {"existing": 20, "lost": 0, "prospect": 0, "all": 20}),
    ],
)
def test_a_small_status_is_no_difference_of_told_counts(counts: tuple[int, int, int], told: dict[str, object]) -> None:
    names = ["existing"] * counts[0] + ["lost"] * counts[1] + ["prospect"] * counts[2]
    assert by_status(pd.DataFrame({"status": names}), 5) == told


def customers(n: int = 50, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "customer_id": [f"C{i:04d}" for i in range(n)],
            "group_id": [f"G{i // 2}" if i < 20 else None for i in range(n)],
            "industry_section": rng.choice(list("ABC"), n, p=[0.6, 0.35, 0.05]),
            "size_class": rng.choice(["large", "medium", "small"], n),
            "ownership": rng.choice(["private", "other"], n),
            "tier": None,
            "risk_flag": ["npl" if i == 3 else "normal" for i in range(n)],
            "turnover_yuan_100m": rng.lognormal(size=n),
            "deposit_avg": rng.lognormal(5, 1, n),
            "loan_balance": rng.lognormal(5, 1, n),
            "total_bank_debt": [np.nan if i > n - 5 else 2000.0 + i for i in range(n)],
            "fee_income": [np.nan if i % 9 == 0 else 3.0 for i in range(n)],
            "contacts_12m": rng.poisson(3, n),
            "complaints_12m": rng.poisson(0.4, n),
            "approval_days_last": rng.normal(20, 5, n),
            "status": ["lost" if i % 10 == 9 else "existing" for i in range(n)],
        }
    )


def test_value_is_contribution_by_group_of_existing_members() -> None:
    frame = customers()
    groups = group_customers(frame, SETTINGS).set_index("group_id")
    assert len(groups) == 10 + 30
    members = frame.iloc[:2]
    expected = (0.01 * members["deposit_avg"] + 0.02 * members["loan_balance"]).sum() + 3.0
    assert groups.loc["G0", "value"] == pytest.approx(expected)
    alone = frame.iloc[8]
    assert groups.loc["G4", "value"] == pytest.approx(0.01 * alone["deposit_avg"] + 0.02 * alone["loan_balance"] + 3)
    assert groups.loc["G4", "status"] == "existing", "the lost member adds nothing, the group is still there"
    assert groups.loc["C0029", "value_class"] == "none", "a lost customer has no class of value"
    assert groups["value_share"].sum() == pytest.approx(1)


def test_classes_hold_the_studys_share() -> None:
    groups = group_customers(customers(), SETTINGS)
    existing = groups[groups["status"] == "existing"]
    assert (existing["value_class"] == "high").sum() == np.ceil(0.2 * len(existing))
    lowest = existing.loc[existing["value_class"] == "high", "value"].min()
    assert lowest > existing.loc[existing["value_class"] == "other", "value"].max()
    by_turnover = groups[groups["potential_basis"] == "turnover"]
    assert set(by_turnover["group_id"]) == {"C0046", "C0047", "C0048", "C0049"}
    assert by_turnover["potential_rank"].between(0, 1).all()


def test_lists_follow_their_rules() -> None:
    groups = group_customers(customers(), SETTINGS)
    keep, grow = retain(groups), develop(groups)
    assert ((keep["value_class"] == "high") & (keep["n_signs"] > 0)).all()
    assert keep["n_signs"].is_monotonic_decreasing
    assert (grow["potential_class"] == "high").all()
    assert not set(keep["group_id"]) & set(grow["group_id"])
    assert set(grow["task"]) <= {"develop", "win_back", "acquire"}
    counted = groups[(groups["value_class"] == "other") & (groups["potential_class"] == "high")]
    assert (grow["task"] == "develop").sum() == len(counted), "the list is the portfolio's cell: no difference leaks"


@settings(max_examples=15)
@given(st.integers(0, 1000), st.integers(1, 8))
def test_permuting_the_list_changes_no_group(seed: int, months: int) -> None:
    frame, settings = customers(), SETTINGS | {"quiet_months": 3 * months}
    shuffled = frame.sample(frac=1, random_state=seed).reset_index(drop=True)
    pd.testing.assert_frame_equal(group_customers(frame, settings), group_customers(shuffled, settings))


@settings(max_examples=20)
@given(st.integers(1, 40), st.integers(0, 30))
def test_the_portfolio_shows_no_small_cell(n: int, seed: int) -> None:
    groups = group_customers(customers(n + 10, seed), SETTINGS)
    out = portfolio(groups, 5)
    shown = out.loc[~out["suppressed"], "n"]
    assert not shown.between(1, 4).any()
    assert out.loc[out["suppressed"], ["n", "share", "value_share"]].isna().all(axis=None)


@settings(max_examples=15)
@given(st.integers(0, 100))
def test_the_structure_shows_no_small_class_and_no_single_hidden_one(seed: int) -> None:
    frame = customers(seed=seed)
    value = pd.Series(1.0, index=frame.index)
    out = structure(frame, value, by_status(frame, 5), {}, 5)
    for _, rows in out.groupby("dimension"):
        assert not rows["n"].between(1, 4).any()
        assert rows["suppressed"].sum() != 1
    whole = structure(frame, value, by_status(frame, 1), {}, 1)
    sums = whole.groupby("dimension")["share"].sum()
    assert sums.tolist() == pytest.approx([1] * len(sums)), "the shares of a partition sum to 1"
    assert "tier" not in set(out["dimension"]), "a column that the list leaves out is no dimension"


@given(st.lists(st.integers(1, 6), min_size=1, max_size=20), st.integers(0, 5))
def test_potential_is_ranked_among_the_existing(amounts: list[int], n_others: int) -> None:
    values = pd.Series([float(amount) for amount in amounts] + [float(i) for i in range(n_others)])
    base = pd.Series([True] * len(amounts) + [False] * n_others)
    out = percentile(values, base)
    assert out[base].tolist() == pytest.approx(values[base].rank(pct=True).tolist())
    below = [((values[base] < x).sum() + 0.5 * (values[base] == x).sum()) / len(amounts) for x in values[~base]]
    assert out[~base].tolist() == pytest.approx(below)


def test_what_to_do_with_the_groups_is_a_partition_of_them() -> None:
    groups = group_customers(customers(), SETTINGS)
    existing = groups[groups["status"] == "existing"]
    out = tasks(groups, portfolio(groups, 1), 1).set_index("task")
    assert out.loc[["retain", "keep", "develop", "maintain"], "n"].sum() == len(existing)
    assert out.loc[["retain", "keep", "develop", "maintain"], ["share", "value_share"]].sum().tolist() == [1, 1]
    assert out.loc["retain", "n"] == len(retain(groups))
    for task in ("develop", "win_back", "acquire"):
        assert out.loc[task, "n"] == (develop(groups)["task"] == task).sum()
    shown_signs = signs(groups, 1).set_index("sign")["n"]
    assert shown_signs.max() <= out.loc["retain", "n"] <= shown_signs.sum()


def test_groups_to_develop_are_hidden_with_their_cell() -> None:
    groups = group_customers(customers(), SETTINGS)
    cells = portfolio(groups, 1)
    cells.loc[(cells["value_class"] == "other") & (cells["potential_class"] == "high"), "suppressed"] = True
    out = tasks(groups, cells, 1).set_index("task")
    assert out.loc[["develop", "maintain"], ["n", "share", "value_share"]].isna().all(axis=None)
    assert out["suppressed"].sum() == 2


def test_labels_come_from_the_questionnaire() -> None:
    book = pd.DataFrame({"item": ["industry", "other"], "list_column": ["industry_section", None]})
    options = pd.DataFrame({"item": ["industry"], "key": ["C"], "label_en": ["Making"], "label_zh": ["制造"]})
    labels = list_labels(book, options)
    assert labels[("industry_section", "C")] == ("Making", "制造")
    assert labels[("status", "lost")][0] == "Lost in the last 24 months"


AMOUNTS = st.lists(st.floats(0.01, 1e6), min_size=2, max_size=40)


@given(AMOUNTS)
def test_the_curve_rises_from_none_to_all_above_the_diagonal(values: list[float]) -> None:
    points = np.linspace(0, 1, 11)
    curve = lorenz(values, points)
    assert curve[0] == 0
    assert curve[-1] == pytest.approx(1)
    assert (np.diff(curve) >= -1e-12).all()
    assert (curve >= points - 1e-9).all()
    assert -1e-9 <= gini(values) < 1
    assert gini(np.array(values) * 7) == pytest.approx(gini(values), abs=1e-9)


def test_equal_values_are_not_concentrated() -> None:
    assert gini([5, 5, 5, 5]) == pytest.approx(0)
    assert gini([0, 0, 0, 10]) == pytest.approx(0.75)
    assert lorenz([1, 1, 1, 7], 0.25) == pytest.approx(0.7)


def test_points_of_the_curve_hold_enough_groups() -> None:
    values = np.arange(1, 61)
    curve = concentration_curve(values, 5)
    assert np.diff(curve["share_of_groups"]).min() * len(values) >= 5
    assert concentration_curve([1, 2, 3], 5).empty
    assert concentration(pd.Series(values, dtype=float), 10)["top_decile_share"] is None


def test_depth_and_holdings_hide_small_groups() -> None:
    counted = depth(pd.Series([1] * 20 + [3] * 20 + [9] * 2), 5)
    assert counted.loc[counted["key"] == "9+", "n"].isna().all()
    assert counted["suppressed"].sum() >= 2
    frame = pd.DataFrame({"prod__a": [1] * 3 + [0] * 17, "prod__b": [1] * 12 + [0] * 8, "prod__c": [0] * 20})
    products = pd.DataFrame(
        {"position": [1, 2, 3, 4], "product": list("abcd"), "label_en": list("ABCD"), "label_zh": ""}
    )
    out = holdings(frame, products, 5).set_index("product")
    assert list(out.index) == ["a", "b", "c"]
    assert np.isnan(out.loc["a", "n"])
    assert out.loc["b", ["n", "share"]].tolist() == [12, 0.6]
    assert out.loc["c", "n"] == 0
    assert holdings(frame[[]], products, 5).empty


def test_wallet_is_a_share_of_known_debt() -> None:
    frame = pd.DataFrame({"loan_balance": [10.0, 30.0, 50.0], "total_bank_debt": [40.0, 120.0, 40.0]})
    assert wallet(frame, 2)["share"] == pytest.approx(0.25), "a debt below our own loans is no total"
    assert wallet(frame, 5)["status"] == "absent"


def test_small_counts_are_not_named() -> None:
    assert [shown(n, 5) for n in (0, 1, 4, 5)] == [0, None, None, 5]
    assert [part(n, 20, 5) for n in (0, 4, 5, 15, 16, 20)] == [0, None, 5, 15, None, 20]


def test_every_column_has_a_level_of_confidentiality() -> None:
    assert {column.confidential for column in COLUMNS} <= {"none", "internal", "confidential", "pseudonym", "secret"}
    assert len({column.name for column in COLUMNS}) == 33
