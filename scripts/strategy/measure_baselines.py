"""The indicators of goals, measures and safeguards, each with its starting value where the data hold one.

An indicator declares where its baseline stands (scripts/strategy/baseline.py): a value of a rule, a cell of a table, or
a statistic of the existing customers on the list: median and mean over those whose column is filled; ``filled``, the
share whose column is filled; ``positive``, the share above 0 among the filled. A statistic of fewer than ``min_cell``
customers, and a share that fewer than that make up or leave, is not shown. The list is no sample, so its statistics
have no interval. A share that has nowhere to go (all, or none) is no starting value: it measures less than the
indicator. ``status``: known, or open, and then ``reason`` says why.

Beside its own indicator a measure has the need that it must move: the attribute to which it contributes most (need
weight times strength), with the rating of performance today and its bootstrap interval.

Where too many answers look careless, no answer gives a starting value or says which need must move.

A reference that leads nowhere is a warning: the indicator stays open, and the report whole.
"""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, NamedTuple

import pandas as pd

from scripts.chapters.shown import resolve
from scripts.lib import tables, values
from scripts.lib.instrument import Label
from scripts.lib.job import run
from scripts.needs.ratings import ALL
from scripts.strategy.baseline import Baseline
from scripts.strategy.catalogue import Kpi, load
from scripts.strategy.measures import StrategyFile
from scripts.strategy.safeguards import SafeguardsFile

VALUES, ANSWERS = ("describe_sample", "value_customers"), ("drivers", "ipa", "white_space")
TABLES = (*ANSWERS, "holdings")
COLLECT = values.text(
    "The data hold no starting value: collect it in the first quarter; no goal is set before.",
    "数据中没有基期值：首个季度先行采集，此前不设目标。",
)
FEW = values.text("Too few customers or answers to be shown.", "客户或答卷过少，不予显示。")
SAID = {"median": "median", "mean": "mean", "filled": "share filled in", "positive": "share above zero"}
ENDS = {"up": 100.0, "down": 0.0}  # of a share in percent, by where it should go
ENDED = values.text(
    "What the data hold is at its end already and can show no change: collect what the indicator asks for.",
    "现有数据已达上限或下限，无法反映变化：应另行采集该指标所要求的内容。",
)
DOUBTED = values.text("Too many answers look careless for a starting value.", "疑似不认真作答过多，不取其基期值。")
NOWHERE = values.text("The declared reference leads nowhere in these data.", "所声明的出处在数据中不存在。")
OWN = ["kpi", "position", "kind", "owner", "owner_label_en", "owner_label_zh", "label_en", "label_zh", "unit"]
OWN += ["direction", "department", "department_en", "department_zh"]
BASE = ["baseline", "low", "high", "n", "status", "source", "note_en", "note_zh", "reason_en", "reason_zh"]
NEED = ["need", "need_label_en", "need_label_zh", "need_value", "need_low", "need_high", "need_n"]


