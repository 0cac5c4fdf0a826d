"""What the HTML page shows of every use, for the comparison with the files.

A figure must stand in the page exactly as its file is carried into a page (:mod:`scripts.report.carry`), and the tables
that the page carries are their files byte by byte.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lxml import html

from scripts.audit.formats import Use, absent, compare
from scripts.audit.formats import name as _name
from scripts.report import carry


class Page:
    """The page as a reader for :func:`scripts.audit.formats.compare`."""

    name = "the page"

    def __init__(self, page: str) -> None:
        self.page, self.tree = page, html.document_fromstring(page)
        self.elements = {element.get("id"): element for element in self.tree.iter() if element.get("id")}
        self.leading = {link.get("href") for link in self.tree.iter("a")}

    def _of(self, use: Use) -> Any:
        return self.elements.get(use.get("label", use["id"]))

    def fold(self, text: str) -> str:
        """A run of blanks is one blank."""
        return " ".join(text.split())

    def text(self, use: Use) -> str | None:
        """A value, cell or sentence; behind a sentence stands a link, which is not part of it."""
        element = self._of(use)
        if element is None:
            return None
        return _text(element).removesuffix(" source") if use["kind"] == "text" else _text(element)

    def carried(self, use: Use) -> str | None:
        """The raw value of a shown one."""
        element = self._of(use)
        data = None if element is None else element.find(".//data")
        return None if data is None else data.get("value")

    def leads(self, use: Use) -> bool:
        """Whether a link leads to the row of the provenance table."""
        return f"#prov-{use['id']}" in self.leading

    def cells(self, use: Use) -> list[list[str]] | None:
        """The rows of a table."""
        figure = self._of(use)
        return None if figure is None else [[_text(cell) for cell in row] for row in figure.iterfind(".//tbody/tr")]

    def exhibit(self, use: Use) -> Iterator[str]:
        """What is wrong with a figure, or with the table behind an exhibit that travels with the page."""
        if self._of(use) is None and use["kind"] == "figure":
            yield absent(self, use)
        else:
            yield from _compare_carried(use, self.page, self.elements)

    def row(self, use: Use) -> list[str] | None:
        """The row of the provenance table."""
        anchor = self.elements.get(f"prov-{use['id']}")
        return None if anchor is None else [_text(cell) for cell in next(anchor.iterancestors("tr"))]


def differences(path: str | Path, uses: Sequence[Use], root: str) -> Iterator[str]:
    """What the page shows otherwise than its sources, one line each with the id of the use."""
    page = Page(Path(path).read_text(encoding="utf-8"))
    yield from compare(page, uses, root)
    known = {use["id"] for use in uses} | {use["label"] for use in uses if "label" in use}
    for element in page.tree.iter("a", "figure"):
        marked = "val" in element.get("class", "").split() or element.get("data-use")
        if marked and element.get("id") not in known:
            yield f"{element.get('id')}: stands on the page as a value, but the log of uses does not know it"


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


def _text(element: Any) -> str:
    return re.sub(r"\s+", " ", element.text_content()).strip()
