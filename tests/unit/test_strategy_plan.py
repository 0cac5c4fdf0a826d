"""The plan: schedule, risks, what secures what; and the indicators with their baselines."""

from pathlib import Path

import pandas as pd
import pytest
from catalogues import guards, strategy, strategy_document
from hypothesis import given
from hypothesis import strategies as st

from scripts.strategy import faults, listing, measure_baselines, plan_safeguards, plan_tables, schedule
from scripts.strategy.baseline import Baseline
from scripts.strategy.catalogue import read
from scripts.strategy.measures import StrategyFile
from scripts.strategy.safeguards import SafeguardsFile


def test_schedule_waits_for_prerequisites():
    spans = schedule.plan(faults.tasks(strategy(), guards()))
    assert spans["m1"] == (1, 1) and spans["g1"] == (1, 2) and spans["m3"] == (3, 4)


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 5), st.integers(0, 2**9)), min_size=1, max_size=9))
def test_schedule_never_starts_before_what_it_needs(rows):
    tasks = {
        f"t{i}": schedule.Task(earliest, length, [f"t{j}" for j in range(i) if bits >> j & 1])
        for i, (earliest, length, bits) in enumerate(rows)
    }
    spans = schedule.plan(dict(reversed(tasks.items())))
    for name, task in tasks.items():
        assert spans[name].start >= task.earliest and spans[name].end == spans[name].start + task.length - 1
        assert all(spans[name].start > spans[needed].end for needed in task.prerequisites)
        assert spans[name].start in {task.earliest, *(spans[needed].end + 1 for needed in task.prerequisites)}


def test_calendar_quarters():
    assert [schedule.quarter_name("2027Q3", n) for n in (1, 2, 3, 7)] == ["2027Q3", "2027Q4", "2028Q1", "2029Q1"]
    assert schedule.quarter_name(None, 3) is None


def test_risks_fall_by_one_step_a_safeguard():
    table = plan_tables.risks(guards()).set_index("risk")
    assert table.loc["k1", ["before", "n_safeguards", "likelihood_after", "after"]].tolist() == [12, 2, 1, 4]
    assert table.loc["k2", ["before", "n_safeguards", "after"]].tolist() == [10, 0, 10]
    assert (table["after"] <= table["before"]).all()


def test_what_stays_unsecured():
    table = plan_tables.secures(strategy(), guards())
    assert len(table) == 5  # g1 secures one, g2 all four
    assert plan_safeguards.unsecured(table, ["m1", "m2", "m3", "m4"]) == ([], ["m2", "m3", "m4"])
    assert plan_safeguards.unsecured(table[~table["general"]], ["m1", "m2"])[0] == ["m2"]


def made_plan(position=(4, 1, 2, 3)):
    file, secured = strategy(), guards()
    spans = schedule.plan(faults.tasks(file, secured))
    names = ["m1", "m2", "m3", "m4"]
    roadmap = plan_tables.roadmap(file, secured, spans, pd.Series(position, index=names), "2027Q1")
    ranking = pd.DataFrame({"measure": names, "position": position}).assign(**dict.fromkeys(plan_tables.RANKED))
    plan = plan_tables.by_measure(file, secured, listing.measures(file, ["m4"]), ranking, roadmap)
    return roadmap, plan


def test_road_map_and_words_of_the_plan():
    roadmap, plan = made_plan()
    assert roadmap["id"].tolist() == ["m2", "m3", "m4", "m1", "g1", "g2"]
    assert roadmap.set_index("id").at["m3", "start_name"] == "2027Q3"
    file, secured = strategy(), guards()
    departments = {department.id: department.label for department in file.strategy.departments}
    assert plan_tables.raci(secured, departments)["accountable"].tolist() == ["it", "it"]
    shown = {"roadmap": roadmap, "plan": plan, "risks": plan_tables.risks(secured)}
    shown["secures"] = plan_tables.secures(file, secured)
    found = plan_safeguards.describe(shown, ["m1", "m2", "m3", "m4"], 3, "2027Q1")
    assert found["late"] == ["m3"] and found["last_quarter"] == 4
    assert found["open_points"] == ["m2", "m3", "m4"]  # only the general safeguard secures them
    assert [w["code"] for w in found["warnings"]] == ["plan_late"]
    assert (found["n_serious_before"], found["n_serious_after"]) == (1, 0)


