"""The synthetic files: the same bytes each time, readable by the import, true to the schema and to what was planted."""

import copy
import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scripts.lib.instrument import Instrument, load_instrument
from scripts.lib.study import Study, load_study, read_yaml
from scripts.survey.responses import read_answers
from scripts.synthetic.__main__ import Synthetic, generate, write
from scripts.synthetic.draws import exact, filled_profiles, stream

RAW = Path("data/raw/citic-lanzhou")
KANO = ["QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ"]


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study("citic-lanzhou")


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return load_instrument(RAW / "instrument.yaml")


@pytest.fixture(scope="module")
def simulation() -> dict[str, Any]:
    return read_yaml(RAW / "simulation.yaml")


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return read_yaml(RAW / "customers_schema.yaml")


def make(simulation: dict[str, Any], schema: dict[str, Any], instrument: Instrument) -> Synthetic:
    return generate(simulation, schema, instrument, "中信银行", date(2026, 6, 30))


@pytest.fixture(scope="module")
def made(simulation: dict[str, Any], schema: dict[str, Any], instrument: Instrument) -> Synthetic:
    return make(simulation, schema, instrument)


@pytest.fixture(scope="module")
def answers(study: Study, instrument: Instrument) -> pd.DataFrame:
    read = read_answers(RAW / "responses.csv", instrument, study.survey.model_dump(), study.bank.zh)
    assert not read.faults, read.faults[:3]
    return pd.DataFrame(read.rows)


@pytest.fixture(scope="module")
def customers() -> pd.DataFrame:
    return pd.read_csv(RAW / "customers.csv", keep_default_na=False, na_values=[""])


