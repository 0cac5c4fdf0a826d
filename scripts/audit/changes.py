"""What differs between two builds of a study, as pure functions: inputs, values, verdicts and warnings.

A verdict is what a reader takes for yes or no or for a kind: the status of a rule, a truth value, a quadrant, a
category, the name of a group. Every other cell or value that differs is a value. Not compared are draws (tables with a
column ``draw``), for intervals show what they say, and the order of rows, for places are ranks. Where a
text stands in two languages, its English is compared.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from scripts.audit.rankings import GROUPS, RANKINGS, Groups, label
from scripts.chapters.shown import Table, parse

VERDICTS = frozenset({"status", "verdict", "quadrant", "category"})
DRAW = "draw"
ORDER = frozenset({"position", "problem"})  # numbers that follow the order of the rows
PLACES = ORDER | {ranking.place for ranking in RANKINGS}
NAMES = (GROUPS, "label_en")
NONE = "–"
ROW = "a row"


class Change(NamedTuple):
    """One difference; ``part`` is the heading that it stands under, ``shown`` says that a report shows it."""

    kind: str
    file: str
    pointer: str
    label: str
    before: str
    after: str
    note: str = ""
    part: str = ""
    shown: bool = False


def flatten(document: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Every plain value of a document with its JSON pointer."""
    if isinstance(document, Mapping):
        for name, item in document.items():
            yield from flatten(item, f"{pointer}/{str(name).replace('~', '~0').replace('/', '~1')}")
    elif isinstance(document, list):
        for position, item in enumerate(document):
            yield from flatten(item, f"{pointer}/{position}")
    else:
        yield pointer, document


def text(value: Any) -> str:
    """A value as a reader writes it."""
    if value is None or value == "":
        return NONE
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """Names whose value differs, with both values; ``None`` where a side does not have it."""
    names = {**before, **after}
    return [(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)]


def settings(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Settings of the study that differ, by their path in its YAML."""
    found = differing(dict(flatten(before)), dict(flatten(after)))
    return [Change("setting", "", pointer[1:].replace("/", "."), "", text(a), text(b)) for pointer, a, b in found]


def hashes(kind: str, before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """Files that differ by their SHA-256."""
    return [
        Change(kind, name, "", "", *((one or NONE)[:12] for one in pair)) for name, *pair in differing(before, after)
    ]


def values(file: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Values of a rule that differ, but its warnings; ``file`` is their path."""
    flat = [dict(flatten({key: item for key, item in one.items() if key != "warnings"})) for one in (before, after)]
    found = []
    for pointer, old, new in differing(*flat):
        name = pointer.rpartition("/")[2]
        if name == "zh" and any(f"{pointer[:-2]}en" in one for one in flat):
            continue
        verdict = name in VERDICTS or isinstance(old, bool) or isinstance(new, bool)
        found.append(Change("verdict" if verdict else "value", file, pointer, "", text(old), text(new)))
    return found


def point(row: Mapping[str, str], key: Sequence[str], column: str) -> str:
    """Where a cell stands in its table."""
    return f"{', '.join(f'{name}={row[name]}' for name in key)} → {column}"


def identity(before: Table, after: Table) -> list[str]:
    """Columns that tell the rows apart in both tables: the leftmost ones, places only where nothing else does.

    What is measured is no identity: a row whose number changed is the same row.
    """
    columns = [name for name in after.columns if name in before.columns and name not in PLACES]
    rows = [*before.rows, *after.rows]
    measured = [name for name in columns if any(isinstance(parse(row[name], name), float) for row in rows)]
    columns = columns[: columns.index(measured[0])] if measured else columns
    for width in range(1, len(columns) + 1):
        key = columns[:width]
        if all(len({tuple(row[name] for name in key) for row in one.rows}) == len(one.rows) for one in (before, after)):
            return key
    return max(before.key, after.key, key=len)


def cells(file: str, before: Table, after: Table, groups: Groups) -> list[Change]:
    """Cells of a table that differ, and rows that only one build has.

    Parameters
    ----------
    file : path of the table.
    before, after : the table in the two builds.
    groups : which groups of the two builds are the same.
    """
    if DRAW in after.columns or DRAW in before.columns:
        return []
    key = identity(before, after)
    rows = groups.first(before.rows), groups.second(after.rows)
    keyed = [{tuple(row[name] for name in key): row for row in part} for part in rows]
    columns = [name for name in after.columns if name in before.columns and name not in {*key, *ORDER}]
    columns = [name for name in columns if not (name.endswith("_zh") and f"{name[:-3]}_en" in columns)]
    found = []
    for where in {**keyed[0], **keyed[1]}:
        old, new = (rows.get(where) for rows in keyed)
        row = new or old or {}
        about, named = label(row, groups.names), after.key if new else before.key
        if old is None or new is None:
            found.append(
                Change("value", file, point(row, named, "row"), about, *(ROW if one else NONE for one in (old, new)))
            )
            continue
        for column in columns:
            if old[column] != new[column]:
                verdict = column in VERDICTS or {old[column], new[column]} == {"yes", "no"} or (file, column) == NAMES
                pair = text(old[column]), text(new[column])
                found.append(Change("verdict" if verdict else "value", file, point(row, named, column), about, *pair))
    return found


def warnings(file: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Warnings of a rule that came or went, by their code; what one says now in other words is a sentence."""
    told = [_by_code(one.get("warnings", [])) for one in (before, after)]
    found = []
    for name in sorted(told[0].keys() ^ told[1].keys()):
        one = told[0].get(name) or told[1][name]
        pair = (one["text"]["en"], NONE) if name in told[0] else (NONE, one["text"]["en"])
        found.append(Change("warning", file, name[0], one["severity"], *pair))
    return found


def _by_code(warnings: Sequence[Mapping[str, Any]]) -> dict[tuple[str, int], Mapping[str, Any]]:
    """Warnings by code and how often it was told before."""
    found: dict[tuple[str, int], Mapping[str, Any]] = {}
    for one in warnings:
        count = sum(code == one["code"] for code, _ in found)
        found[one["code"], count] = one
    return found


def shown_in(uses: Sequence[Mapping[str, Any]]) -> set[tuple[str, str]]:
    """File and pointer of everything that a report shows by its log of uses."""
    found = set()
    for use in uses:
        if use["kind"] == "table":
            columns = {name for column in use["columns"] for name in column["names"]}
            found |= {
                (use["file"], point(row["key"], list(row["key"]), name)) for row in use["rows"] for name in columns
            }
        elif use["kind"] == "cell":
            key = use["pointer"]["key"]
            found.add((use["file"], point(key, list(key), use["pointer"]["column"])))
        else:
            found.add((use["file"], use["pointer"]))
    return found


def relative(change: Change) -> float:
    """Size of a change of a number, as a share of the larger one where that is above 1; 0 for a text."""
    old, new = parse(change.before), parse(change.after)
    if isinstance(old, int | float) and isinstance(new, int | float):
        return abs(old - new) / max(abs(old), abs(new), 1)
    return 0.0
