"""What the guide says of each file of a study: pure functions over the graph of its rules, its dictionary and its uses.

An entry is one thing with its files: a table, the values of a rule, a figure with the data behind it, a file of the
report. Of a confidential table only what it is is told; its file is not opened.
"""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from scripts.audit.lineage import Graph, kinds_of, makers
from scripts.chapters.shown import read_values
from scripts.guide.describe_tables import table_name
from scripts.lib.dictionary import CONFIDENTIAL, FAMILY, Column, Dictionary, Table
from scripts.lib.sources import sha256

PLACES = {0: "summary", 8: "appendices", 9: "abstract"}
ORDER = (".svg", ".png", ".csv")  # of the files of one figure
LAST = ("figures", "report", CONFIDENTIAL)
ALL = ("guide", "audit")  # stages that read everything


class File(NamedTuple):
    """One file: its path seen from the guide, SHA-256 and size in bytes."""

    path: str
    sha256: str
    size: int


class Line(NamedTuple):
    """One column of a table, in words; ``target`` is the entry that it points to."""

    name: str
    means: str
    type: str
    blank: str
    target: str


class Entry(NamedTuple):
    """One thing of the guide; ``files`` is empty for what is confidential."""

    id: str
    title: str
    title_zh: str
    about: str
    files: list[File]
    rule: str
    script: str
    read_by: list[str]
    shown_in: list[str]
    kinds: list[str]
    shape: str
    key: str
    lines: list[Line]
    status: str
    reason: str
    warnings: int


class Maker:
    """What a study's files are, made once and asked for each file."""

    def __init__(self, root: str, graph: Graph, dictionary: Dictionary, uses: Sequence[Mapping[str, Any]]) -> None:
        self.root, self.graph, self.dictionary = root, graph, dictionary
        self.rule_of = makers(graph)
        self.kinds = {path: one["kind"] for path, one in graph["raw"].items()}
        self.readers: dict[str, list[str]] = {}
        for rule, part in graph["rules"].items():
            for path in part["input"] if Path(script_of(rule, graph)).parent.name not in ALL else []:
                self.readers.setdefault(path, []).append(rule)
        self.chapters: dict[str, set[int]] = {}
        for use in uses:
            for path in (use["file"], use.get("data", use["file"])):
                self.chapters.setdefault(path, set()).add(use["chapter"])

    def entry(self, paths: Sequence[str]) -> Entry:
        """The entry of files that belong together; the last one tells of them."""
        path = paths[-1]
        rule, stage = self.rule_of[path], Path(path).parent.name
        shown = sorted(set().union(*(self.chapters.get(one, set()) for one in paths)))
        read_by = {reader: None for one in paths for reader in self.readers.get(one, [])}
        told = {
            "id": f"{stage}-{Path(path).name.replace('.', '-')}",
            "files": [self._file(one) for one in paths if stage != CONFIDENTIAL],
            "rule": rule,
            "script": script_of(rule, self.graph),
            "read_by": list(read_by),
            "shown_in": [PLACES.get(chapter, f"chapter {chapter}") for chapter in shown],
            "kinds": kinds_of(path, self.graph, self.kinds),
        }
        none = {"shape": "", "key": "", "lines": [], "status": "", "reason": "", "warnings": 0, "title_zh": ""}
        return Entry(**(none | told | self._words(path, stage)))

    def _file(self, path: str) -> File:
        return File(path.removeprefix(f"{self.root}/"), sha256(path), Path(path).stat().st_size)

    def _words(self, path: str, stage: str) -> dict[str, Any]:
        """What the dictionary says, and what the file itself tells."""
        table = self.dictionary.tables.get(table_name(path)) if path.endswith(".csv") else None
        if table is not None:
            figure = "The figure and the data behind it. " if stage == "figures" else ""
            words = {"title": table.title.en, "title_zh": table.title.zh, "about": f"{figure}A row is {table.row}."}
            return words | {"key": ", ".join(table.key), "lines": lines(table), "shape": shape(table, path)}
        described, name = self.dictionary.stages.get(stage), Path(path)
        if described is not None and name.suffix == ".json" and name.stem in described.values:
            values = read_values(path)
            return {
                "title": f"Values of {name.stem}",
                "about": described.values[name.stem],
                "status": values["status"],
                "reason": values.get("reason", {}).get("en", ""),
                "warnings": len(values["warnings"]),
            }
        about = described.files.get(name.name, "") if described is not None else ""
        return {"title": name.name, "about": about}


def script_of(rule: str, graph: Graph) -> str:
    """The script of a rule, which has its name."""
    return next(path for path in graph["rules"][rule]["code"] if Path(path).stem == rule)


def shape(table: Table, path: str) -> str:
    """Rows and columns of a table, whose columns must be those that are described; nothing of a confidential one."""
    if table.confidential:
        return ""
    with open(path, encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        header = next(reader)
        n = sum(1 for _ in reader)
    table.describe(header)
    return f"{n} {'row' if n == 1 else 'rows'}, {len(header)} {'column' if len(header) == 1 else 'columns'}"


def lines(table: Table) -> list[Line]:
    """The columns of a table in words; a family is one line."""
    return [_line(name, column) for name, column in (table.columns | table.families).items()]


def _line(name: str, column: Column) -> Line:
    family = FAMILY.fullmatch(name)
    values = f" One of: {', '.join(map(str, column.one_of))}." if column.one_of else ""
    said = column.means[0].upper() + column.means[1:] + "." + values
    of = f"one column for each value of {family[2]}" if family else ""
    kind = ", ".join(part for part in (column.type, column.unit) if part)
    target = (column.points_to or (family[2] if family else "")).partition(".")[0]
    identifier = f"{target.replace('/', '-')}-csv" if target else ""
    return Line(f"{family[1]}…" if family else name, f"{said} ({of})" if of else said, kind, column.blank, identifier)


def stages(graph: Graph, opened: Sequence[str]) -> dict[str, list[list[str]]]:
    """The files that are opened, and the confidential ones, by folder in the order of the rules.

    Those of one figure stand together, the data behind it last.
    """
    out: dict[str, list[list[str]]] = {}
    for path in (path for part in graph["rules"].values() for path in part["output"]):
        folder = Path(path).parent.name
        if path not in opened and folder != CONFIDENTIAL:
            continue
        mine = out.setdefault(folder, [])
        together = [one for one in mine if folder == "figures" and Path(one[0]).stem == Path(path).stem]
        if together:
            together[0].append(path)
            together[0].sort(key=lambda one: ORDER.index(Path(one).suffix))
        else:
            mine.append([path])
    return {folder: out[folder] for folder in sorted(out, key=lambda one: LAST.index(one) if one in LAST else -1)}
