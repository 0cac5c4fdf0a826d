"""How a page carries the files behind it; the audit carries them anew with the same functions and compares.

A figure stands in the page itself, so that it takes the page's faces and colours and its words can be found. What
changes on the way, and nothing else does: coordinates are rounded to a hundredth of a point, styles become attributes
(the policy of the page forbids styles), the figure's own faces and the ids that nothing refers to are left out, and ids
get the name of the figure before them. A table goes byte for byte: deflated, in base64.
"""

import base64
import binascii
import re
import zlib
from collections.abc import Iterator, Mapping
from functools import cache
from html import escape, unescape
from pathlib import Path
from typing import Any

from lxml import etree

from scripts.lib.job import InputError

SVG, LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
SHAPES = {"path", "rect", "line", "circle", "ellipse", "polygon", "polyline", "text", "tspan", "use", "image"}
GROUPS = {"svg", "g", "defs", "clipPath", "pattern"}
LEFT_OUT = {"metadata", "style", "title", "desc"}
COORDINATES = {"x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "width", "height", "points", "d"}
PAINT = {"fill", "fill-opacity", "fill-rule", "opacity", "stroke", "stroke-opacity", "stroke-width"} | {
    f"stroke-{name}" for name in ("linejoin", "linecap", "dasharray", "dashoffset", "miterlimit")
}
TEXT = {"font-size", "font-style", "font-weight", "text-anchor"}
REST = {"viewBox", "transform", "clip-path", "clip-rule", "patternUnits", "preserveAspectRatio", "image-rendering"}
KEPT = COORDINATES | PAINT | TEXT | REST
UNSAID = {"id", "class", "version", "font-family", "style", "{http://www.w3.org/XML/1998/namespace}space"}
REFERRED = re.compile(r"url\(#([\w.-]+)\)")  # and no colour, which begins with "#", too
LONG = re.compile(r"-?\d+\.\d{3,}(?![\de])")


def packed(path: str | Path) -> str:
    """A file, deflated, in base64."""
    return base64.b64encode(zlib.compress(Path(path).read_bytes(), 9)).decode("ascii")


def unpacked(text: str) -> bytes:
    """The file that :func:`packed` packed.

    Raises
    ------
    ValueError
        If the text is not such a file.
    """
    try:
        return zlib.decompress(base64.b64decode(text, validate=True))
    except (zlib.error, binascii.Error) as error:
        raise ValueError(f"found no packed file: {error}") from error


def picture(use: Mapping[str, Any]) -> str:
    """The figure of a use as it stands in the page, with its alternative text.

    Raises
    ------
    InputError
        If the file is no SVG, or holds what no figure of ours holds: a script, a link, a style that nothing else says.
    """
    try:
        root = etree.fromstring(Path(use["file"]).read_bytes(), etree.XMLParser(resolve_entities=False, huge_tree=True))
    except etree.XMLSyntaxError as error:
        raise InputError(f"figure {use['file']}: found no SVG ({error}); allowed: what a draw rule writes") from error
    linked = {value for element in root.iter(etree.Element) for value in _links(element)}
    names = {name: f"{use['id']}-{number}" for number, name in enumerate(sorted(linked), start=1)}
    view = root.get("viewBox")
    said = f'<svg role="img" aria-label="{escape(use["alt"])}" viewBox="{view}" stroke-linejoin="round">'
    return "".join([said, *(part for child in root for part in _written(child, names, use["file"])), "</svg>"])


def words(svg: str) -> str:
    """The texts of a figure, for the signs that its faces must have."""
    return unescape(re.sub(r"<[^>]*>", "", svg))


def _links(element: Any) -> Iterator[str]:
    for name, value in element.items():
        if name in (LINK, "href") and value.startswith("#"):
            yield value[1:]
        yield from REFERRED.findall(value)


def _written(element: Any, names: Mapping[str, str], file: str) -> Iterator[str]:
    """An element of a figure and what is in it, as pieces of text."""
    tag = element.tag.removeprefix(SVG) if isinstance(element.tag, str) else "metadata"
    if tag in LEFT_OUT:
        return
    if tag not in SHAPES | GROUPS:
        raise InputError(f"figure {file}: found <{tag}>; allowed: {', '.join(sorted(SHAPES | GROUPS))}")
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in _attributes(element, names, file))
    text = element.text if tag in ("text", "tspan") else None
    inner = [escape(text, quote=False)] if text else []
    for child in element:
        inner += _written(child, names, file)
        inner += [escape(child.tail, quote=False)] if text and child.tail else []
    if tag == "g" and not attributes:
        yield from inner
    elif inner:
        yield from (f"<{tag}{attributes}>", *inner, f"</{tag}>")
    elif tag in SHAPES | {"pattern", "clipPath"}:
        yield f"<{tag}{attributes}/>"


def _attributes(element: Any, names: Mapping[str, str], file: str) -> Iterator[tuple[str, str]]:
    if element.get("id") in names:
        yield "id", names[element.get("id")]
    for name, value in [*element.items(), *_styles(element.get("style", ""))]:
        if name in (LINK, "href"):
            if not value.startswith(("#", "data:image/png;base64,")):
                raise InputError(f"figure {file}: found a link to {value[:60]}; allowed: parts of the figure itself")
            yield "href", f"#{names[value[1:]]}" if value.startswith("#") else "".join(value.split())
        elif name in KEPT:
            if shown := _short(name, REFERRED.sub(lambda found: f"url(#{names[found[1]]})", value)):
                yield name, shown
        elif name not in UNSAID:
            raise InputError(f"figure {file}: found {name!r}; allowed: {', '.join(sorted(KEPT))}")


@cache
def _styles(style: str) -> list[tuple[str, str]]:
    """The properties of a style, of which a figure has few."""
    parts = (part.partition(":") for part in style.split(";") if part.strip())
    return [(name.strip(), value.strip()) for name, _, value in parts]


def _short(name: str, value: str) -> str:
    """A value in the shortest way that says the same; empty for a turn by no degrees."""
    if name in COORDINATES or (name == "transform" and not re.search("matrix|scale", value)):
        value = LONG.sub(lambda found: f"{float(found[0]):.2f}".rstrip("0").rstrip("."), value)
    if name == "d":
        return re.sub(r" (?=-)", "", re.sub(r"\s*([A-Za-z])\s*", r"\1", " ".join(value.split())))
    if name == "transform" and re.fullmatch(r"rotate\(-?0 [^)]*\)", value):
        return ""
    return value.removesuffix("px")
