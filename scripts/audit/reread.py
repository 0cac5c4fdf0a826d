"""Read every use of a report again from its file, and compare it with what the page shows.

Nothing of the log is believed: the raw value is read by its pointer, shown by its format, and the page must say exactly
that. A figure must stand in the page exactly as its file is carried into a page (:mod:`scripts.report.carry`), and the
tables that the page carries are their files byte by byte.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lxml import html

from scripts.chapters import shown
from scripts.chapters.shown import Column
from scripts.lib.job import InputError
from scripts.report import carry

Use = Mapping[str, Any]


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


def differences(page: str, uses: Sequence[Use]) -> Iterator[str]:
    """What the page shows otherwise than its sources, one line each with the id of the use."""
    tree = html.document_fromstring(page)
    elements = {element.get("id"): element for element in tree.iter() if element.get("id")}
    files = Files()
    for use in uses:
        try:
            yield from _compare(use, elements, files)
            yield from _compare_carried(use, page, elements)
        except (KeyError, ValueError, TypeError, LookupError, OSError, InputError) as error:
            reason = error.args[0] if error.args else error
            yield f"{_name(use)}: {use['file']} cannot be read at {use['pointer'] or 'all'}: {reason}"
        yield from _compare_row(use, elements)
    known = {use["id"] for use in uses} | {use["label"] for use in uses if "label" in use}
    for element in tree.iter("a", "figure"):
        marked = "val" in element.get("class", "").split() or element.get("data-use")
        if marked and element.get("id") not in known:
            yield f"{element.get('id')}: stands on the page as a value, but the log of uses does not know it"


def _compare(use: Use, elements: Mapping[str, Any], files: Files) -> Iterator[str]:
    element = elements.get(use.get("label", use["id"]))
    if element is None:
        yield f"{_name(use)}: not on the page"
    elif use["kind"] == "table":
        yield from _compare_table(use, element, read_cells(use, files))
    elif use["kind"] != "figure":
        raw = read_raw(use, files)
        said, right = _text(element), shown.show(raw, use["format"])
        if use["kind"] == "text":
            said = said.removesuffix(" source")
        if said != right:
            yield f"{_name(use)}: the page shows {said!r}, {use['file']} says {right!r}"
        data = element.find(".//data")
        if data is not None and data.get("value") != str(raw):
            yield f"{_name(use)}: the page carries the value {data.get('value')!r}, {use['file']} says {raw!r}"


def _compare_table(use: Use, figure: Any, right: list[list[str]]) -> Iterator[str]:
    rows = [[_text(cell) for cell in row] for row in figure.iterfind(".//tbody/tr")]
    if len(rows) != len(right):
        yield f"{_name(use)}: the page shows {len(rows)} rows, {use['file']} gives {len(right)}"
    for number, (said, told) in enumerate(zip(rows, right, strict=False), start=1):
        for column, (one, other) in enumerate(zip(said, told, strict=False)):
            if one != " ".join(other.split()):
                head = use["columns"][column]["header"]
                yield f"{_name(use)}, row {number}, {head}: the page shows {one!r}, {use['file']} says {other!r}"


def _compare_carried(use: Use, page: str, elements: Mapping[str, Any]) -> Iterator[str]:
    """The figure in the page, and the table behind a figure or a table."""
    if use["kind"] == "figure" and _pictures(use["label"], page) != [carry.picture(use)]:
        yield f"{_name(use)}: what the page carries is not {use['file']}"
    if "label" in use:
        path = use.get("data", use["file"])
        packed = elements.get(f"file:{path}")
        if packed is None or _unpacked(packed.text or "") != Path(path).read_bytes():
            yield f"{_name(use)}: what the page carries is not {path}"


def _pictures(label: str, page: str) -> list[str]:
    start = page.find(f'<figure class="exhibit" id="{label}"')
    return re.findall(r"<svg.*?</svg>", page[start : page.find("</figure>", start)], re.DOTALL)


def _unpacked(text: str) -> bytes | None:
    try:
        return carry.unpacked(text)
    except ValueError:
        return None


def _compare_row(use: Use, elements: Mapping[str, Any]) -> Iterator[str]:
    """The row of the provenance table: it must name the file and the beginning of its hash."""
    anchor = elements.get(f"prov-{use['id']}")
    if anchor is None:
        yield f"{_name(use)}: no row in the provenance table"
        return
    row = next(anchor.iterancestors("tr"))
    cells = [_text(cell) for cell in row]
    if not use["file"].endswith(cells[1].split()[0]) or not use["sha256"].startswith(cells[-1].split()[0]):
        yield f"{_name(use)}: its row of the provenance table says {cells[1]!r}, {cells[-1]!r}"


def _name(use: Use) -> str:
    return f"{use['id']} ({use['ref']})"


def _text(element: Any) -> str:
    return re.sub(r"\s+", " ", element.text_content()).strip()
