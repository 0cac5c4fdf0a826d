"""What a chapter may read: its inputs by name, each read and hashed once, and the log of what was shown of them."""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from scripts.chapters import shown
from scripts.chapters.shown import Table
from scripts.lib.job import InputError
from scripts.lib.sources import sha256

REQUIRED: Any = object()


class Inputs:
    """The inputs of one chapter.

    Parameters
    ----------
    chapter : number of the chapter; 0 is the summary.
    values, tables, figures : paths by name (stem of the file); figures are SVG files with a CSV of that name beside.
    kinds : kinds of data by path.

    Raises
    ------
    InputError
        If a path lies in a confidential folder.
    """

    def __init__(
        self,
        chapter: int,
        values: Mapping[str, str],
        tables: Mapping[str, str],
        figures: Mapping[str, str],
        kinds: Mapping[str, Sequence[str]],
    ) -> None:
        self.chapter, self.paths, self.kinds = chapter, {"values": values, "table": tables, "figure": figures}, kinds
        for path in [*values.values(), *tables.values(), *figures.values()]:
            if "confidential" in PurePosixPath(path).parts:
                raise self.fault(path, "found a confidential file; a chapter shows aggregates only")
        self.uses: list[dict[str, Any]] = []
        self._documents: dict[str, dict[str, Any]] = {}
        self._tables: dict[str, Table] = {}

    def fault(self, ref: str, problem: str) -> InputError:
        """An error of the template, told in one line."""
        return InputError(f"chapter {self.chapter}, {ref}: {problem}")

    def path(self, kind: str, name: str) -> str:
        """Path of an input of the chapter; ``kind`` is values, table or figure."""
        if name not in self.paths[kind]:
            there = ", ".join(sorted(self.paths[kind])) or "none"
            raise self.fault(f"{kind} {name!r}", f"not among the inputs of the chapter; there is {there}")
        return self.paths[kind][name]

    def document(self, rule: str) -> dict[str, Any]:
        """The values of a rule."""
        if rule not in self._documents:
            self._documents[rule] = shown.read_values(self.path("values", rule))
        return self._documents[rule]

    def data(self, name: str) -> Table:
        """A table of the chapter."""
        if name not in self._tables:
            try:
                self._tables[name] = shown.read_table(self.path("table", name))
            except ValueError as error:
                raise self.fault(f"table {name!r}", str(error)) from error
        return self._tables[name]

    def need(self, table: str, *columns: str) -> None:
        """Refuse columns that the table does not have."""
        there = self.data(table).columns
        lacking = [column for column in columns if column not in there]
        if lacking:
            raise self.fault(f"table {table!r}", f"no column {', '.join(lacking)}; there is {', '.join(there)}")

    def select(self, name: str, where: Mapping[str, Any] | None, sort: str, limit: int | None) -> list[dict[str, str]]:
        """Rows of a table that match, sorted and cut as asked."""
        wanted = dict(where or {})
        self.need(name, *wanted, *([sort.removeprefix("-")] if sort else []))
        return shown.select(self.data(name), wanted, sort, limit)

    def get(self, ref: str, default: Any = REQUIRED) -> Any:
        """A raw value (``rule:/json/pointer``), for conditions only; ``default`` when the values do not have it."""
        rule, _, pointer = ref.partition(":")
        try:
            return shown.resolve(self.document(rule), pointer)
        except KeyError as error:
            if default is not REQUIRED:
                return default
            raise self.fault(ref, error.args[0]) from error

    def log(self, letter: str, kind: str, ref: str, file: str, **more: Any) -> str:
        """Log a use; returns its id, which the page carries."""
        prefix = f"c{self.chapter}-{letter}"
        identifier = f"{prefix}{sum(use['id'].startswith(prefix) for use in self.uses) + 1}"
        use = {"id": identifier, "kind": kind, "ref": ref, "file": file, "sha256": sha256(file)}
        self.uses.append(use | {"kinds": list(self.kinds.get(file, []))} | more)
        return identifier
