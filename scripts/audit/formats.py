"""What the report must show by its files, and the comparison of a format with that.

Nothing of the log of uses is believed but where to look: the raw value is read by its pointer and shown by its format,
tables are selected anew, and every format must say exactly that. A format gives a reader that says what it shows.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from scripts.chapters import shown
from scripts.chapters.shown import Column
from scripts.lib.job import InputError

Use = Mapping[str, Any]
SHORTEST = 8  # digits of a hash that a row of the provenance table must show at least
CUT = "…"  # where a row shows the beginning of a long text


class Reader(Protocol):
    """What one format shows; ``None`` where it does not show a use at all."""

    name: str

    def fold(self, text: str) -> str:
        """A text without what the format may add to it."""

    def text(self, use: Use) -> str | None:
        """A value, cell or sentence."""

    def carried(self, use: Use) -> str | None:
        """The raw value beside a shown one, where the format carries it."""

    def leads(self, use: Use) -> bool:
        """Whether a link leads from it to its row of the provenance table."""

    def cells(self, use: Use) -> list[list[str]] | None:
        """The rows of a table."""

    def exhibit(self, use: Use) -> Iterator[str]:
        """What is wrong with a figure, or with what the format carries of a table."""

    def row(self, use: Use) -> Sequence[str] | None:
        """The row of the provenance table."""


class Files:
    """Values and tables, each read once."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}
        self._tables: dict[str, shown.Table] = {}

    def values(self, path: str) -> Any:
        """The values of a rule."""
        if path not in self._values:
            self._values[path] = shown.read_values(path)
        return self._values[path]

    def table(self, path: str) -> shown.Table:
        """A table."""
        if path not in self._tables:
            self._tables[path] = shown.read_table(path)
        return self._tables[path]


def read_raw(use: Use, files: Files) -> Any:
    """The raw value of a value, sentence or cell.

    Raises
    ------
    KeyError
        If the pointer leads nowhere any more.
    """
    if use["kind"] != "cell":
        return shown.resolve(files.values(use["file"]), use["pointer"])
    key, column = use["pointer"]["key"], use["pointer"]["column"]
    found = [row for row in files.table(use["file"]).rows if all(row.get(name) == text for name, text in key.items())]
    if len(found) != 1 or column not in found[0]:
        raise KeyError(f"{len(found)} rows have the key {key}, column {column}")
    return shown.parse(found[0][column], column)


def read_cells(use: Use, files: Files) -> list[list[str]]:
    """The cells of a table of the report, selected and shown anew."""
    columns = [Column(**{name: one[name] for name in Column._fields}) for one in use["columns"]]
    rows = shown.select(files.table(use["file"]), use["where"], use["sort"], use["limit"])
    return [[shown.show_cell(row, column) for column in columns] for row in rows]


def name(use: Use) -> str:
    """A use as a fault names it."""
    return f"{use['id']} ({use['ref']})"


def compare(reader: Reader, uses: Sequence[Use], root: str) -> Iterator[str]:
    """What a format shows otherwise than the files, one line each with the id of the use.

    Parameters
    ----------
    reader : what the format shows.
    uses : the log of uses.
    root : the folder that the files of the provenance table share.
    """
    files = Files()
    for use in uses:
        right = pointer = None
        try:
            pointer = _pointer(use, files)
            if use["kind"] == "table":
                yield from _table(reader, use, read_cells(use, files))
            if "label" in use:
                yield from reader.exhibit(use)
            else:
                raw = read_raw(use, files)
                right = shown.show(raw, use["format"])
                yield from _single(reader, use, raw, right)
        except (KeyError, ValueError, TypeError, LookupError, AttributeError, OSError, InputError) as error:
            reason = error.args[0] if error.args else error
            yield f"{name(use)}: {use['file']} cannot be read at {use['pointer'] or 'all'}: {reason}"
        yield from _row(reader, use, right, pointer, root)


