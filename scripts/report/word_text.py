"""Text of a Word file as WordprocessingML: runs, links and bookmarks.

Text is written here and not by pandoc, which gives each word a run of its own: such a file is slow, and nobody can edit
it. A style's id is its name without blanks (report/word/styles.xml).
"""

import hashlib
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from scripts.lib.job import InputError
from scripts.lib.signs import CHINESE, RUNS
from scripts.report.tree import QUOTES, Node, Uses, plain, use_of

UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # signs that XML forbids
NAME = re.compile("[A-Za-z][A-Za-z0-9_]{0,39}")  # of a bookmark
ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})
STYLES = {"kind": "Kind", "zh": "ChineseTitle", "rule": "Rule"}  # by the last class of a span
CLOSE = "</w:hyperlink>"
NO_BREAK = "\u00a0"
NOTHING = ["", [], []]  # attributes of a span that says nothing
FIRST = 1_000_000  # pandoc's own bookmarks count from below


class Look(NamedTuple):
    """How a run looks; Chinese is neither slanted nor bold, because its face is not."""

    style: str = ""
    bold: bool = False
    italic: bool = False
    script: str = ""
    cell: bool = False

    def properties(self, chinese: bool) -> str:
        """The properties of a run."""
        parts = [f'<w:rStyle w:val="{self.style}"/>'] * bool(self.style)
        parts += ['<w:rFonts w:hint="eastAsia"/>'] * chinese
        parts += ['<w:b w:val="0"/><w:i w:val="0"/>'] * chinese
        parts += ["<w:b/><w:bCs/>"] * (self.bold and not chinese)
        parts += ["<w:i/><w:iCs/>"] * (self.italic and not chinese)
        parts += [f'<w:vertAlign w:val="{self.script}"/>'] * bool(self.script)
        parts += ['<w:lang w:eastAsia="zh-CN"/>'] * chinese
        return f"<w:rPr>{''.join(parts)}</w:rPr>" if parts else ""


PLAIN = Look()
LOOKS: dict[str, dict[str, Any]] = {
    "Emph": {"italic": True},
    "Strong": {"bold": True},
    "Superscript": {"script": "superscript"},
    "Subscript": {"script": "subscript"},
}


def run(text: str, look: Look = PLAIN, chinese: bool = False) -> str:
    """One run."""
    shown = UNSEEN.sub("", text).translate(ESCAPED)
    return f'<w:r>{look.properties(chinese)}<w:t xml:space="preserve">{shown}</w:t></w:r>'


def runs(text: str, look: Look = PLAIN) -> str:
    """A text as runs, the Chinese ones marked with their language; a blank belongs to what is not Chinese."""
    if text.isascii():
        return run(text, look)
    return "".join(run(part, look, bool(re.match(CHINESE, part))) for part in RUNS.findall(text))


