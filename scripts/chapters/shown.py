"""How a raw value is read from its file and how it is shown.

The door shows a value with these functions, and the audit reads it again with the same ones: what the page says is a
function of a file, a pointer and a format, and of nothing else. Only the standard library is needed, so that the audit
starts in no time.

A pointer into values is a JSON pointer (RFC 6901). A pointer into a table is the row's key, which is the leftmost
columns that together tell all rows apart, and a column.
"""

import csv
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from scripts.lib.spreadsheet import HARMFUL, bare

Number = int | float
TEXT_COLUMNS = frozenset({"group", "key"})  # identifiers that may look like numbers
WHOLE = re.compile(r"-?(0|[1-9]\d*)")
DECIMAL = re.compile(r"-?\d+\.\d+(e[+-]?\d+)?|-?\d+e[+-]?\d+", re.IGNORECASE)
NONE = "–"  # what a table shows where a cell is blank
MINUS = "\u2212"


class Table(NamedTuple):
    """A table as text: the audit compares what stands in the file, not what a parser made of it."""

    columns: list[str]
    rows: list[dict[str, str]]
    key: list[str]


def read_table(path: str | Path) -> Table:
    """Read a table and find its key.

    Raises
    ------
    ValueError
        If two rows are the same, so that nothing can point at one of them.
    """
    with open(path, encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        columns = list(reader.fieldnames or [])
        rows = [{column: bare(row[column] or "") for column in columns} for row in reader]
    for width in range(1, len(columns) + 1):
        if len({tuple(row[column] for column in columns[:width]) for row in rows}) == len(rows):
            return Table(columns, rows, columns[:width])
    raise ValueError("two rows are the same, so that nothing can point at one of them")


def parse(cell: str, column: str = "") -> str | Number | None:
    """A cell as number or text; a blank cell is ``None``."""
    if cell == "":
        return None
    if column not in TEXT_COLUMNS:
        if WHOLE.fullmatch(cell):
            return int(cell)
        if DECIMAL.fullmatch(cell):
            return float(cell)
    return cell


def resolve(document: Any, pointer: str) -> Any:
    """What a JSON pointer points at.

    Raises
    ------
    KeyError
        With the step that leads nowhere and the keys that exist there.
    """
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(document, dict) and name in document:
            document = document[name]
        elif isinstance(document, list) and name.isdigit() and int(name) < len(document):
            document = document[int(name)]
        else:
            there = sorted(document) if isinstance(document, dict) else [f"{type(document).__name__}"]
            if isinstance(document, list):
                there = [f"0..{len(document) - 1}"]
            raise KeyError(f"no {name!r}; there is {', '.join(there) or 'nothing'}")
    return document


def matches(row: Mapping[str, str], where: Mapping[str, Any]) -> bool:
    """Whether a row has the wanted values; a list means any of its members."""
    return all(
        any(_same(row[column], column, one) for one in (wanted if isinstance(wanted, list | tuple) else [wanted]))
        for column, wanted in where.items()
    )


def _same(cell: str, column: str, wanted: Any) -> bool:
    if isinstance(wanted, bool):
        return cell == ("yes" if wanted else "no")
    if wanted is None or isinstance(wanted, str):
        return cell == (wanted or "")
    return parse(cell, column) == wanted or cell == str(wanted)


def select(table: Table, where: Mapping[str, Any], sort: str = "", limit: int | None = None) -> list[dict[str, str]]:
    """Rows that match, in the table's order or by the column ``sort`` (``-column``: largest first, blanks last)."""
    rows = [row for row in table.rows if matches(row, where)]
    if sort:
        column = sort.removeprefix("-")
        filled = [row for row in rows if row[column]]
        filled.sort(key=lambda row: _rank(row[column], column), reverse=sort.startswith("-"))
        rows = filled + [row for row in rows if not row[column]]
    return rows[:limit]


def _rank(cell: str, column: str) -> tuple[int, Number, str]:
    value = parse(cell, column)
    return (1, 0, value) if isinstance(value, str) else (0, value or 0, "")


def clean(text: str) -> str:
    """Text on one line, without signs that print nothing."""
    return " ".join(HARMFUL.sub("", text).split())


def show(raw: str | Number | Iterable[str | Number], form: str) -> str:
    """A raw value, or several, as the page shows it.

    ``form`` is a format string (``"{:.1%}"``, ``"{:.2f} ({:.2f} to {:.2f})"``) or ``"p"`` for a p value, which is shown
    as ``"= 0.012"`` or ``"< 0.001"`` (a cell of a table leaves the sign of equality out). ``"{:.1w}"`` shows a whole
    number as it is and any other with one decimal. Minus is the typographic sign, and there is no negative zero.
    """
    if form == "p":
        return "< 0.001" if float(raw) < 0.001 else f"= {raw:.3f}"  # type: ignore[arg-type, str-format]
    several = raw if isinstance(raw, list | tuple) else [raw]
    return form.format(*(Shown(one) for one in several))  # type: ignore[arg-type]


class Shown:
    """A value that formats itself by the house's rules."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw

    def __format__(self, spec: str) -> str:
        if isinstance(self.raw, bool) or not isinstance(self.raw, int | float):
            return format(clean(str(self.raw)), spec)
        whole = float(self.raw).is_integer()
        if spec.endswith("w"):
            spec = re.sub(r"\.\d+w$", "d", spec) if whole else f"{spec[:-1]}f"
        shown = format(int(self.raw) if whole and spec.endswith("d") else self.raw, spec)
        if shown.startswith("-"):
            shown = (MINUS if re.search("[1-9]", shown) else "") + shown[1:]
        return shown


class Column(NamedTuple):
    """One column of a table in the report; ``names`` are the columns of the file that its cells are made of."""

    names: list[str]
    header: str
    form: str = "{}"
    missing: str = NONE
    words: Mapping[str, str] = {}


def show_cell(row: Mapping[str, str], column: Column) -> str:
    """What a cell of a table in the report shows."""
    cells = [row[name] for name in column.names]
    if cells[0] == "" or ("" in cells and column.form != " ".join(["{}"] * len(cells))):
        return "withheld" if row.get("suppressed") == "yes" else column.missing
    if column.form == "p":
        return show(parse(cells[0]), "p").removeprefix("= ")  # type: ignore[arg-type]
    pairs = [(cell, name) for cell, name in zip(cells, column.names, strict=True) if cell]
    said = [column.words[cell] if cell in column.words else parse(cell, name) for cell, name in pairs]
    return show(said, _fit(cells, column))  # type: ignore[arg-type]


def _fit(cells: Sequence[str], column: Column) -> str:
    """The form without the places of blank cells: a label that has no Chinese name is shown alone."""
    return column.form if "" not in cells else " ".join("{}" for cell in cells if cell)


def read_values(path: str | Path) -> dict[str, Any]:
    """Read the values of a rule."""
    document: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    return document


def pointed(use: Mapping[str, Any]) -> str:
    """Where in its file a use points, as a row of the provenance table says it."""
    if use["kind"] != "cell":
        return coded(str(use["pointer"]))
    key = ", ".join(f"{name}={value}" for name, value in use["pointer"]["key"].items())
    return coded(f"{key} → {use['pointer']['column']}")


def coded(text: str) -> str:
    """A text that can stand as code in a table: a bar would end the cell and a grave accent the code."""
    return " ".join(text.split()).replace("|", "¦").replace("`", "'")