class Found(NamedTuple):
    """A starting value with its interval and number of cases, or the reason why there is none."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: float | None = None
    reason: values.Text | None = None


class Data(NamedTuple):
    """Where baselines are looked up: paths and documents of values, paths and tables, the customer list."""

    paths: Mapping[str, str]
    documents: Mapping[str, Any]
    frames: Mapping[str, pd.DataFrame]
    existing: pd.DataFrame
    min_cell: int
    stopped: bool = False  # too many answers look careless to be used


def of_values(baseline: Baseline, document: Mapping[str, Any]) -> Found:
    """From the values of a rule; KeyError where a pointer leads nowhere."""
    if document["status"] != "ok":
        return Found(reason=document["reason"])
    pointers = (baseline.at, baseline.low, baseline.high, baseline.n)
    found = [None if pointer is None else resolve(document, pointer) for pointer in pointers]
    return Found(reason=FEW) if found[0] is None else Found(*found)


def of_table(baseline: Baseline, table: pd.DataFrame) -> Found:
    """From a cell of a table; KeyError where the row or a column is not there."""
    if table.empty:
        return Found(reason=COLLECT)
    at = pd.Series(True, index=table.index)
    for column, wanted in baseline.row.items():
        at &= table[column].astype(str).eq(wanted)
    if at.sum() != 1:
        raise KeyError(baseline.row)
    row = table[at].iloc[0]
    columns = (baseline.at, baseline.low, baseline.high, baseline.n)
    found = [None if column is None or pd.isna(row[column]) else float(row[column]) for column in columns]
    return Found(reason=FEW) if found[0] is None else Found(*found)


def of_customers(baseline: Baseline, existing: pd.DataFrame, min_cell: int) -> Found:
    """A statistic of the existing customers; KeyError where the list does not have the column."""
    if existing.empty:
        return Found(reason=COLLECT)
    column = existing[str(baseline.customers)]
    known = column.dropna()
    if baseline.at in ("median", "mean"):
        small = len(known) < min_cell
        return Found(reason=FEW) if small else Found(float(known.agg(baseline.at)), n=len(known))
    base = column if baseline.at == "filled" else known
    hits = int(base.notna().sum()) if baseline.at == "filled" else int((pd.to_numeric(base) > 0).sum())
    small = len(base) < min_cell or any(0 < count < min_cell for count in (hits, len(base) - hits))
    return Found(reason=FEW) if small else Found(hits / len(base), n=len(base))


def resolved(baseline: Baseline | None, data: Data) -> Found:
    """The starting value in the indicator's unit."""
    if baseline is None:
        return Found(reason=COLLECT)
    if data.stopped and baseline.table in ANSWERS:
        return Found(reason=DOUBTED)
    try:
        if baseline.values is not None:
            found = of_values(baseline, data.documents[baseline.values])
        elif baseline.table is not None:
            found = of_table(baseline, data.frames[baseline.table])
        else:
            found = of_customers(baseline, data.existing, data.min_cell)
    except (KeyError, ValueError, TypeError):
        return Found(reason=NOWHERE)
    scaled = [None if number is None else number * baseline.times for number in found[:3]]
    return Found(*scaled, n=found.n, reason=found.reason)


def source_of(baseline: Baseline, paths: Mapping[str, str]) -> str:
    """Where the value stands, for a reader who wants to see it."""
    if baseline.customers is not None:
        return f"customer list, {baseline.customers}: {SAID[baseline.at]}"
    place = PurePosixPath(paths[str(baseline.values or baseline.table)])
    row = ", ".join(f"{column} = {wanted}" for column, wanted in baseline.row.items())
    return f"{place.parent.name}/{place.name}, {baseline.at}" + (f" where {row}" if row else "")


def indicators(file: StrategyFile, guards: SafeguardsFile) -> list[tuple[dict[str, Any], Kpi]]:
    """Every indicator with what it belongs to: goals, then measures, then safeguards, in the order of the files."""
    owners: list[tuple[str, str, Label, Kpi, str | None]] = []
    owners += [(goal.id, "goal", goal.name, goal.kpi, None) for goal in file.strategy.goals]
    owners += [(m.id, "measure", m.name, m.kpi, m.lead) for m in file.measures]
    owners += [(s.id, "safeguard", s.name, s.kpi, s.raci.responsible) for s in guards.safeguards.measures]
    departments = {one.id: one.label for one in file.strategy.departments}
    out = []
    for position, (owner, kind, name, kpi, lead) in enumerate(owners, start=1):
        label = departments.get(str(lead))
        row = [kpi.id or f"kpi_{owner}", position, kind, owner, name.en, name.zh, kpi.definition.en]
        row += [kpi.definition.zh, kpi.unit, kpi.direction, lead, label and label.en, label and label.zh]
        out.append((dict(zip(OWN, row, strict=True)), kpi))
    return out


