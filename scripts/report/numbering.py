"""Number chapters, sections, tables and figures, and resolve references to them, on pandoc's document.

Chapters are headings of level 1: numbers, or letters with the class ``appendix``; ``unnumbered`` ones are not counted,
and "S" stands before the number of their tables and figures. A div ``lof`` or ``lot`` becomes the list of figures or
of tables.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from scripts.lib.job import InputError
from scripts.report.tree import Node, caption_of, flow, plain

PLACES = ("tbl:", "fig:", "sec:")  # what a reference may lead to; other keys are citations
NO_BREAK, BEHIND = "\u00a0", "\u2002"  # between the words of a number, and behind the number of a heading
LISTS = {"Figure": "lof", "Table": "lot"}


def number(blocks: Sequence[Node]) -> None:
    """Number what ``blocks`` hold, fill the lists and put links in the place of references.

    Raises
    ------
    InputError
        If two things have one name, or a reference leads to nothing or stands in one bracket with a citation.
    """
    numbers = Numbers()
    numbers.count(blocks)
    numbers.resolve(blocks)


class Numbers:
    """What was counted so far, and how a reference to each place reads."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.chapter, self.appendices = "", 0
        self.counts = [0, 0, 0, 0]  # of the chapter, and of the headings below it
        self.exhibits = dict.fromkeys(LISTS, 0)
        self.entries: dict[str, list[Any]] = {name: [] for name in LISTS.values()}

    # ---------------------------------------------------------------------------------------------- counting

    def count(self, blocks: Sequence[Node]) -> None:
        """Count headings, tables and figures in the order of the text."""
        for block in flow(blocks):
            content = block.get("c")
            if block["t"] == "Header":
                self._head(content)
            elif block["t"] == "Div" and content[0][0].startswith("tbl:"):
                table = next(inner["c"] for inner in content[1] if inner["t"] == "Table")
                self._exhibit("Table", content[0], caption_of(table[1]))
            elif block["t"] == "Figure" and content[0][0]:
                self._exhibit("Figure", content[0], caption_of(content[1]))

    def _name(self, identifier: str, text: str) -> None:
        if identifier in self.names:
            raise InputError(f"the name {identifier} stands twice; allowed: once in a report")
        if identifier:
            self.names[identifier] = text

    def _head(self, content: Any) -> None:
        level, (identifier, classes, _), inlines = content
        shown, reference = self._chapter(classes) if level == 1 else self._section(level, classes)
        self._name(identifier, reference or plain(inlines))
        if shown:
            inlines.insert(0, _span("number", shown + BEHIND))

    def _chapter(self, classes: Sequence[str]) -> tuple[str, str]:
        """How the number of a chapter is shown, and how a reference to it reads."""
        self.exhibits = dict.fromkeys(LISTS, 0)
        self.counts[1:] = [0, 0, 0]
        if "unnumbered" in classes:
            self.chapter = "S"
            return "", ""
        if "appendix" in classes:
            self.appendices += 1
            self.chapter, kind = chr(ord("A") + self.appendices - 1), "Appendix"
        else:
            self.counts[0] += 1
            self.chapter, kind = str(self.counts[0]), "Chapter"
        return f"{kind} {self.chapter}", f"{kind}{NO_BREAK}{self.chapter}"

    def _section(self, level: int, classes: Sequence[str]) -> tuple[str, str]:
        if "unnumbered" in classes or self.chapter == "S":
            return "", ""
        self.counts[level - 1] += 1
        self.counts[level:] = [0] * (4 - level)
        shown = ".".join([self.chapter, *map(str, self.counts[1:level])])
        return shown, f"Section{NO_BREAK}{shown}"

    def _exhibit(self, kind: str, attributes: Any, caption: Sequence[Node]) -> None:
        identifier, _, pairs = attributes
        self.exhibits[kind] += 1
        label = f"{kind}{NO_BREAK}{self.chapter}.{self.exhibits[kind]}"
        self._name(identifier, label)
        pairs.append(["label", label])
        words = [_span("label", label), {"t": "Space"}, *_bare(caption)]
        self.entries[LISTS[kind]].append([{"t": "Plain", "c": [_link(words, identifier, "entry")]}])

    # ---------------------------------------------------------------------------------------------- resolving

    def resolve(self, part: Any) -> None:
        """Fill the lists and resolve all references within ``part``."""
        if isinstance(part, list):
            for node in part:
                self.resolve(node)
            if any(isinstance(node, dict) and node.get("t") == "Cite" for node in part):
                part[:] = [one for node in part for one in self._resolved(node)]
        elif isinstance(part, dict) and "c" in part and part["t"] != "Str":
            if part["t"] == "Div":
                self._fill(part["c"])
            self.resolve(part["c"])

    def _fill(self, content: Any) -> None:
        (name, *_) = content[0][1] or [""]
        if name in self.entries:
            entries = self.entries[name]
            none = {"t": "Para", "c": [{"t": "Str", "c": "None."}]}
            content[1] = [{"t": "BulletList", "c": entries} if entries else none]

    def _resolved(self, node: Any) -> list[Any]:
        """What stands in the place of an inline: a citation as it is, a reference as links."""
        citations = node["c"][0] if node["t"] == "Cite" else []
        ours = [citation for citation in citations if is_place(citation)]
        if not ours:
            return [node]
        if len(ours) < len(citations):
            raise InputError(f"one bracket holds a reference and a citation: {plain(node)}")
        made: list[Any] = []
        for citation in ours:
            made += [{"t": "Str", "c": ","}, {"t": "Space"}] if made else []
            made += [*citation["citationPrefix"], {"t": "Space"}] if citation["citationPrefix"] else []
            made += [self._reference(citation["citationId"]), *citation["citationSuffix"]]
        return made

    def _reference(self, identifier: str) -> Node:
        if identifier not in self.names:
            raise InputError(f"unresolved reference @{identifier}: nothing in the report has this name")
        return _link([{"t": "Str", "c": self.names[identifier]}], identifier, "ref")


def is_place(citation: Any) -> bool:
    """Whether a key names a place of the report and not a reference of the literature."""
    return bool(citation["citationId"].startswith(PLACES))


def _bare(inlines: Sequence[Node]) -> Iterator[Node]:
    """A caption for a list: without citations and marks of the kind of data, links and spans as their words."""
    for inline in inlines:
        kind, content = inline["t"], inline.get("c")
        if kind == "Cite" or (kind == "Span" and "kind" in content[0][1]):
            continue
        if kind in ("Span", "Link"):
            yield from _bare(content[1])
        elif kind in ("Emph", "Strong"):
            yield {"t": kind, "c": list(_bare(content))}
        else:
            yield inline


def _span(name: str, text: str) -> Node:
    return {"t": "Span", "c": [["", [name], []], [{"t": "Str", "c": text}]]}


def _link(words: Sequence[Node], identifier: str, name: str) -> Node:
    """A link within the report; ``name`` is its class."""
    return {"t": "Link", "c": [["", [name], []], list(words), [f"#{identifier}", ""]]}