def test_plan_by_measure_says_what_is_needed_first_and_what_secures():
    plan = made_plan()[1].set_index("measure")
    assert plan.at["m3", "needed_en"] == "M1; l" and plan.at["m3", "needed_zh"] == "措施m1、名"
    assert plan.at["m1", "secured_en"] == "l" and plan.at["m1", "n_own"] == 1
    assert pd.isna(plan.at["m2", "needed_en"]) and plan.at["m2", "n_own"] == 0
    assert plan.loc[["m2", "m1", "m3", "m4"], "place"].tolist() == [1, 2, 1, 2]
    bundles = pd.DataFrame({"group": ["1", "all"], "position": 1, "measure": ["m3", "m1"]})
    both = plan_tables.by_group(bundles, plan.reset_index()).set_index("group")
    assert both.at["1", "needed_en"] == "M1; l" and both.at["1", "start_quarter"] == 3


def test_plan_without_a_ranking_follows_the_catalogue():
    file, secured = strategy(), guards()
    spans = schedule.plan(faults.tasks(file, secured))
    none = pd.DataFrame(columns=["measure", "position", *plan_tables.RANKED])
    roadmap = plan_tables.roadmap(file, secured, spans, none.set_index("measure")["position"], None)
    plan = plan_tables.by_measure(file, secured, listing.measures(file, []), none, roadmap)
    assert plan["position"].tolist() == [1, 2, 3, 4] and plan["place"].tolist() == [1, 2, 1, 2]


def test_safeguards_name_what_they_secure():
    table = plan_tables.safeguard_table(strategy(), guards()).set_index("safeguard")
    assert table.at["g1", "secures_en"] == "M1" and not table.at["g1", "general"]
    assert table.at["g2", "secures_en"] == "M1; M2; M3; M4" and table.at["g2", "general"]
    risks = plan_tables.risks(guards()).set_index("risk")
    assert risks.at["k1", "safeguards_en"] == "l; l" and pd.isna(risks.at["k2", "safeguards_en"])


# -- baselines ---------------------------------------------------------------------------------------------------------

DRIVERS = pd.DataFrame(
    {"group": ["all", "1"], "item": "sat", "value": [3.5, None], "low": [3.4, None], "n": [256, None]}
)
VALUED = {"status": "ok", "wallet": {"share": 0.25, "n": 80}, "n_new": None}


def data(existing=None, valued=VALUED):
    listed = pd.DataFrame(
        {"tier": ["core"] * 8 + [None] * 12, "approval_days_last": [10.0, 20.0, 30.0] * 6 + [None] * 2}
    )
    return measure_baselines.Data(
        paths={"drivers": "results/x/needs/drivers.csv", "value_customers": "results/x/customers/value_customers.json"},
        documents={"value_customers": valued},
        frames={"drivers": DRIVERS},
        existing=listed if existing is None else existing,
        min_cell=5,
    )


def found(**declared):
    return measure_baselines.resolved(Baseline.model_validate(declared), data())


def test_baseline_from_values_a_table_and_the_list():
    assert found(values="value_customers", at="/wallet/share", n="/wallet/n", times=100)[:4] == (25.0, None, None, 80)
    row = {"group": "all", "item": "sat"}
    assert found(table="drivers", row=row, at="value", low="low", n="n")[:4] == (3.5, 3.4, None, 256)
    assert found(customers="approval_days_last", at="median")[:4] == (20.0, None, None, 18)
    assert found(customers="tier", at="filled", times=100)[:4] == (40.0, None, None, 20)


def test_answers_that_cannot_be_trusted_give_no_starting_value():
    doubted = data()._replace(stopped=True)
    row = {"group": "all", "item": "sat"}
    declared = Baseline.model_validate({"table": "drivers", "row": row, "at": "value"})
    assert measure_baselines.resolved(declared, doubted) == (None, None, None, None, measure_baselines.DOUBTED)
    listed = Baseline.model_validate({"customers": "approval_days_last", "at": "median"})
    assert measure_baselines.resolved(listed, doubted).value == 20


def test_what_is_withheld_absent_or_lost_is_open_with_its_reason():
    assert found(values="value_customers", at="/n_new").reason == measure_baselines.FEW
    assert found(values="value_customers", at="/wallets").reason == measure_baselines.NOWHERE
    assert found(table="drivers", row={"group": "1"}, at="value").reason == measure_baselines.FEW
    assert found(table="drivers", row={"group": "9"}, at="value").reason == measure_baselines.NOWHERE
    assert found(customers="employees", at="positive").reason == measure_baselines.NOWHERE
    absent = data(valued={"status": "absent", "reason": {"en": "No list.", "zh": "无"}})
    declared = Baseline.model_validate({"values": "value_customers", "at": "/n_new"})
    assert measure_baselines.resolved(declared, absent).reason["en"] == "No list."
    nobody = measure_baselines.resolved(
        Baseline.model_validate({"customers": "tier", "at": "filled"}), data(existing=pd.DataFrame())
    )
    assert nobody == (None, None, None, None, measure_baselines.COLLECT)


