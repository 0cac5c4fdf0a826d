"""What is wrong with the measures and safeguards of a study, told while the Snakefile is read.

Snakemake removes what a failing job had made before; so the two files are read in full, and against the questionnaire
and each other, before any job runs: unknown attributes, aspects, products, measures, departments; a circle of
prerequisites; a horizon shorter than a prerequisite's. Plain Python.
"""

from collections.abc import Sequence

from scripts.lib.instrument import Instrument
from scripts.lib.study import Study, locate
from scripts.strategy import schedule
from scripts.strategy.catalogue import HORIZONS, read, repeated, unknown
from scripts.strategy.measures import StrategyFile
from scripts.strategy.safeguards import EVERY, SafeguardsFile

MOST = 12  # faults told of one file


def catalogue_faults(study: Study, instrument: Instrument) -> list[str]:
    """All faults of the two files, each with its file, and of what the study says of them."""
    path, other = (locate(study, file) for file in (study.files.strategy, study.files.safeguards))
    file, faults = read(path, StrategyFile)
    guards, more = read(other, SafeguardsFile)
    of_study: list[str] = []
    if file is not None:
        faults += measure_faults(file, instrument)
        of_study = apart_faults(file, study.strategy.apart)
    if file is not None and guards is not None:
        faults += plan_faults(file, guards)
        more += safeguard_faults(file, guards)
    told = [[f"file {name}, {fault}" for fault in found] for name, found in ((path, faults), (other, more))]
    return [line for lines in told for line in _cut(lines)] + of_study


def _cut(lines: Sequence[str]) -> list[str]:
    return [*lines[:MOST], *([f"... and {len(lines) - MOST} more faults of this file"] if len(lines) > MOST else [])]


def measure_faults(file: StrategyFile, instrument: Instrument) -> list[str]:
    """What the measures refer to in the questionnaire and it does not have."""
    attributes, aspects, products = (
        [one.id for one in listed] for listed in (instrument.attributes, instrument.aspects, instrument.products)
    )
    faults = []
    for family in file.strategy.families:
        faults += unknown(f"family {family.id}, aspects", family.answers, aspects)
        for measure in family.measures:
            faults += unknown(f"measure {measure.id}, serves", measure.serves, attributes)
            # a study without products may keep a catalogue that names some
            faults += unknown(f"measure {measure.id}, products", measure.products, products) if products else []
    return faults


def apart_faults(file: StrategyFile, apart: Sequence[str]) -> list[str]:
    """Measures that the study sets apart: they exist, and some are left to be ranked."""
    known = [measure.id for measure in file.measures]
    if set(known) <= set(apart):
        return ["strategy.apart: found every measure; allowed: some of them; leave one out at least"]
    return unknown("strategy.apart", apart, known)


def tasks(file: StrategyFile, guards: SafeguardsFile) -> dict[str, schedule.Task]:
    """Measures and safeguards as tasks."""
    out = {m.id: schedule.Task(m.start_quarter_earliest, m.length_quarters, m.prerequisites) for m in file.measures}
    return out | {s.id: schedule.Task(s.start_quarter, s.length_quarters, []) for s in guards.safeguards.measures}


def plan_faults(file: StrategyFile, guards: SafeguardsFile) -> list[str]:
    """Prerequisites that do not exist, run in a circle, or have a longer horizon than what waits for them."""
    planned = tasks(file, guards)
    faults = [
        fault
        for measure in file.measures
        for fault in unknown(f"measure {measure.id}, prerequisites", measure.prerequisites, list(planned))
    ]
    if faults:
        return faults
    if circle := schedule.circle(planned):
        return [
            f"measure {circle[0]}, prerequisites: found the circle {' -> '.join(circle)}; allowed: no circle; remove "
            "one of these prerequisites"
        ]
    spans, horizons = schedule.plan(planned), {measure.id: measure.horizon for measure in file.measures}
    for measure in file.measures:
        for needed in measure.prerequisites:
            until = HORIZONS[horizons[needed]] if needed in horizons else spans[needed].end
            if until > HORIZONS[measure.horizon]:
                other = f"horizon {horizons[needed]}" if needed in horizons else f"end in quarter {until}"
                faults.append(
                    f"measure {measure.id}, horizon: found {measure.horizon}, but its prerequisite {needed} has "
                    f"{other}; allowed: no shorter than that; lengthen the horizon or drop the prerequisite"
                )
    return faults


def safeguard_faults(file: StrategyFile, guards: SafeguardsFile) -> list[str]:
    """What the safeguards refer to and does not exist."""
    measures = [measure.id for measure in file.measures]
    departments = [department.id for department in file.strategy.departments]
    faults = repeated("measure or safeguard", [*measures, *(s.id for s in guards.safeguards.measures)])
    for s in guards.safeguards.measures:
        people = [s.raci.responsible, s.raci.accountable, *s.raci.consulted, *s.raci.informed]
        faults += unknown(f"safeguard {s.id}, raci", people, departments)
        faults += unknown(f"safeguard {s.id}, secures", s.secures, [*measures, EVERY])
    return faults
