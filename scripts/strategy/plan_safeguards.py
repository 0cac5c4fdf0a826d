"""How the measures are carried out: road map, responsibilities, risks, what secures what; by measure and by group.

Method. Measures and safeguards with their prerequisites form a graph without circles; a task starts at its earliest
quarter or after its prerequisites have ended (scripts/strategy/schedule.py). Risk = likelihood x impact, both 1..5.
Each safeguard that mitigates a risk lowers its likelihood by 1, to 1 at least; the impact stays: a rule of thumb that
orders risks and predicts nothing, as illustrative as the scores it works on.

A measure that ends after its horizon or after the plan, one that nothing secures, and one that only general safeguards
secure, are named. What does not hold together has been told before (scripts/strategy/faults.py).
"""

from typing import Any

import pandas as pd

from scripts.lib import tables, values
from scripts.lib.job import run
from scripts.strategy import plan_tables, schedule
from scripts.strategy.catalogue import HORIZONS, load
from scripts.strategy.faults import tasks
from scripts.strategy.measures import StrategyFile
from scripts.strategy.safeguards import SERIOUS, SafeguardsFile


def late(roadmap: pd.DataFrame, quarters: int) -> pd.DataFrame:
    """Measures that end after their horizon or after the plan."""
    last = roadmap["horizon"].map(HORIZONS).clip(upper=quarters)
    return roadmap[roadmap["kind"].eq("measure") & (roadmap["end_quarter"] > last)]


def unsecured(secures: pd.DataFrame, measures: list[str]) -> tuple[list[str], list[str]]:
    """Measures that nothing secures, and those that only safeguards for every measure secure."""
    own = set(secures.loc[~secures["general"], "measure"])
    covered = set(secures["measure"])
    return [m for m in measures if m not in covered], [m for m in measures if m in covered and m not in own]


def describe(made: dict[str, pd.DataFrame], names: list[str], quarters: int, start: str | None) -> dict[str, Any]:
    """Values of the plan."""
    roadmap, register = made["roadmap"], made["risks"]
    none, general = unsecured(made["secures"], names)
    behind = late(roadmap, quarters)
    own = roadmap[roadmap["kind"].eq("measure")]
    return {
        "method": "earliest-start schedule from prerequisites; risk = likelihood x impact",
        "n_measures": len(own),
        "n_safeguards": len(roadmap) - len(own),
        "quarters": quarters,
        "first_quarter": start,
        "last_quarter": int(own["end_quarter"].max()),
        "n_first_year": int(own["end_quarter"].le(4).sum()),
        "n_start_first_quarter": int(own["start_quarter"].eq(1).sum()),
        "late": behind["id"].tolist(),
        "n_risks": len(register),
        "n_serious_before": int(register["before"].ge(SERIOUS).sum()),
        "n_serious_after": int(register["after"].ge(SERIOUS).sum()),
        "serious": SERIOUS,
        "unsecured": none,
        "only_general": general,
        "open_points": none + general,
        "rule": values.text(
            "Each safeguard that mitigates a risk lowers its likelihood by one step, to one at least; the impact "
            "stays. The rule is illustrative: it orders the risks and predicts nothing.",
            "每项缓释该风险的保障措施使其发生可能性降低一级,最低为一级;影响程度不变。该规则仅为示例,用于排序,不作预测。",
        ),
        "warnings": _late(behind, quarters) + _unsecured(made["plan"], none),
    }


def _late(behind: pd.DataFrame, quarters: int) -> list[dict[str, Any]]:
    if behind.empty:
        return []
    en = ", ".join(f"{row.label_en} (quarter {row.end_quarter})" for row in behind.itertuples())
    zh = "、".join(f"{row.label_zh}(第{row.end_quarter}季度)" for row in behind.itertuples())
    return [
        values.warning(
            "plan_late",
            "caution",
            f"After their prerequisites some measures end later than their horizon or the plan of {quarters} quarters "
            f"allows: {en}.",
            f"受前置条件影响,部分措施的完成时间晚于其期限或{quarters}个季度的规划期:{zh}。",
        )
    ]


def _unsecured(measures: pd.DataFrame, none: list[str]) -> list[dict[str, Any]]:
    if not none:
        return []
    named = measures.set_index("measure").loc[none]
    return [
        values.warning(
            "measure_unsecured",
            "caution",
            f"Nothing secures {len(none)} measures; they stay open points: {', '.join(named['label_en'])}.",
            f"有{len(none)}项措施缺少保障,列为待解决事项:{'、'.join(named['label_zh'])}。",
        )
    ]


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, output, params = snakemake.input, snakemake.output, snakemake.params
    file = load(source.strategy, StrategyFile, params.study)
    guards = load(source.safeguards, SafeguardsFile, params.study)
    start, ranking = params.strategy["start"], tables.read(source.ranking)
    measures, bundles = tables.read(source.measures), tables.read(source.bundles, text=["group"])
    departments = {department.id: department.label for department in file.strategy.departments}
    spans = schedule.plan(tasks(file, guards))
    roadmap = plan_tables.roadmap(file, guards, spans, ranking.set_index("measure")["position"], start)
    plan = plan_tables.by_measure(file, guards, measures, ranking, roadmap)
    made = {
        "roadmap": (roadmap, ["position"]),
        "plan": (plan, ["position"]),
        "group_plan": (plan_tables.by_group(bundles, plan), ["group", "position"]),
        "safeguards": (plan_tables.safeguard_table(file, guards), ["position"]),
        "raci": (plan_tables.raci(guards, departments), ["position"]),
        "risks": (plan_tables.risks(guards), ["position"]),
        "secures": (plan_tables.secures(file, guards), ["measure", "safeguard"]),
        "anchors": (plan_tables.anchors(guards), ["position"]),
    }
    for name, (table, key) in made.items():
        tables.write(table, output[name], key)
    names = [measure.id for measure in file.measures]
    shown = {name: table for name, (table, _) in made.items()}
    values.write(describe(shown, names, guards.safeguards.plan.quarters, start), output.values)


if __name__ == "__main__":
    run(main, snakemake)