@pytest.fixture(scope="module")
def responses() -> list[dict[str, str]]:
    with open(RAW / "responses.csv", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_files_of_the_study_are_made_again_byte_for_byte(study: Study, tmp_path: Path) -> None:
    write(study, tmp_path)
    for name in ("customers.csv", "responses.csv"):
        assert (tmp_path / name).read_bytes() == (RAW / name).read_bytes(), f"{name}: run python -m scripts.synthetic"


def test_another_seed_makes_other_files(
    simulation: dict[str, Any], schema: dict[str, Any], instrument: Instrument, made: Synthetic
) -> None:
    other = make(simulation | {"seed": simulation["seed"] + 1}, schema, instrument)
    assert other.customers != made.customers
    assert other.responses != made.responses


def test_export_has_the_layout_of_a_download_by_option_text(
    responses: list[dict[str, str]], instrument: Instrument
) -> None:
    assert (RAW / "responses.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    header = (RAW / "responses.csv").read_text(encoding="utf-8-sig").split("\n", 1)[0].split(",")
    assert header[:6] == ["序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP"]
    assert len(header) == 6 + len(instrument.items)
    assert header[6] == "1、贵公司与中信银行合作多少年？"
    assert "8、服务要素：中信银行的表现—为确认您已阅读本行，请选择“较差”。" in header
    assert "{" not in "".join(header)
    assert [row["序号"] for row in responses] == [str(n) for n in range(1, len(responses) + 1)]
    assert all(row["来自IP"].startswith(("192.0.2.", "198.51.100.", "203.0.113.")) for row in responses)
    assert any("┋" in row["4、在中信银行已使用"] for row in responses)
    cells = [cell for row in responses for cell in row.values()]
    assert "-3" in cells
    assert {row["19、您认为中信银行最应优先为贵公司改进哪一项服务？如何改进？"] for row in responses} == {"", "-2"}


def test_enough_usable_answers_and_every_token_is_a_customer_who_answered(
    answers: pd.DataFrame, customers: pd.DataFrame, made: Synthetic, responses: list[dict[str, str]]
) -> None:
    assert 240 <= len(answers) - made.truth["careless"].ne("").sum() <= 330
    tokens = [row["来源详情"] for row in responses]
    answered = customers[customers["responded"] == 1]
    assert len(set(tokens)) == len(tokens)
    assert set(tokens) == set(answered["customer_id"])
    dates = {row["来源详情"]: pd.Timestamp(row["提交答卷时间"]).date().isoformat() for row in responses}
    assert dates == dict(zip(answered["customer_id"], answered["response_date"], strict=True))


def test_customer_list_follows_its_schema(
    customers: pd.DataFrame, schema: dict[str, Any], instrument: Instrument
) -> None:
    columns = schema["customers"]["columns"]
    shared = [column["name"] for column in columns if column["confidential"] != "secret"]
    assert list(customers.columns) == shared + [f"prod__{product.id}" for product in instrument.products]
    assert customers["customer_id"].is_unique
    for column in (column for column in columns if column["name"] in shared):
        values = customers[column["name"]].dropna()
        if column["required"]:
            assert len(values) == len(customers), column["name"]
        if "allowed" in column:
            assert set(values) <= set(column["allowed"]), column["name"]
        if "min" in column:
            assert (values >= column["min"]).all(), column["name"]


def test_integrity_rules_of_the_schema_hold(customers: pd.DataFrame) -> None:
    assert (customers["credit_line"] >= customers["loan_balance"] + customers["off_balance"]).all()
    assert (customers["total_bank_debt"] >= customers["loan_balance"]).all()
    assert (customers["responded"] <= customers["invited"]).all()
    assert (customers["response_date"].notna() == (customers["responded"] == 1)).all()
    money = ["deposit_avg", "loan_balance", "off_balance", "credit_line", "settlement_volume", "fee_income"]
    products = [column for column in customers if column.startswith("prod__")]
    assert (customers.loc[customers["status"] == "prospect", money + products] == 0).all(axis=None)
    loans = ["prod__working_capital_loan", "prod__fixed_asset_loan", "prod__syndicated_loan"]
    assert (customers[loans].any(axis=1) == (customers["loan_balance"] > 0)).all()


def test_existing_customers_meet_the_rule_of_the_list(customers: pd.DataFrame) -> None:
    existing = customers[customers["status"] == "existing"]
    meets = (existing["deposit_avg"] >= 1000) | (existing["credit_line"] >= 3000)
    assert existing.loc[~meets, "group_id"].notna().all()  # they come by their group
    assert meets.mean() > 0.9


def test_truth_is_in_no_file(made: Synthetic) -> None:
    assert "segment" not in made.customers
    assert "careless" not in made.customers + made.responses


def centred(answers: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    items = [item.id for item in instrument.with_role("importance")]
    given = answers[items].astype(float).replace(9, np.nan)
    given = given.sub(given.mean(axis=1), axis=0)
    return (given - given.mean()) / given.std()


def test_planted_segments_are_found_in_the_careful_answers(
    answers: pd.DataFrame, made: Synthetic, instrument: Instrument, responses: list[dict[str, str]]
) -> None:
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score

    truth = made.truth.set_index("customer_id").loc[[row["来源详情"] for row in responses]].reset_index()
    careful = (truth["careless"] == "").to_numpy()
    features = centred(answers, instrument).fillna(0)[careful]
    found = KMeans(3, n_init=10, random_state=0).fit_predict(features)
    assert adjusted_rand_score(truth["segment"][careful], found) >= 0.8


def test_without_shifts_importance_alone_changes(
    simulation: dict[str, Any], schema: dict[str, Any], instrument: Instrument, made: Synthetic
) -> None:
    flat = copy.deepcopy(simulation)
    flat["segments"]["importance_shift"] = {}
    other = make(flat, schema, instrument)
    assert other.customers == made.customers
    old, new = (list(csv.reader(io.StringIO(one.responses))) for one in (made, other))
    changed = {
        old[0][column] for row in range(1, len(old)) for column in range(6, 92) if old[row][column] != new[row][column]
    }
    importance = {head for head in old[0] if head.startswith("7、")}
    assert importance & changed
    assert not {head for head in changed - importance if head.startswith(("8、", "9、"))}


def test_kano_categories_are_as_planted(answers: pd.DataFrame, instrument: Instrument) -> None:
    category = {}
    for item in instrument.with_role("kano_functional"):
        pairs = answers[[item.id, item.pair]].dropna().astype(int)
        category[item.attribute] = pd.Series([KANO[f - 1][d - 1] for f, d in pairs.to_numpy()]).value_counts().idxmax()
    assert category["op_accuracy"] == category["system_stability"] == "M"
    assert category["approval_speed"] == "O"


def test_approval_speed_is_important_and_weak(answers: pd.DataFrame) -> None:
    def means(prefix: str) -> pd.Series:
        columns = [c for c in answers if c.startswith(prefix)]
        return answers[columns].astype(float).replace(9, np.nan).mean().rename(lambda c: c.removeprefix(prefix))

    importance, performance = means("imp_"), means("perf_")
    assert importance["approval_speed"] > importance.mean()
    assert performance["approval_speed"] == performance.min()


def test_larger_customers_answer_more_often(customers: pd.DataFrame) -> None:
    rate = customers[customers["invited"] == 1].groupby("size_class")["responded"].mean()
    assert rate["large"] > rate["medium"] > rate["small"]


def test_careless_and_missing_answers_are_as_assumed(
    made: Synthetic, answers: pd.DataFrame, instrument: Instrument
) -> None:
    assert made.truth["careless"].ne("").mean() == pytest.approx(0.05, abs=0.005)
    asked = [item.id for item in instrument.items if item.role not in ("open", "consent")]
    assert answers[asked].isna().mean(axis=None) == pytest.approx(0.04, abs=0.005)
    assert answers["consent_contact"].notna().all()
    products = answers[["hold_here", "hold_other", "demand_12m"]].isna()
    assert 0 < products.all(axis=1).sum() < 0.05 * len(answers)


def test_exact_meets_the_shares_and_fills_up() -> None:
    labels = exact({"a": 0.5, "b": 0.3, "c": 0.2}, 7, stream(1, "test"))
    counts = pd.Series(labels).value_counts()
    assert counts.sum() == 7
    assert counts.to_dict() == {"a": 4, "b": 2, "c": 1}


def test_filled_profiles_keep_what_is_stated_and_the_whole() -> None:
    overall, weights = {"x": 0.5, "y": 0.3, "z": 0.2}, [0.4, 0.6]
    table = filled_profiles(overall, [{"x": 0.8}, {}], weights)
    assert table.sum(axis=1) == pytest.approx([1, 1])
    assert table[0, 0] == pytest.approx(0.8)
    assert np.array(weights) @ table == pytest.approx(list(overall.values()))
