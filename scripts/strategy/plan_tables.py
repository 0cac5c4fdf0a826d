"""The plan as tables: road map, responsibilities, indicators, risks, what secures what."""

from collections.abc import Mapping

import pandas as pd

from scripts.lib.instrument import Label
from scripts.strategy.measures import StrategyFile
from scripts.strategy.safeguards import EVERY, Safeguard, SafeguardsFile
from scripts.strategy.schedule import Span, quarter_name

BASELINE = {
    "en": "The data give no starting value; the first quarter measures it, and no goal is set before.",
    "zh": "数据未提供基期值;首个季度先行测量,此前不设目标。",
}
ROLES = ("responsible", "accountable", "consulted", "informed")


def secured(safeguard: Safeguard, measures: list[str]) -> list[str]:
    """The measures that a safeguard secures."""
    return measures if EVERY in safeguard.secures else list(safeguard.secures)


def roadmap(
    file: StrategyFile, guards: SafeguardsFile, spans: Mapping[str, Span], position: pd.Series, start: str | None
) -> pd.DataFrame:
    """One row a measure or safeguard, measures in the order of the ranking first; ``position`` by measure."""
    rows = []
    for m in file.measures:
        rows.append([m.id, "measure", m.name, m.start_quarter_earliest, m.length_quarters, m.prerequisites, m.horizon])
    for s in guards.safeguards.measures:
        rows.append([s.id, "safeguard", s.name, s.start_quarter, s.length_quarters, [], None])
    out = pd.DataFrame(rows, columns=["id", "kind", "name", "earliest", "length", "prerequisites", "horizon"])
    out.insert(2, "label_en", [name.en for name in out["name"]])
    out.insert(3, "label_zh", [name.zh for name in out["name"]])
    out["start_quarter"] = [spans[name].start for name in out["id"]]
    out["end_quarter"] = [spans[name].end for name in out["id"]]
    out["start_name"] = [quarter_name(start, n) for n in out["start_quarter"]]
    out["end_name"] = [quarter_name(start, n) for n in out["end_quarter"]]
    out["prerequisites"] = out["prerequisites"].map(";".join)
    out["rank"] = out["id"].map(position).fillna(len(out) + 1)
    out = out.sort_values(["kind", "rank"], kind="stable").reset_index(drop=True)
    out["position"] = range(1, len(out) + 1)
    return out.drop(columns=["name", "rank"])


def safeguard_table(guards: SafeguardsFile, measures: list[str]) -> pd.DataFrame:
    """One row a safeguard, in the order of the file."""
    groups = {group.id: group.label for group in guards.safeguards.groups}
    rows = [
        {
            "safeguard": s.id,
            "position": position,
            "group": s.group,
            "group_label_en": groups[s.group].en,
            "group_label_zh": groups[s.group].zh,
            "label_en": s.name.en,
            "label_zh": s.name.zh,
            "text_en": s.text.en,
            "text_zh": s.text.zh,
            "n_secures": len(secured(s, measures)),
            "general": EVERY in s.secures,
            "mitigates": ";".join(s.mitigates),
        }
        for position, s in enumerate(guards.safeguards.measures, start=1)
    ]
    return pd.DataFrame(rows)


def raci(guards: SafeguardsFile, departments: Mapping[str, Label]) -> pd.DataFrame:
    """One row a safeguard: who is responsible, accountable, consulted, informed."""
    rows = []
    for position, s in enumerate(guards.safeguards.measures, start=1):
        row = {"id": s.id, "position": position, "label_en": s.name.en, "label_zh": s.name.zh}
        for role in ROLES:
            named = getattr(s.raci, role)
            named = [named] if isinstance(named, str) else named
            row[role] = ";".join(named)
            row[f"{role}_en"] = "; ".join(departments[name].en for name in named)
            row[f"{role}_zh"] = "、".join(departments[name].zh for name in named)
        rows.append(row)
    return pd.DataFrame(rows)


def kpis(file: StrategyFile, guards: SafeguardsFile, departments: Mapping[str, Label]) -> pd.DataFrame:
    """One row an indicator of a measure or safeguard, with its owner; a baseline only where the data give one."""
    owners = [(m.id, "measure", m.name, m.kpi, m.lead) for m in file.measures]
    owners += [(s.id, "safeguard", s.name, s.kpi, s.raci.responsible) for s in guards.safeguards.measures]
    rows = [
        {
            "kpi": kpi.id or f"kpi_{owner}",
            "position": position,
            "kind": kind,
            "owner": owner,
            "owner_label_en": name.en,
            "owner_label_zh": name.zh,
            "label_en": kpi.definition.en,
            "label_zh": kpi.definition.zh,
            "unit": kpi.unit,
            "direction": kpi.direction,
            "department": department,
            "department_en": departments[department].en,
            "department_zh": departments[department].zh,
            "baseline": None,
            "baseline_en": BASELINE["en"],
            "baseline_zh": BASELINE["zh"],
        }
        for position, (owner, kind, name, kpi, department) in enumerate(owners, start=1)
    ]
    return pd.DataFrame(rows)


def risks(guards: SafeguardsFile) -> pd.DataFrame:
    """The register before and after: each safeguard that mitigates a risk lowers its likelihood by 1, to 1 at least."""
    rows = []
    for position, risk in enumerate(guards.safeguards.risks, start=1):
        against = [s.id for s in guards.safeguards.measures if risk.id in s.mitigates]
        later = max(1, risk.likelihood - len(against))
        rows.append(
            {
                "risk": risk.id,
                "position": position,
                "label_en": risk.statement.en,
                "label_zh": risk.statement.zh,
                "likelihood": risk.likelihood,
                "impact": risk.impact,
                "before": risk.likelihood * risk.impact,
                "n_safeguards": len(against),
                "safeguards": ";".join(against),
                "likelihood_after": later,
                "impact_after": risk.impact,
                "after": later * risk.impact,
            }
        )
    columns = ["risk", "position", "label_en", "label_zh", "likelihood", "impact", "before", "n_safeguards"]
    columns += ["safeguards", "likelihood_after", "impact_after", "after"]
    return pd.DataFrame(rows, columns=columns)


def secures(file: StrategyFile, guards: SafeguardsFile) -> pd.DataFrame:
    """One row a measure and safeguard that secures it; ``general`` when the safeguard secures every measure."""
    names = [m.id for m in file.measures]
    rows = [(m, s.id, EVERY in s.secures) for s in guards.safeguards.measures for m in secured(s, names)]
    return pd.DataFrame(rows, columns=["measure", "safeguard", "general"])


def anchors(guards: SafeguardsFile) -> pd.DataFrame:
    """Regulatory anchors with their source."""
    rows = [
        [position, a.topic.en, a.topic.zh, a.fact, a.source]
        for position, a in enumerate(guards.safeguards.regulatory_anchors, start=1)
    ]
    return pd.DataFrame(rows, columns=["position", "topic_en", "topic_zh", "fact", "source"])