def paragraph(style: str, text: str, more: str = "") -> str:
    """A paragraph; ``more`` are further properties."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{more}</w:pPr>{text}</w:p>'


def raw(text: str) -> Node:
    """WordprocessingML among inlines."""
    return {"t": "RawInline", "c": ["openxml", text]}


class Text:
    """What all texts of a file share: the names of its bookmarks and the log of uses by identifier."""

    def __init__(self, uses: Uses) -> None:
        self.uses = uses
        self._names: dict[str, str] = {}
        self._taken: set[str] = set()
        self._marks = FIRST
        for use in uses.values():  # tables and figures go by the name of their use
            self.bookmark(f"prov-{use['id']}")
            if "label" in use:
                self._names[use["label"]] = self.bookmark(use["id"])

    def bookmark(self, identifier: str) -> str:
        """The name of a bookmark.

        It has at most 40 letters, digits and underscores, and capitals do not tell two apart. A name that does not fit,
        or is another's already, gets a part of its hash.
        """
        if identifier not in self._names:
            name = re.sub("[-:]", "_", identifier)
            if not NAME.fullmatch(name) or name.lower() in self._taken:
                digest = hashlib.sha1(identifier.encode(), usedforsecurity=False).hexdigest()
                name = f"x{re.sub('[^A-Za-z0-9_]', '', name)[:26]}_{digest[:12]}"
            self._names[identifier] = name
            self._taken.add(name.lower())
        return self._names[identifier]

    def ends(self, name: str) -> tuple[str, str]:
        """Where a bookmark starts, and where it ends."""
        self._marks += 1
        return f'<w:bookmarkStart w:id="{self._marks}" w:name="{name}"/>', f'<w:bookmarkEnd w:id="{self._marks}"/>'

    def marked(self, name: str, text: str) -> str:
        """A text within a bookmark."""
        opening, closing = self.ends(name)
        return f"{opening}{text}{closing}"

    def link_to(self, identifier: str) -> str:
        """The beginning of a link to a place of the file."""
        return link_at(self.bookmark(identifier))

    def to_source(self, use: Any, text: str) -> str:
        """A link to the row of the provenance table."""
        return f"{self.link_to('prov-' + use['id'])}{text}{CLOSE}"

    def inlines(self, inlines: Sequence[Node], look: Look = PLAIN) -> list[Node]:
        """Inlines for pandoc: our own runs, and what pandoc has to write."""
        writer = _Writer(self)
        writer.add(inlines, look)
        return writer.finish()

    def of(self, inlines: Sequence[Node], look: Look = PLAIN) -> str:
        """Inlines as runs alone.

        Raises
        ------
        InputError
            If a formula, a note or an address of the network is among them.
        """
        made = self.inlines(inlines, look)
        if any(one["t"] != "RawInline" for one in made):
            raise InputError(f"no formula, note or address may stand in: {plain(inlines)}")
        return "".join(one["c"][1] for one in made)


def link_at(name: str) -> str:
    """The beginning of a link to a bookmark."""
    return f'<w:hyperlink w:anchor="{name}" w:history="1">'


class _Writer:
    """Collects runs, and as they are what pandoc has to write (formulas, notes, pictures, links to the network)."""

    def __init__(self, text: Text) -> None:
        self.shared = text
        self.made: list[Node] = []
        self.parts: list[str] = []
        self.letters: list[str] = []

    def finish(self) -> list[Node]:
        """What was collected so far."""
        if self.parts:
            self.made.append(raw("".join(self.parts)))
        self.parts = []
        return self.made

    def add(self, inlines: Sequence[Node], look: Look) -> None:
        """Add ``inlines`` in one look."""
        self._words(inlines, look)
        self._end_words(look)

    def _words(self, inlines: Sequence[Node], look: Look) -> None:
        """Words make one run, until something else stands between them."""
        for inline in inlines:
            kind = inline["t"]
            if kind == "Str":
                self.letters.append(inline["c"])
            elif kind in ("Space", "SoftBreak"):
                self.letters.append(" ")
            elif kind == "Quoted":
                opening, closing = QUOTES[inline["c"][0]["t"]]
                self.letters.append(opening)
                self._words(inline["c"][1], look)
                self.letters.append(closing)
            elif kind == "Cite" or (kind == "Span" and inline["c"][0] == NOTHING):
                self._words(inline["c"][1], look)
            else:
                self._end_words(look)
                self._other(kind, inline, look)

    def _end_words(self, look: Look) -> None:
        if self.letters:
            self.parts.append(runs("".join(self.letters), look))
            self.letters = []

    def _between(self, opening: str, inlines: Sequence[Node], look: Look, closing: str) -> None:
        self.parts.append(opening)
        self.add(inlines, look)
        self.parts.append(closing)

    def _other(self, kind: str, inline: Node, look: Look) -> None:
        content = inline.get("c")
        if kind == "Span":
            self._span(content, look)
        elif kind in LOOKS:
            self.add(content, look._replace(**LOOKS[kind]))
        elif kind == "Code":
            style = "CodeInTable" if look.cell else "VerbatimChar"
            self.parts.append(runs(content[1], look._replace(style=style)))
        elif kind == "LineBreak":
            self.parts.append("<w:r><w:br/></w:r>")
        elif kind == "Link" and content[2][0].startswith("#"):
            link = self.shared.link_to(content[2][0][1:])
            self._between(link, content[1], look if look.style else look._replace(style="Hyperlink"), CLOSE)
        else:
            self._native(kind, inline)

    def _native(self, kind: str, inline: Node) -> None:
        if kind == "Link":
            attributes, words, target = inline["c"]
            inline = {"t": kind, "c": [attributes, self.shared.inlines(words, Look(style="Hyperlink")), target]}
        if kind == "Note":
            notes = ({"t": block["t"], "c": self.shared.inlines(block["c"])} for block in inline["c"])
            inline = {"t": kind, "c": list(notes)}
        self.finish()
        self.made.append(inline)

    def _span(self, content: Any, look: Look) -> None:
        (identifier, classes, _), inlines = content
        opening, closing = self.shared.ends(self.shared.bookmark(identifier)) if identifier else ("", "")
        if "val" in classes:
            link = self.shared.link_to(f"prov-{use_of(self.shared.uses, identifier)['id']}")
            self._between(opening + link, inlines, look._replace(style="Value"), CLOSE + closing)
        elif "sentence" in classes:
            use = use_of(self.shared.uses, identifier)
            source = run(NO_BREAK) + self.shared.to_source(use, run("source", Look(style="Source")))
            self._between(opening, inlines, look, closing + source)
        elif "csl-left-margin" in classes:
            self._between(opening, inlines, look, f"{closing}<w:r><w:tab/></w:r>")
        else:
            style = STYLES.get(classes[-1]) if classes else None
            self._between(opening, inlines, look._replace(style=style) if style else look, closing)
