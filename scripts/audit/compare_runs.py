"""Compare two builds: which inputs differ, and which ranks, verdicts, warnings, sentences and values follow from it.

What a decision rests on comes first. Ranks come with the interval that the draws of the first build gave: a move inside
it is no news. The whole list is a table and a page; the screen shows the beginning of each part.

Refuses a folder without the record of its audit, and a build whose files are not those that its audit recorded.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from scripts.audit import builds, changes, rankings, sentences
from scripts.audit.builds import CHAPTERS, Build
from scripts.audit.changes import NONE, Change
from scripts.audit.rankings import Groups, Row
from scripts.lib import tables
from scripts.lib.job import InputError, run
from scripts.run import COMPARISON, END_OF_COMPARISON

MOST = 5  # changes of a part that are shown on the screen
HEADINGS = {
    "setting": "Settings",
    "raw": "Raw files (SHA-256)",
    "code": "Code and environment (SHA-256)",
    "group": "Groups that only one build has (what is told of them is not compared)",
    "rank": "Ranks",
    "verdict": "Verdicts",
    "warning": "Warnings",
    "sentence": "Sentences",
    "value": "Values",
}
STAGES = ("strategy", "needs", "segments", "customers", "environment", "validity", "survey", "literature")


def inputs(before: Build, after: Build) -> list[Change]:
    """Settings, seed, raw files and code that differ."""
    return [
        *changes.settings({**before.settings, "seed": before.seed}, {**after.settings, "seed": after.seed}),
        *changes.hashes("raw", before.raw, after.raw),
        *changes.hashes("code", before.code, after.code),
    ]


def groupings(before: Sequence[Row], after: Sequence[Row], groups: Groups) -> list[Change]:
    """Groups that only one build has."""
    gone = [(row, (row["label_en"], NONE)) for row in before if row["group"] in groups.gone]
    new = [(row, (NONE, row["label_en"])) for row in after if row["group"] in groups.new]
    return [
        Change("group", rankings.GROUPS, changes.point(row, ["group"], "label_en"), f"n = {row['n']}", *pair)
        for row, pair in [*gone, *new]
    ]


def ranks(before: Build, after: Build, groups: Groups) -> Iterator[Change]:
    """Every move, ranking by ranking; before them the first places of a ranking where others hold them now."""
    for ranking in rankings.RANKINGS:
        file = ranking.file
        if before.files.get(file) == after.files.get(file):
            continue
        old, new = groups.first(before.table(file).rows), groups.second(after.table(file).rows)
        places = rankings.places(ranking, old, new, groups.names)
        moved = rankings.moved(places)
        inside = f", {sum(place.inside for place in moved)} of them inside the interval of the first build"
        part = f"{ranking.title}: {len(moved)} of {len(places)} moved{inside if ranking.interval else ''}"
        heads = rankings.head(places, False), rankings.head(places, True)
        if heads[0] != heads[1]:
            yield Change("rank", file, ranking.place, "first places", *heads, part=part)
        for place in moved:
            held = [NONE if one is None else f"{one:g}" for one in (place.before, place.after)]
            pointer = changes.point(place.key, list(place.key), ranking.place)
            yield Change("rank", file, pointer, place.label, *held, note=place.note, part=part)


def contents(before: Build, after: Build, groups: Groups) -> Iterator[Change]:
    """Verdicts, warnings and values that differ."""
    for file in sorted({*before.compared, *after.compared}):
        if before.files.get(file) == after.files.get(file):
            continue
        if file.endswith(".json"):
            old, new = before.values(file), after.values(file)
            yield from changes.values(file, old, new)
            yield from changes.warnings(file, old, new)
        else:
            yield from changes.cells(file, before.table(file), after.table(file), groups)


def words(before: Build, after: Build) -> Iterator[Change]:
    """Sentences of the chapters that differ."""
    for number, file in enumerate(CHAPTERS):
        if before.files.get(file) != after.files.get(file):
            pairs = sentences.changed(*(sentences.sentences(build.text(file)) for build in (before, after)))
            part = f"Chapter {number}" if number else "Summary"
            for pair in pairs:
                yield Change(
                    "sentence", file, pair.place, "", pair.before or NONE, pair.after or NONE, part=part, shown=True
                )


def compare(before: Build, after: Build) -> list[Change]:
    """Every difference, in the order of importance for a reader."""
    rows = before.table(rankings.GROUPS).rows, after.table(rankings.GROUPS).rows
    groups = rankings.match(*rows)
    moved = [*ranks(before, after, groups)]
    known = set(_told(moved))
    found = [one for one in contents(before, after, groups) if (one.file, one.pointer) not in known]
    told = changes.shown_in(before.uses) | changes.shown_in(after.uses)
    found = sorted((one._replace(shown=(one.file, one.pointer) in told) for one in found), key=_importance)
    kinds = {kind: [one for one in found if one.kind == kind] for kind in ("verdict", "warning", "value")}
    return [
        *inputs(before, after),
        *groupings(*rows, groups),
        *moved,
        *kinds["verdict"],
        *kinds["warning"],
        *words(before, after),
        *kinds["value"],
    ]


def _told(moved: Sequence[Change]) -> Iterator[tuple[str, str]]:
    """File and pointer of the cells that the moves tell: the places, and the intervals beside them."""
    beside = {(ranking.file, ranking.place): ranking.interval for ranking in rankings.RANKINGS}
    for one in moved:
        row, _, column = one.pointer.rpartition(" → ")
        for name in (column, *beside.get((one.file, column), ())):
            yield one.file, f"{row} → {name}"


def _importance(change: Change) -> tuple[bool, int, float, str]:
    """What the report shows first, then the stages that are nearest to a decision, then the largest changes."""
    stage = change.file.split("/")[0]
    place = STAGES.index(stage) if stage in STAGES else len(STAGES)
    return not change.shown, place, -changes.relative(change), change.file


def line(change: Change, rule: str) -> str:
    """One difference as an entry of a list."""
    pair = f"{change.before} → {change.after}"
    where = f"`{change.file}`, `{change.pointer}`"
    match change.kind:
        case "setting":
            return f"- `{change.pointer}`: {pair}"
        case "raw" | "code":
            return f"- `{change.file}`: {pair}"
        case "group":
            return f"- {pair} ({change.label})"
        case "rank":
            return f"- {pair}: {change.label} ({change.note})" if change.note else f"- {change.label}: {pair}"
        case "warning":
            came, text = ("gone", change.before) if change.after == NONE else ("new", change.after)
            return f"- {came}, {change.label}: {text} (`{rule}`)"
        case "sentence":
            return f"- *{change.pointer}*\n    - before: {change.before}\n    - after: {change.after}"
    return f"- {pair}: {change.label + ', ' if change.label else ''}{where}"


def page(title: str, found: Sequence[Change], rules: Mapping[str, str], most: int | None = None) -> str:
    """The comparison as Markdown; ``most`` entries of a part, or all."""
    n = {kind: sum(one.kind == kind for one in found) for kind in HEADINGS}
    shown = sum(one.kind == "value" and one.shown for one in found)
    lines = [
        f"{COMPARISON}{title}",
        "",
        f"**In short.** Inputs that differ: settings {n['setting']}, raw files {n['raw']}, code or environment "
        f"{n['code']}. What follows from them: groups {n['group']}, moves in rankings {n['rank']}, verdicts "
        f"{n['verdict']}, warnings {n['warning']}, sentences {n['sentence']}, values {n['value']} (in the report: "
        f"{shown}).",
    ]
    for kind, heading in HEADINGS.items():
        mine = [one for one in found if one.kind == kind]
        lines += ["", f"## {heading}"] if mine else []
        for part in dict.fromkeys(one.part for one in mine):
            entries = [one for one in mine if one.part == part]
            lines += ["", f"### {part}"] if part else []
            lines += ["", *(line(one, rules.get(one.file, "")) for one in entries[:most])]
            if most is not None and len(entries) > most:
                lines.append(f"- ... and {len(entries) - most} more")
    return "\n".join(lines) + "\n"


def table(found: Sequence[Change], rules: Mapping[str, str]) -> pd.DataFrame:
    """The comparison as a table, one row a difference."""
    frame = pd.DataFrame(found, columns=Change._fields).assign(rule=[rules.get(one.file, "") for one in found])
    frame.insert(0, "position", range(1, len(frame) + 1))
    return frame[
        ["position", "kind", "part", "rule", *(name for name in Change._fields if name not in ("kind", "part"))]
    ]


def main(snakemake: Any) -> None:
    """Adapter: files in, files out, and the beginning of each part on the screen."""
    output, params = snakemake.output, snakemake.params
    if len(params.builds) != 2:
        raise InputError("compare_runs, builds: found none; allowed: two; run: make compare A=<build> B=<build>")
    before, after = map(builds.read, params.builds)
    found, rules = compare(before, after), {**before.rules, **after.rules}
    title = " → ".join(params.builds)
    tables.write(table(found, rules), output.table, ["position"])
    Path(output.page).write_text(page(title, found, rules), encoding="utf-8")
    print(page(title, found, rules, MOST))
    print(f"{END_OF_COMPARISON}{output.page} and {output.table}")


if __name__ == "__main__":
    run(main, snakemake)
