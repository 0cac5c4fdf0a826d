"""Reading the files that a study brings, strictly: every fault is told with its place.

A :class:`Sheet` is a CSV file as text, with the checks that the files share; :func:`load_model` reads a YAML file into
a model that refuses unknown keys. Both end with an InputError of one line a fault: study, file, row, column, what was
found, what is allowed and what to do.
"""

import math
import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TypeVar

import pandas as pd
import yaml
from pydantic import BaseModel, ValidationError

from scripts.lib.cells import read_cells
from scripts.lib.job import InputError
from scripts.lib.study import read_yaml

MOST = 12  # faults told at once; a hundred lines of the same kind help nobody
Model = TypeVar("Model", bound=BaseModel)


class Sheet:
    """A CSV file as text.

    ``frame`` has its rows, numbered as in the file, and a blank column where an optional one is left out.

    Parameters
    ----------
    path, study
        The file, and the study whose file it is.
    required, optional
        Columns that must and that may be there; no other may.
    family
        Pattern of further columns, one for each of several things (``prod__...``).

    Raises
    ------
    InputError
        If the file is not readable CSV or its columns are not these.
    """

    def __init__(
        self, path: str | Path, study: str, required: Sequence[str], optional: Sequence[str] = (), family: str = r"(?!)"
    ) -> None:
        self.place = f"study {study}, file {path}"
        self.faults: list[str] = []
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
        index = pd.RangeIndex(2, len(rows) + 2)
        cells = [[cell.strip() for cell in row] for row in rows]
        self.frame = pd.DataFrame(cells, columns=header, index=index, dtype=str)
        for name in optional:
            if name not in header:
                self.frame[name] = ""

    def fault(self, row: int, column: str, found: str, allowed: str, do: str) -> None:
        """Note a fault."""
        self.faults.append(f"{self.place}, row {row}, column {column}: found {found}; allowed: {allowed}; {do}")

    def stop(self) -> None:
        """End here when something is wrong."""
        if self.faults:
            more = [f"... and {len(self.faults) - MOST} more faults"] if len(self.faults) > MOST else []
            raise InputError(" ;; ".join(self.faults[:MOST] + more))

    def filled(self, column: str) -> None:
        """No cell of the column is empty."""
        for row in self.frame.index[self.frame[column] == ""]:
            self.fault(row, column, "nothing", "a value", "fill it in")

    def unique(self, column: str) -> None:
        """No value stands twice."""
        values = self.frame[column]
        for row in self.frame.index[values.duplicated() & (values != "")]:
            first = values.index[values == values[row]][0]
            self.fault(row, column, f"{values[row]!r}, as in row {first}", "each value once", "correct one of them")

    def one_of(self, column: str, allowed: Collection[str]) -> None:
        """Each filled cell holds one of these."""
        values = self.frame[column]
        for row in self.frame.index[~values.isin(list(allowed)) & (values != "")]:
            self.fault(row, column, repr(values[row]), " | ".join(allowed), "correct it")

    def matches(self, column: str, pattern: str, allowed: str) -> None:
        """Each filled cell has this form."""
        values = self.frame[column]
        for row in self.frame.index[~values.str.fullmatch(pattern) & (values != "")]:
            self.fault(row, column, repr(values[row]), allowed, "correct it")

    def number(
        self, column: str, minimum: float = -math.inf, maximum: float = math.inf, whole: bool = False
    ) -> pd.Series:
        """The column as numbers, blank cells as missing; a fault for each cell that is not such a number."""
        text = self.frame[column]
        values = pd.to_numeric(text, errors="coerce").astype(float)
        wrong = values.isna() | ~values.between(minimum, maximum) | ~values.map(math.isfinite)
        if whole:
            wrong |= values % 1 != 0
        kind = "a whole number" if whole else "a number"
        low = f" from {minimum:g}" if math.isfinite(minimum) else ""
        high = f" to {maximum:g}" if math.isfinite(maximum) else ""
        for row in self.frame.index[wrong & (text != "")]:
            self.fault(row, column, repr(text[row]), kind + low + high, "correct it")
        return values


def load_model(path: str | Path, study: str, model: type[Model]) -> Model:
    """A YAML file as a model.

    Raises
    ------
    InputError
        If the file is not YAML or is not what the model describes.
    """
    place = f"study {study}, file {path}"
    try:
        return model.model_validate(read_yaml(path))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        text = " ".join(str(error).split())
        raise InputError(f"{place}: found no readable YAML ({text}); allowed: YAML in UTF-8; correct it") from error
    except ValidationError as error:
        lines = []
        for detail in error.errors()[:MOST]:
            path = ".".join(str(part) for part in detail["loc"]) or "top"
            found = f"{' '.join(repr(detail['input']).split()):.80}; allowed: {detail['msg']}; correct it"
            if detail["type"] == "extra_forbidden":
                found = (
                    "an unknown key; allowed: the keys of the other entries; remove it, or quote a text with a comma"
                )
            lines.append(f"{place}, entry {path}: found {found}")
        raise InputError(" ;; ".join(lines)) from error
