"""Reading the files that a study brings, strictly: every fault is told with its place.

A :class:`Sheet` is a CSV file as text, with the checks that the files share; :func:`load_model` reads a YAML file into
a model that refuses unknown keys. Both end with an InputError of one line a fault: study, file, row, column, what was
found, what is allowed and what to do. Plain Python without pandas, because the Snakefile reads with it before anything
runs.
"""

import math
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from scripts.lib.cells import read_cells
from scripts.lib.job import InputError
from scripts.lib.study import read_yaml

MOST = 12  # faults told at once; a hundred lines of the same kind help nobody
FIRST = 2  # row of the file below its header
BETWEEN = " ;; "  # between the lines of an InputError that holds several
SHOWN = re.compile(r"[ -~]{1,12}")  # what a private file's fault may repeat of a cell
Model = TypeVar("Model", bound=BaseModel)


def end_with(faults: Sequence[str]) -> None:
    """Raise an InputError of one line a fault, where there are any."""
    if faults:
        more = [f"... and {len(faults) - MOST} more faults"] if len(faults) > MOST else []
        raise InputError(BETWEEN.join([*faults[:MOST], *more]))


class Sheet:
    """A CSV file as text.

    ``columns`` holds the cells by column, blank ones where an optional column is left out; ``rows`` their numbers in
    the file.

    Parameters
    ----------
    path, study
        The file, and the study whose file it is.
    required, optional
        Columns that must and that may be there; no other may.
    family
        Pattern of further columns, one for each of several things (``prod__...``).
    private
        True for a file on persons or firms: a fault repeats of a cell no more than a short plain text.

    Raises
    ------
    InputError
        If the file is not readable CSV or its columns are not these.
    """

    def __init__(
        self,
        path: str | Path,
        study: str,
        required: Sequence[str],
        optional: Sequence[str] = (),
        family: str = r"(?!)",
        private: bool = False,
    ) -> None:
        self.place = f"study {study}, file {path}"
        self.faults: list[str] = []
        self.private = private
        try:
            header, rows = read_cells(path)
        except ValueError as error:
            raise InputError(f"{self.place}, {error}") from error
        header = [name.strip() for name in header]
        allowed = [*required, *optional]
        for name in required:
            if name not in header:
                self.fault(1, name, "no such column", ", ".join(allowed), "add the column")
        for name in dict.fromkeys(header):
            if name not in allowed and not re.fullmatch(family, name):
                self.fault(1, name, "an unknown column", ", ".join(allowed), "remove or rename the column")
            if header.count(name) > 1:
                self.fault(1, name, "the column twice", "each column once", "remove one of them")
        self.stop()
        self.rows = range(FIRST, FIRST + len(rows))
        self.columns = {name: [row[place].strip() for row in rows] for place, name in enumerate(header)}
        for name in optional:
            if name not in header:
                self.columns[name] = [""] * len(rows)

    def filled_cells(self, column: str) -> Iterator[tuple[int, str]]:
        """Row and text of each cell of a column that is not blank."""
        return ((row, cell) for row, cell in zip(self.rows, self.columns[column], strict=True) if cell)

    def fault(self, row: int, column: str, found: str, allowed: str, do: str) -> None:
        """Note a fault."""
        self.faults.append(f"{self.place}, row {row}, column {column}: found {found}; allowed: {allowed}; {do}")

    def shown(self, cell: str) -> str:
        """A cell as a fault may repeat it."""
        return repr(cell) if not self.private or SHOWN.fullmatch(cell) else "a text (not repeated here)"

    def stop(self) -> None:
        """End here when something is wrong."""
        end_with(self.faults)

    def filled(self, *columns: str) -> None:
        """No cell of these columns is empty."""
        for column in columns:
            for row, cell in zip(self.rows, self.columns[column], strict=True):
                if not cell:
                    self.fault(row, column, "nothing", "a value", "fill it in")

    def unique(self, *columns: str) -> None:
        """No combination of these columns stands twice; blank cells count only beside filled ones."""
        first: dict[tuple[str, ...], int] = {}
        for row, *cells in zip(self.rows, *(self.columns[column] for column in columns), strict=True):
            if any(cells) and first.setdefault(tuple(cells), row) != row:
                found = ", ".join(self.shown(cell) for cell in cells)
                name, once = columns[-1], "each value once" if len(columns) == 1 else f"once each {' x '.join(columns)}"
                self.fault(
                    row, name, f"{found}, as in row {first[tuple(cells)]}", once, "correct or remove one of them"
                )

    def one_of(self, column: str, allowed: Collection[str]) -> None:
        """Each filled cell holds one of these."""
        for row, cell in self.filled_cells(column):
            if cell not in allowed:
                self.fault(row, column, self.shown(cell), " | ".join(allowed), "correct it")

    def matches(self, column: str, pattern: str, allowed: str) -> None:
        """Each filled cell has this form."""
        form = re.compile(pattern)
        for row, cell in self.filled_cells(column):
            if not form.fullmatch(cell):
                self.fault(row, column, self.shown(cell), allowed, "correct it")

    def number(
        self, column: str, minimum: float = -math.inf, maximum: float = math.inf, whole: bool = False
    ) -> list[float]:
        """The column as numbers, blank cells as NaN; a fault for each cell that is not such a number."""
        kind = "a whole number" if whole else "a number"
        low = f" from {minimum:g}" if math.isfinite(minimum) else ""
        high = f" to {maximum:g}" if math.isfinite(maximum) else ""
        numbers = [_number(cell) for cell in self.columns[column]]
        for row, cell, value in zip(self.rows, self.columns[column], numbers, strict=True):
            if cell and not (math.isfinite(value) and minimum <= value <= maximum and (not whole or value % 1 == 0)):
                self.fault(row, column, self.shown(cell), kind + low + high, "correct it")
        return numbers


def _number(cell: str) -> float:
    """A cell as a number, NaN where it is none; no digit groups, no underscores, no words."""
    return float(cell) if re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", cell, re.ASCII) else math.nan


def load_model(path: str | Path, study: str, model: type[Model]) -> Model:
    """A YAML file as a model.

    Raises
    ------
    InputError
        If the file is not YAML or is not what the model describes.
    """
    place = f"study {study}, file {path}"
    document: Any = None
    try:
        document = read_yaml(path)
        return model.model_validate(document)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        text = " ".join(str(error).split())
        raise InputError(f"{place}: found no readable YAML ({text}); allowed: YAML in UTF-8; correct it") from error
    except ValidationError as error:
        lines = []
        for detail in error.errors():
            entry = entry_of(document, detail["loc"]) or "top"
            found = f"{' '.join(repr(detail['input']).split()):.80}; allowed: {detail['msg']}; correct it"
            if detail["type"] == "extra_forbidden":
                found = (
                    "an unknown key; allowed: the keys of the other entries; remove it, or quote a text with a comma"
                )
            elif detail["type"] == "missing":
                found = "nothing; allowed: a value; add the key"
            lines.append(f"{place}, entry {entry}: found {found}")
        raise InputError(BETWEEN.join(lines[:MOST])) from error


def entry_of(document: Any, path: Sequence[int | str]) -> str:
    """Where a fault lies in a YAML document, entries of lists by their id."""
    names = []
    for part in path:
        try:
            document = document[part]
        except (KeyError, IndexError, TypeError):
            document = None
        named = isinstance(part, int) and isinstance(document, dict) and "id" in document
        names.append(str(document["id"]) if named else str(part))
    return ".".join(names)
