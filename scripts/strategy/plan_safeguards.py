"""How the measures are carried out: road map, responsibilities, indicators, risks, and what secures what.

Method. Measures and safeguards with their prerequisites form a graph without circles; a task starts at its earliest
quarter or after its prerequisites have ended (scripts/strategy/schedule.py). Risk = likelihood x impact, both 1..5.
Each safeguard that mitigates a risk lowers its likelihood by 1, to 1 at least; the impact stays: a rule of thumb that
orders risks and predicts nothing, as illustrative as the scores it works on.

Ends the study with one line: an unknown department, measure or safeguard; a circle of prerequisites; a measure whose
horizon is shorter than that of a prerequisite; a risk of ``SERIOUS`` or more without a safeguard. A measure that ends
after its horizon or after the plan, and one that only general safeguards secure, are named.
"""

from typing import Any

import pandas as pd

from scripts.lib import tables, values
from scripts.lib.job import InputError, run
from scripts.strategy import plan_tables, schedule
from scripts.strategy.catalogue import HORIZONS, load, repeated, unknown
from scripts.strategy.measures import StrategyFile
from scripts.strategy.safeguards import EVERY, SafeguardsFile

SERIOUS = 12  # likelihood x impact from which a risk without a safeguard stops the plan (chapter 6)


def tasks(file: StrategyFile, guards: SafeguardsFile) -> dict[str, schedule.Task]:
    """Measures and safeguards as tasks."""
    out = {m.id: schedule.Task(m.start_quarter_earliest, m.length_quarters, m.prerequisites) for m in file.measures}
    safe = {s.id: schedule.Task(s.start_quarter, s.length_quarters, []) for s in guards.safeguards.measures}
    return out | safe


def strategy_faults(file: StrategyFile, spans: dict[str, schedule.Span]) -> list[str]:
    """Measures whose horizon is shorter than that of what they wait for."""
    horizons = {measure.id: measure.horizon for measure in file.measures}
    faults = []
    for measure in file.measures:
        last = HORIZONS[measure.horizon]
        for needed in measure.prerequisites:
            until = HORIZONS[horizons[needed]] if needed in horizons else spans[needed].end
            if until > last:
                other = f"horizon {horizons[needed]}" if needed in horizons else f"end in quarter {until}"
                faults.append(
                    f"measure {measure.id}, horizon: found {measure.horizon}, but its prerequisite {needed} has "
                    f"{other}; allowed: no shorter than that; lengthen the horizon or drop the prerequisite"
                )
    return faults


def safeguard_faults(file: StrategyFile, guards: SafeguardsFile) -> list[str]:
    """What the safeguards refer to and does not exist; serious risks without a safeguard."""
    measures = [measure.id for measure in file.measures]
    departments = [department.id for department in file.strategy.departments]
    faults = repeated("measure or safeguard", [*measures, *(s.id for s in guards.safeguards.measures)])
    for s in guards.safeguards.measures:
        people = [s.raci.responsible, s.raci.accountable, *s.raci.consulted, *s.raci.informed]
        faults += unknown(f"safeguard {s.id}, raci", people, departments)
        faults += unknown(f"safeguard {s.id}, secures", s.secures, [*measures, EVERY])
    for row in plan_tables.risks(guards).itertuples():
        if row.before >= SERIOUS and row.n_safeguards == 0:
            faults.append(
                f"risk {row.risk}: found likelihood x impact = {row.before} and no safeguard; allowed: a safeguard for "
                f"each risk of {SERIOUS} or more; name one in its `mitigates`"
            )
    return faults


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
        "n_kpis": len(made["kpis"]),
        "n_kpis_with_baseline": int(made["kpis"]["baseline"].notna().sum()),
        "rule": values.text(
            "Each safeguard that mitigates a risk lowers its likelihood by one step, to one at least; the impact "
            "stays. The rule is illustrative: it orders the risks and predicts nothing.",
            "每项缓释该风险的保障措施使其发生可能性降低一级,最低为一级;影响程度不变。该规则仅为示例,用于排序,不作预测。",
        ),
        "warnings": _late(behind, quarters) + _unsecured(made["measures"], none),
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
    start = params.strategy["start"]
    path = source.safeguards
    try:
        for fault in safeguard_faults(file, guards):
            raise ValueError(fault)
        path = source.strategy
        spans = schedule.plan(tasks(file, guards))
        for fault in strategy_faults(file, spans):
            raise ValueError(fault)
        path = "of the study"
        schedule.quarter_name(start, 1)
    except ValueError as error:
        raise InputError(f"study {params.study}, file {path}, {error}") from error
    ranking = tables.read(source.ranking)
    departments = {department.id: department.label for department in file.strategy.departments}
    names = [measure.id for measure in file.measures]
    made = {
        "roadmap": plan_tables.roadmap(file, guards, spans, ranking.set_index("measure")["position"], start),
        "safeguards": plan_tables.safeguard_table(guards, names),
        "raci": plan_tables.raci(guards, departments),
        "kpis": plan_tables.kpis(file, guards, departments),
        "risks": plan_tables.risks(guards),
        "secures": plan_tables.secures(file, guards),
        "anchors": plan_tables.anchors(guards),
    }
    for name, table in made.items():
        key = ["measure", "safeguard"] if name == "secures" else ["position"]
        tables.write(table, getattr(output, name), key)
    made["measures"] = tables.read(source.measures)
    values.write(describe(made, names, guards.safeguards.plan.quarters, start), output.values)


if __name__ == "__main__":
    run(main, snakemake)