def kpi_table(file: StrategyFile, guards: SafeguardsFile, data: Data) -> pd.DataFrame:
    """One row an indicator, with its baseline."""
    rows = []
    for row, kpi in indicators(file, guards):
        baseline = kpi.baseline
        found = resolved(baseline, data)
        if kpi.unit == "%" and found.value == ENDS[kpi.direction]:
            found = Found(reason=ENDED)
        note = baseline.note if baseline and baseline.note else Label(en="")
        source = source_of(baseline, data.paths) if baseline and found.value is not None else None
        told = (note.en or None, note.zh or None) if source else (None, None)
        reason = (found.reason["en"], found.reason["zh"]) if found.reason else (None, None)
        status = "open" if found.value is None else "known"
        rows.append(row | dict(zip(BASE, [*found[:4], status, source, *told, *reason], strict=True)))
    return pd.DataFrame(rows, columns=[*OWN, *BASE]).astype({"n": "Float64"}).astype({"n": "Int64"})


def needs_moved(qfd: pd.DataFrame, ipa: pd.DataFrame) -> pd.DataFrame:
    """The attribute to which each measure contributes most, with its performance; index owner."""
    ranked = qfd.sort_values(["contribution", "attribute"], ascending=[False, True], kind="stable")
    first = ranked.drop_duplicates("measure").set_index("measure")
    rated = ipa[ipa["group"].eq(ALL)].set_index("attribute").reindex(first["attribute"])
    out = first[["attribute", "attribute_label_en", "attribute_label_zh"]].set_axis(NEED[:3], axis=1)
    numbers = ["performance", "performance_low", "performance_high", "n_performance"]
    out[NEED[3:]] = rated[numbers].to_numpy()
    return out


def describe(table: pd.DataFrame) -> dict[str, Any]:
    """How many indicators have a baseline, and which reference leads nowhere."""
    lost = table[table["reason_en"].eq(NOWHERE["en"])]
    warnings = [
        values.warning(
            "baseline_lost",
            "caution",
            f"The starting value of an indicator ({row.label_en}) is declared at a place that these data do not have; "
            "it stays open.",
            f"指标“{row.label_zh}”所声明的基期值出处在本数据中不存在，暂缺。",
        )
        for row in lost.itertuples()
    ]
    known, kinds = table["status"].eq("known"), table["kind"]
    return {
        "n": len(table),
        "n_known": int(known.sum()),
        "n_measures": int(kinds.eq("measure").sum()),
        "n_measures_known": int((known & kinds.eq("measure")).sum()),
        "n_goals": int(kinds.eq("goal").sum()),
        "n_goals_known": int((known & kinds.eq("goal")).sum()),
        "collect": COLLECT,
        "warnings": warnings,
    }


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, output, params = snakemake.input, snakemake.output, snakemake.params
    file = load(source.strategy, StrategyFile, params.study)
    guards = load(source.safeguards, SafeguardsFile, params.study)
    customers = tables.read(source.customers)
    existing = customers[customers["status"].eq("existing")] if "status" in customers else customers.head(0)
    data = Data(
        paths={name: source[name] for name in (*VALUES, *TABLES)},
        documents={name: values.read(source[name]) for name in VALUES},
        frames={name: tables.read(source[name], text=["group"]) for name in TABLES},
        existing=existing,
        min_cell=params.min_cell,
        stopped=values.read(source.screened)["stopped"],
    )
    table = kpi_table(file, guards, data)
    qfd = tables.read(source.qfd)
    moved = needs_moved(qfd.head(0) if data.stopped else qfd, data.frames["ipa"])
    table = table.join(moved, on="owner").astype({"need_n": "Float64"}).astype({"need_n": "Int64"})
    tables.write(table, output.table, ["position"])
    values.write(describe(table), output.values)


if __name__ == "__main__":
    run(main, snakemake)
