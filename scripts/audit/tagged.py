"""A tagged PDF read again as what its tags say it is: a tree of elements with their texts and links.

The text of an element is what stands in its marked content, in the order of the tags and over page breaks; running
heads, repeated heads of tables and rules are artifacts and belong to no element. A hyphen is kept as it is unless the
file itself marks it as one that only parts a line (actual text U+00AD): that one is U+00AD here. Drawings inside a
figure are no text. A link leads to where the area leads that lies over the beginning of its text.

Every page is read once by PDFium, and nothing is rendered.
"""

import ctypes
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

SOFT_HYPHEN, LINE_END = "\u00ad", "\x02"  # the second is PDFium's sign for any hyphen at the end of a line
PLACED = ("Link", "H1")  # elements whose place is wanted
MANY = 40  # pages from which two processes read half of them each
SHORT = ctypes.create_string_buffer(64)  # room for the name of a tag
TEXT = pdfium.FPDF_PAGEOBJ_TEXT


class Place(NamedTuple):
    """A page, counted from 0, and the height on it in points, counted from below."""

    page: int
    height: float


class Element:
    """An element of the structure: ``kids`` are elements or texts, by their place among all ``size`` kids.

    A kid without any content, an empty cell for one, is on no page and so in no tree: its place stays free.
    """

    __slots__ = ("alt", "at", "kids", "kind", "leads_to", "size")

    def __init__(self, kind: str, size: int) -> None:
        self.kind, self.size = kind, size
        self.kids: dict[int, Element | str] = {}
        self.alt = ""
        self.at: Place | None = None  # of a link or heading: where its text begins
        self.leads_to: Place | None = None  # of a link: its destination

    def ordered(self) -> "list[Element | str]":
        """Kids in the order of the tags."""
        return [self.kids[place] for place in sorted(self.kids)]

    def walk(self) -> "Iterator[Element]":
        """The element and all below it, in the order of the tags."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting += [kid for kid in reversed(element.ordered()) if isinstance(kid, Element)]

    def all(self, *kinds: str) -> "list[Element]":
        """Elements of some kinds at or below this one."""
        return [one for one in self.walk() if one.kind in kinds]

    def join(self, other: "Element") -> None:
        """Add what later pages hold of the same element."""
        for place, kid in other.kids.items():
            mine = self.kids.setdefault(place, kid)
            if mine is not kid and isinstance(mine, Element) and isinstance(kid, Element):
                mine.join(kid)
        if self.at is None:
            self.at, self.leads_to = other.at, other.leads_to

    def text(self) -> str:
        """What stands in the element."""
        return "".join(kid if isinstance(kid, str) else kid.text() for kid in self.ordered())


class Page:
    """One page while it is open: text and first text object of each piece of marked content."""

    def __init__(self, document: Any, number: int) -> None:
        self.document, self.number = document, number
        self.page = pdfium.FPDF_LoadPage(document, number)
        self.signs = pdfium.FPDFText_LoadPage(self.page)
        self.texts: dict[int, str] = {}
        self.first: dict[int, Any] = {}
        size = pdfium.FPDFText_CountChars(self.signs) * 2 + 2
        buffer = (ctypes.c_ushort * size)()
        for position in range(pdfium.FPDFPage_CountObjects(self.page)):
            item = pdfium.FPDFPage_GetObject(self.page, position)
            content = pdfium.FPDFPageObj_GetMarkedContentID(item)
            if content >= 0 and pdfium.FPDFPageObj_GetType(item) == TEXT:
                length = pdfium.FPDFTextObj_GetText(item, self.signs, buffer, size)
                text = ctypes.string_at(buffer, length - 2).decode("utf-16-le", "surrogatepass")
                self.texts[content] = self.texts.get(content, "") + _hyphens(text, item)
                self.first.setdefault(content, item)
        self.areas = list(self._areas())

    def _areas(self) -> Iterator[tuple[Any, list[float], list[float]]]:
        """The areas of every link, a line each where it has several, with their corners across and in height."""
        position, handle = ctypes.c_int(0), pdfium.FPDF_LINK()
        corners, whole = pdfium.FS_QUADPOINTSF(), pdfium.FS_RECTF()
        while pdfium.FPDFLink_Enumerate(self.page, position, handle):
            link = pdfium.FPDF_LINK.from_buffer_copy(handle)
            parts = pdfium.FPDFLink_CountQuadPoints(link)
            for part in range(parts):
                pdfium.FPDFLink_GetQuadPoints(link, part, corners)
                across = [corners.x1, corners.x2, corners.x3, corners.x4]
                yield link, across, [corners.y1, corners.y2, corners.y3, corners.y4]
            if not parts and pdfium.FPDFLink_GetAnnotRect(link, whole):
                yield link, [whole.left, whole.right], [whole.bottom, whole.top]

    def close(self) -> None:
        """Give the page back."""
        pdfium.FPDFText_ClosePage(self.signs)
        pdfium.FPDF_ClosePage(self.page)

    def find(self, content: int) -> tuple[Place, Place | None]:
        """Where a piece of content begins, and where a click on it leads."""
        left, bottom, right, top = (ctypes.c_float() for _ in range(4))
        pdfium.FPDFPageObj_GetBounds(self.first[content], left, bottom, right, top)
        x, y = (left.value + right.value) / 2, (bottom.value + top.value) / 2
        for link, across, heights in self.areas:
            if min(across) <= x <= max(across) and min(heights) <= y <= max(heights):
                target = pdfium.FPDFLink_GetDest(self.document, link)
                return Place(self.number, top.value), _place(self.document, target) if target else None
        return Place(self.number, top.value), None


def read(path: str | Path, name: str) -> tuple[Element, Place | None]:
    """The root of the tags, and the place that has a name.

    Raises
    ------
    ValueError
        If the file is no PDF or has no tags.
    """
    with _opened(path) as document:
        pages = pdfium.FPDF_GetPageCount(document)
        target = pdfium.FPDF_GetNamedDestByName(document, name.encode())
        place = _place(document, target) if target else None
    if pages < MANY:
        root = _part(path, 0, pages)
    else:
        with ProcessPoolExecutor(1) as helper:
            rest = helper.submit(_part, path, pages // 2, pages)
            root = _part(path, 0, pages // 2)
            root.join(rest.result())
    if not root.kids:
        raise ValueError("it has no tags")
    return root, place


@contextmanager
def _opened(path: str | Path) -> Iterator[Any]:
    document = pdfium.FPDF_LoadDocument(str(path).encode(), None)
    if not document:
        raise ValueError("it cannot be read as a PDF")
    yield document
    pdfium.FPDF_CloseDocument(document)


def _part(path: str | Path, first: int, end: int) -> Element:
    """What some pages hold of the tags."""
    root = Element("Root", 0)
    with _opened(path) as document:
        for number in range(first, end):
            page = Page(document, number)
            tree = pdfium.FPDF_StructTree_GetForPage(page.page)
            for position in range(pdfium.FPDF_StructTree_CountChildren(tree) if tree else 0):
                _take(page, pdfium.FPDF_StructTree_GetChildAtIndex(tree, position), root, position)
            pdfium.FPDF_StructTree_Close(tree)
            page.close()
    return root


def _take(page: Page, tag: Any, parent: Element, position: int, around: Element | None = None) -> None:
    """Add what one page holds of a tag to the tree; ``around`` is the link or heading that the tag stands in."""
    element = parent.kids.get(position)
    size = pdfium.FPDF_StructElement_CountChildren(tag)
    if not isinstance(element, Element):
        element = Element(_string(pdfium.FPDF_StructElement_GetType, tag), size)
        parent.kids[position] = element
        if element.kind == "Figure":
            element.alt = _string(pdfium.FPDF_StructElement_GetAltText, tag)
    around = element if element.kind in PLACED else around
    for index in range(size):
        kid = pdfium.FPDF_StructElement_GetChildAtIndex(tag, index)
        if kid:
            _take(page, kid, element, index, around)
            continue
        if element.kind == "Document":
            continue  # a kid on another page: text stands below
        content = pdfium.FPDF_StructElement_GetChildMarkedContentID(tag, index)
        if content in page.texts:
            element.kids[index] = page.texts[content]
            if around and around.at is None:
                around.at, around.leads_to = page.find(content)


def _string(function: Any, *arguments: Any) -> str:
    """What a function of PDFium writes as UTF-16 into a buffer of bytes."""
    size = function(*arguments, SHORT, len(SHORT))
    buffer = SHORT if size <= len(SHORT) else ctypes.create_string_buffer(size)
    if buffer is not SHORT:
        function(*arguments, buffer, size)
    return buffer.raw[: max(size - 2, 0)].decode("utf-16-le", "replace")


def _hyphens(text: str, item: Any) -> str:
    """The text of an object with its hyphens told apart."""
    if LINE_END not in text and SOFT_HYPHEN not in text:
        return text
    return SOFT_HYPHEN if _stands_for(item, SOFT_HYPHEN) else text.replace(LINE_END, "-")


def _stands_for(item: Any, text: str) -> bool:
    """Whether the file says that a text object stands for ``text``."""
    wanted = b"\xfe\xff" + text.encode("utf-16-be")
    buffer, length = ctypes.create_string_buffer(len(wanted)), ctypes.c_ulong()
    place = ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ubyte))
    marks = [pdfium.FPDFPageObj_GetMark(item, position) for position in range(pdfium.FPDFPageObj_CountMarks(item))]
    return any(
        pdfium.FPDFPageObjMark_GetParamBlobValue(mark, b"ActualText", place, len(wanted), length)
        and buffer.raw == wanted
        for mark in marks
    )


def _place(document: Any, target: Any) -> Place:
    """Where a destination lies."""
    has = [ctypes.c_int() for _ in range(3)]
    across, height, zoom = (ctypes.c_float() for _ in range(3))
    pdfium.FPDFDest_GetLocationInPage(target, *has, across, height, zoom)
    return Place(pdfium.FPDFDest_GetDestPageIndex(document, target), height.value)
