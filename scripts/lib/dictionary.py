"""What every table and value file of a build is: title, rows, key; meaning, type, unit and blank of each column.

``report/dictionary/<stage>.yaml`` describes the files of ``results/<study>/<stage>/``; ``columns.yaml`` holds what
means the same in many tables. A column is described where it stands (``{means, type, unit, blank, one_of,
points_to}``), or says ``as everywhere`` (columns.yaml) or ``as in <stage>/<table>``. ``blank`` says what a blank cell
means; a column without it has none. ``points_to`` names the column of another table in which every value stands. A name
with braces is a family, ``factor_{validity/efa_factors.factor}``: one column for each value of the column named there.

Types: string (where none is given), integer, number, yes/no, date, and any for the answers as they are. What is wrong
with a file is told with its place.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, ValidationError

from scripts.lib.instrument import Strict
from scripts.lib.job import InputError
from scripts.lib.study import read_yaml

FOLDER = "report/dictionary"
CONFIDENTIAL = "confidential"
EVERYWHERE = "as everywhere"
AS_IN = re.compile(r"as in (\w+/\w+)")
FAMILY = re.compile(r"(\w*)\{(\w+/\w+\.\w+)\}")
Place = Annotated[str, Field(pattern=r"^\w+/\w+\.\w+$")]


class Title(Strict):
    """A title in both languages."""

    en: str
    zh: str


class Column(Strict):
    """One column of a table."""

    means: str
    type: Literal["string", "integer", "number", "yes/no", "date", "any"] = "string"
    unit: str = ""
    blank: str = ""
    one_of: list[int | str] = Field([])
    points_to: Place | None = None


class TableEntry(Strict):
    """A table as its file describes it."""

    title: Title
    row: str
    key: list[str] = Field(min_length=1)
    columns: dict[str, Column | str]


class StageEntry(Strict):
    """A file of the dictionary."""

    title: Title
    about: str
    values: dict[str, str] = Field({})
    tables: dict[str, TableEntry] = Field({})
    files: dict[str, str] = Field({})


class Shared(Strict):
    """columns.yaml."""

    columns: dict[str, Column]


class Table(NamedTuple):
    """A table with the columns resolved; ``families`` stand for one column each value of another column."""

    name: str
    title: Title
    row: str
    key: list[str]
    columns: dict[str, Column]
    families: dict[str, Column]

    @property
    def confidential(self) -> bool:
        """Whether the table stays on the machine where it was made."""
        return self.name.startswith(f"{CONFIDENTIAL}/")

    def describe(self, header: Sequence[str]) -> dict[str, Column]:
        """The columns that stand in a file, in its order.

        Raises
        ------
        InputError
            If the file has a column that is not described, or lacks one that is.
        """
        found = self.describe_some(header)
        wrong = [name for name in header if name not in found]
        lacking = [name for name in self.columns if name not in found]
        if wrong or lacking:
            raise InputError(
                f"{FOLDER}, table {self.name}: found columns {', '.join(wrong) or 'none'} that are not described and "
                f"no column {', '.join(lacking) or 'that is missing'}; allowed: the columns of the table, each "
                "described; correct the dictionary"
            )
        return found

    def describe_some(self, names: Sequence[str]) -> dict[str, Column]:
        """Those of some columns that are described, in their order."""
        found = {name: self.columns.get(name) or self._of_family(name) for name in names}
        return {name: column for name, column in found.items() if column is not None}

    def _of_family(self, name: str) -> Column | None:
        starts = {re.sub(r"\{.*", "", family): column for family, column in self.families.items()}
        return next((column for start, column in starts.items() if name.startswith(start)), None)


class Dictionary(NamedTuple):
    """All of it: the files by stage, and the tables by ``<stage>/<name>``."""

    stages: dict[str, StageEntry]
    tables: dict[str, Table]


def load(paths: Sequence[str | Path]) -> Dictionary:
    """Read the files of the dictionary.

    Raises
    ------
    InputError
        If anything is wrong with them, one line a fault.
    """
    read = {Path(path).stem: _read(path) for path in paths}
    shared = read.pop("columns")
    stages = {name: stage for name, stage in read.items() if isinstance(stage, StageEntry)}
    assert isinstance(shared, Shared)
    entries = {f"{stage}/{name}": table for stage, one in stages.items() for name, table in one.tables.items()}
    faults, tables = [], {}
    for name, entry in entries.items():
        columns = {column: _resolve(name, column, entries, shared.columns) for column in entry.columns}
        faults += [f"table {name}, column {column}: {found}" for column, found in columns.items() if _wrong(found)]
        good = {column: found for column, found in columns.items() if isinstance(found, Column)}
        families = {column: found for column, found in good.items() if FAMILY.fullmatch(column)}
        plain = {column: found for column, found in good.items() if column not in families}
        faults += [f"table {name}, key: found {part}; allowed: its columns" for part in entry.key if part not in plain]
        tables[name] = Table(name, entry.title, entry.row, entry.key, plain, families)
    faults += [f"{place}; allowed: a column of a table that is described" for place in _astray(tables)]
    if faults:
        raise InputError(" ;; ".join(f"{FOLDER}, {fault}; correct it" for fault in faults))
    return Dictionary(stages, tables)


def _read(path: str | Path) -> StageEntry | Shared:
    model = Shared if Path(path).stem == "columns" else StageEntry
    try:
        return model.model_validate(read_yaml(path))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise InputError(f"file {path}, entry {place}: {first['msg']}; correct it") from error


def _resolve(name: str, column: str, entries: dict[str, TableEntry], shared: dict[str, Column]) -> Column | str:
    """The description of a column, or what is wrong with it."""
    said: Column | str = entries[name].columns[column]
    seen = {name}
    while isinstance(said, str):
        match = AS_IN.fullmatch(said)
        if said == EVERYWHERE:
            return shared.get(column, f"found {said!r}; allowed: a column of columns.yaml")
        other = match[1] if match else ""
        if other in seen or other not in entries or column not in entries[other].columns:
            return f"found {said!r}; allowed: a description, {EVERYWHERE!r}, or 'as in' a table that has the column"
        seen.add(other)
        said = entries[other].columns[column]
    return said


def _wrong(found: Column | str) -> bool:
    return isinstance(found, str)


def _astray(tables: dict[str, Table]) -> Iterator[str]:
    """Pointers that lead nowhere."""
    for table in tables.values():
        for name, column in (table.columns | table.families).items():
            family = FAMILY.fullmatch(name)
            for place in [column.points_to, family[2] if family else None]:
                target, _, field = (place or "").partition(".")
                if place and (target not in tables or field not in tables[target].columns):
                    yield f"table {table.name}, column {name}: found {place}"


def files(folder: str = FOLDER) -> list[str]:
    """The files of the dictionary."""
    return sorted(path.as_posix() for path in Path(folder).glob("*.yaml"))


def schema_type(column: Column) -> dict[str, Any]:
    """The type of a column as a Table Schema names it.

    A whole number that may be blank is a ``number`` there: pandas writes a column with gaps as 12.0.
    """
    if column.type == "yes/no":
        return {"type": "boolean", "trueValues": ["yes"], "falseValues": ["no"]}
    if column.type == "integer" and column.blank:
        return {"type": "number"}
    return {"type": column.type}