def _pointer(use: Use, files: Files) -> str:
    """Where a use points, as a row of the provenance table says it: a key in the order of the table's columns."""
    if use["kind"] != "cell":
        return shown.pointed(use)
    key = {column: use["pointer"]["key"][column] for column in files.table(use["file"]).key}
    return shown.pointed({**use, "pointer": {**use["pointer"], "key": key}})


def absent(reader: Reader, use: Use) -> str:
    """The fault of a use that is not there."""
    return f"{name(use)}: {reader.name} does not show it"


def _single(reader: Reader, use: Use, raw: Any, right: str) -> Iterator[str]:
    said, carried = reader.text(use), reader.carried(use)
    if said is None:
        yield absent(reader, use)
    elif reader.fold(said) != reader.fold(right):
        yield f"{name(use)}: {reader.name} shows {said!r}, {use['file']} says {right!r}"
    if carried is not None and carried != str(raw):
        yield f"{name(use)}: {reader.name} carries the value {carried!r}, {use['file']} says {raw!r}"


def _table(reader: Reader, use: Use, right: list[list[str]]) -> Iterator[str]:
    rows = reader.cells(use)
    if rows is None:
        yield absent(reader, use)
        return
    if len(rows) != len(right):
        yield f"{name(use)}: {reader.name} shows {len(rows)} rows, {use['file']} gives {len(right)}"
    for number, (said, told) in enumerate(zip(rows, right, strict=False), start=1):
        if len(said) != len(told):
            yield f"{name(use)}, row {number}: {reader.name} shows {len(said)} cells, {use['file']} gives {len(told)}"
        for column, (one, other) in enumerate(zip(said, told, strict=False)):
            if reader.fold(one) != reader.fold(other):
                head = use["columns"][column]["header"]
                yield f"{name(use)}, row {number}, {head}: {reader.name} shows {one!r}, {use['file']} says {other!r}"


def _row(reader: Reader, use: Use, right: str | None, pointer: str | None, root: str) -> Iterator[str]:
    """The row of the provenance table: what is shown, file and place in it, rule and the beginning of the hash.

    What cannot be read from the files any more was told already and is ``None`` here.
    """
    cells = reader.row(use)
    if cells is None or len(cells) < 3:
        yield f"{name(use)}: {reader.name} has no row for it in the provenance table"
        return
    if not reader.leads(use):
        yield f"{name(use)}: nothing in {reader.name} leads to its row of the provenance table"
    parts = [("file", "sha256"), ("data", "data_sha256")][: 1 + ("data" in use)]
    files = " ".join(use[file].removeprefix(root) for file, _ in parts)
    wrong = []
    if pointer is not None and reader.fold(cells[1]) != reader.fold(f"{files} {pointer}".strip()):
        wrong.append((cells[1], f"{files} {pointer}".strip()))
    if pointer is None and not reader.fold(cells[1]).startswith(reader.fold(files)):
        wrong.append((cells[1], files))
    said = "".join(cells[2].split())
    size = (len(said) - len(use["rule"])) // len(parts)
    made = "".join([use["rule"], *(use[digest][:size] for _, digest in parts)])
    if size < SHORTEST or said != made:
        wrong.append((cells[2], " ".join([use["rule"], *(use[digest][:12] for _, digest in parts)])))
    if right is not None and not _begins(cells[0], right, reader):
        wrong.append((cells[0], right))
    for one, other in wrong:
        yield f"{name(use)}: its row of the provenance table in {reader.name} says {one!r}, right is {other!r}"


def _begins(said: str, right: str, reader: Reader) -> bool:
    """Whether a row shows a text, or its beginning where it is cut."""
    if reader.fold(said) == reader.fold(right):
        return True
    beginning, cut, rest = said.strip().rpartition(CUT)
    shown_of_it = reader.fold(beginning)
    parts = (right[:size] for size in range(1, 2 * len(beginning) + 2))
    return bool(cut) and not rest and any(reader.fold(part) == shown_of_it for part in parts)