@pytest.mark.parametrize("filled", [0, 3, 17, 20])
def test_a_share_that_few_customers_make_up_or_leave_is_not_shown(filled):
    listed = pd.DataFrame({"tier": ["core"] * filled + [None] * (20 - filled)})
    declared = Baseline.model_validate({"customers": "tier", "at": "filled"})
    shown = measure_baselines.resolved(declared, data(existing=listed)).value
    assert (shown is None) == (filled in (3, 17))


@pytest.mark.parametrize(
    ("filled", "direction", "status"),
    [(20, "up", "open"), (0, "down", "open"), (20, "down", "known"), (0, "up", "known"), (8, "up", "known")],
)
def test_a_share_with_nowhere_to_go_is_no_starting_value(filled, direction, status):
    document, listed = strategy_document(), pd.DataFrame({"tier": ["core"] * filled + [None] * (20 - filled)})
    base = {"customers": "tier", "at": "filled", "times": 100}
    kpi = {"definition": {"en": "g", "zh": "目"}, "unit": "%", "direction": direction, "baseline": base}
    document["strategy"]["goals"] = [{"id": "g", "name": {"en": "G", "zh": "目"}, "kpi": kpi}]
    goal = measure_baselines.kpi_table(strategy(document), guards(), data(existing=listed)).iloc[0]
    assert goal["status"] == status
    assert (goal["reason_en"] == measure_baselines.ENDED["en"]) == (status == "open")


def test_indicators_with_their_baselines_and_the_need_they_move():
    document = strategy_document()
    kpi = {"definition": {"en": "g", "zh": "目"}, "unit": "%", "direction": "up"}
    base = {"values": "value_customers", "at": "/wallet/share", "note": {"en": "own loans", "zh": "贷款"}}
    document["strategy"]["goals"] = [{"id": "g", "name": {"en": "G", "zh": "目"}, "kpi": kpi | {"baseline": base}}]
    document["strategy"]["families"][0]["measures"][0]["kpi"]["baseline"] = {"values": "value_customers", "at": "/no"}
    table = measure_baselines.kpi_table(strategy(document), guards(), data())
    assert table["kind"].tolist() == ["goal", *["measure"] * 4, *["safeguard"] * 2] and table["kpi"].is_unique
    assert table["status"].tolist() == ["known", *["open"] * 6]
    assert table.at[0, "source"] == "customers/value_customers.json, /wallet/share"
    assert table.at[0, "note_en"] == "own loans" and pd.isna(table.at[0, "n"])
    told = measure_baselines.describe(table)
    assert (told["n"], told["n_known"], told["n_goals_known"], told["n_measures_known"]) == (7, 1, 1, 0)
    assert [w["code"] for w in told["warnings"]] == ["baseline_lost"]
    qfd = pd.DataFrame(
        {
            "measure": ["m1", "m1", "m2"],
            "attribute": ["a0", "a1", "a1"],
            "attribute_label_en": "A",
            "attribute_label_zh": "甲",
            "contribution": [0.2, 0.9, 0.5],
        }
    )
    ipa = pd.DataFrame({"group": ["all", "1"], "attribute": "a1", "performance": [3.1, 2.0]})
    ipa = ipa.assign(performance_low=3.0, performance_high=3.2, n_performance=90)
    moved = measure_baselines.needs_moved(qfd, ipa)
    assert moved["need"].to_dict() == {"m1": "a1", "m2": "a1"} and moved.at["m1", "need_value"] == 3.1


@pytest.mark.parametrize(
    "folder", ["data/raw/citic-lanzhou", "data/raw/abc-key-accounts", "tests/minimal/data/raw/minimal"]
)
def test_catalogues_of_the_repository_are_sound(folder):
    root = Path(__file__).parents[2] / folder
    file, wrong = read(root / "strategy.yaml", StrategyFile)
    secured, more = read(root / "safeguards.yaml", SafeguardsFile)
    assert wrong + more + faults.safeguard_faults(file, secured) + faults.plan_faults(file, secured) == []
