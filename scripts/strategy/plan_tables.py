"""The plan as tables: road map, responsibilities, risks, what secures what, and all of it by measure and by group."""

from collections.abc import Iterable, Mapping

import pandas as pd

from scripts.lib.instrument import Label
from scripts.strategy.measures import StrategyFile
from scripts.strategy.safeguards import EVERY, Safeguard, SafeguardsFile
from scripts.strategy.schedule import Span, quarter_name

ROLES = ("responsible", "accountable", "consulted", "informed")
RANKED = ["rank_topsis", "rank_low", "rank_high", "p_rank1", "p_top3", "rank_weighted_sum"]
RANKED += ["p_top3_weighted_sum", "goes_first"]
SCHEDULED = ["start_quarter", "end_quarter", "start_name", "end_name"]
WAYS = ("en", "zh")
NAMED = ["measure", "family", "label_en", "label_zh", "lead", "lead_label_en", "lead_label_zh", "apart"]


def joined(ids: Iterable[str], labels: Mapping[str, Label]) -> tuple[str | None, str | None]:
    """The names of several things in both languages, nothing for none."""
    names = [labels[name] for name in ids]
    return "; ".join(name.en for name in names) or None, "、".join(name.zh for name in names) or None


def labels_of(file: StrategyFile, guards: SafeguardsFile) -> dict[str, Label]:
    """The names of measures and safeguards."""
    return {one.id: one.name for one in (*file.measures, *guards.safeguards.measures)}


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


def safeguard_table(file: StrategyFile, guards: SafeguardsFile) -> pd.DataFrame:
    """One row a safeguard, in the order of the file, with the measures that it secures and their families."""
    groups, labels = {group.id: group.label for group in guards.safeguards.groups}, labels_of(file, guards)
    family = {measure.id: one.name for one in file.strategy.families for measure in one.measures}
    rows = []
    for position, s in enumerate(guards.safeguards.measures, start=1):
        own = secured(s, [m.id for m in file.measures])
        row = [
            s.id,
            position,
            s.group,
            groups[s.group].en,
            groups[s.group].zh,
            s.name.en,
            s.name.zh,
            s.text.en,
            s.text.zh,
        ]
        families = dict.fromkeys(family[measure].en for measure in own), dict.fromkeys(family[m].zh for m in own)
        row += [len(own), EVERY in s.secures, *joined(own, labels), "; ".join(families[0]), "、".join(families[1])]
        rows.append([*row, ";".join(s.mitigates)])
    columns = ["safeguard", "position", "group", "group_label_en", "group_label_zh", "label_en", "label_zh", "text_en"]
    columns += [
        "text_zh",
        "n_secures",
        "general",
        "secures_en",
        "secures_zh",
        "families_en",
        "families_zh",
        "mitigates",
    ]
    return pd.DataFrame(rows, columns=columns)


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


def risks(guards: SafeguardsFile) -> pd.DataFrame:
    """The register before and after: each safeguard that mitigates a risk lowers its likelihood by 1, to 1 at least."""
    plan, rows = guards.safeguards, []
    labels = {safeguard.id: safeguard.name for safeguard in plan.measures}
    for position, risk in enumerate(plan.risks, start=1):
        against = [s.id for s in plan.measures if risk.id in s.mitigates]
        later = max(1, risk.likelihood - len(against))
        row = [risk.id, position, risk.statement.en, risk.statement.zh, risk.likelihood, risk.impact, risk.product]
        row += [len(against), ";".join(against), *joined(against, labels), later, risk.impact, later * risk.impact]
        rows.append(row)
    columns = [
        "risk",
        "position",
        "label_en",
        "label_zh",
        "likelihood",
        "impact",
        "before",
        "n_safeguards",
        "safeguards",
    ]
    columns += ["safeguards_en", "safeguards_zh", "likelihood_after", "impact_after", "after"]
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


def by_measure(
    file: StrategyFile, guards: SafeguardsFile, measures: pd.DataFrame, ranking: pd.DataFrame, roadmap: pd.DataFrame
) -> pd.DataFrame:
    """One row a measure: how it ranks, who leads, what it needs first, when it runs, what of its own secures it.

    ``position`` counts all measures in the order of the ranking, ``place`` those of the family; without a ranking both
    follow the catalogue.
    """
    labels, families = labels_of(file, guards), {family.id: family.name for family in file.strategy.families}
    own = [(m, s.id) for s in guards.safeguards.measures if EVERY not in s.secures for m in s.secures]
    rank = ranking.set_index("measure")[["position", *RANKED]]
    span = roadmap.set_index("id")[SCHEDULED]
    out = measures[[*NAMED, "prerequisites", "horizon_label_en", "horizon_label_zh"]].copy()
    out["family_en"], out["family_zh"] = (
        out["family"].map({k: getattr(v, w) for k, v in families.items()}) for w in WAYS
    )
    out = out.join(rank, on="measure").join(span, on="measure")
    out["position"] = out["position"].fillna(pd.Series(range(1, len(out) + 1), index=out.index)).astype(int)
    out["place"] = out.groupby("family")["position"].rank().astype(int)
    needed = [joined(filter(None, str(ids or "").split(";")), labels) for ids in out["prerequisites"].fillna("")]
    guarded = [joined((s for m, s in own if m == measure), labels) for measure in out["measure"]]
    for name, pairs in (("needed", needed), ("secured", guarded)):
        out[f"{name}_en"], out[f"{name}_zh"] = zip(*pairs, strict=True)
    out["n_own"] = [sum(m == measure for m, _ in own) for measure in out["measure"]]
    return out


def by_group(bundles: pd.DataFrame, plan: pd.DataFrame) -> pd.DataFrame:
    """One row a group and measure of its bundle, with what it needs first, when it runs and where it ranks for all."""
    columns = ["measure", "needed_en", "needed_zh", *SCHEDULED, "rank_topsis", "rank_low", "rank_high"]
    return bundles.merge(plan[columns], on="measure", how="left")
