"""The door: everything that a chapter shows comes through it, and it keeps a log of each use.

A chapter's template computes nothing. It asks the door for values of a rule (``v("cluster_customers:/k", "{:d}")``),
rows and cells of a table, whole tables, figures, warnings and words of the study. Each use is logged with what was
shown, the raw value, the format, file, pointer, SHA-256 and kinds, so that the audit can read and show it again.
Whatever does not exist is an error that names the chapter, what was asked for and what there is.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from scripts.chapters import shown
from scripts.chapters.exhibits import Exhibits, col
from scripts.chapters.inputs import REQUIRED
from scripts.chapters.markdown import Data, Text, both, heading, marked
from scripts.chapters.shown import Number

SEVERITIES = {"note": "Note", "caution": "Caution", "serious": "Serious"}

CALLS = (
    *("get", "status", "reason", "say", "v", "rows", "one", "table", "figure", "drawn"),
    *("warnings", "esc", "lit", "titles", "cite"),
)


def study_text(value: Any) -> Any:
    """A document of the study with its strings marked as data and its {en, zh} pairs as texts."""
    if isinstance(value, dict):
        if "en" in value and set(value) <= {"en", "zh"}:
            return Text(Data(value["en"]), Data(value.get("zh") or ""))
        return {key: study_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [study_text(item) for item in value]
    return Data(value) if isinstance(value, str) else value


class Row:
    """One row of a table: ``row["column"]`` for conditions, ``row.v`` and ``row.t`` to show it."""

    def __init__(self, door: "Door", table: str, cells: Mapping[str, str]) -> None:
        self._door, self._table, self._cells = door, table, cells

    def __getitem__(self, column: str) -> str | Number | None:
        self._door.need(self._table, column)
        value = shown.parse(self._cells[column], column)
        return Data(value) if isinstance(value, str) else value

    def v(self, column: str, form: str = "{}", missing: str | None = None) -> Markup:
        """A cell's value, logged."""
        return self._door.cell(self._table, self._cells, column, form, missing)

    def t(self, column: str) -> Markup:
        """A cell's text."""
        self._door.need(self._table, column)
        return marked(self._cells[column], "txt")

    def both(self, stem: str = "label") -> Markup:
        """The texts of ``<stem>_en`` and ``<stem>_zh``: ``Cash management (现金管理)``."""
        return both(Text(str(self[f"{stem}_en"] or ""), str(self[f"{stem}_zh"] or "")))


class Door(Exhibits):
    """The door of one chapter.

    Parameters
    ----------
    inputs, more : see :class:`scripts.chapters.inputs.Inputs`.
    study : the settings of the study that the chapter may show.
    words : the study's own words, the document of its ``words`` file.
    """

    def __init__(self, *inputs: Any, study: Mapping[str, Any], words: Mapping[str, Any], **more: Any) -> None:
        super().__init__(*inputs, **more)
        self.study, self.texts = study_text(dict(study)), study_text(dict(words))

    def globals(self) -> dict[str, Any]:
        """What a template may use."""
        nouns = {"s": self.study, "w": self.texts.get("words", {}), "texts": self.texts, "col": col}
        nouns["kinds"] = self.kinds_of
        return {name: getattr(self, name) for name in CALLS} | nouns

    def kinds_of(self, name: str) -> list[str]:
        """Kinds of the raw data that values, a table or a figure of this name rest on."""
        paths = [named[name] for named in self.paths.values() if name in named]
        if not paths:
            raise self.fault(f"kinds({name!r})", "no input of the chapter has this name")
        return sorted({kind for path in paths for kind in self.kinds.get(path, [])})

    def status(self, rule: str) -> str:
        """``ok``, ``absent`` or ``refused``."""
        return str(self.get(f"{rule}:/status"))

    def reason(self, rule: str) -> Markup:
        """Why a rule has no result: one sentence."""
        return self.say(f"{rule}:/reason")

    def v(self, ref: str, form: str = "{}", missing: str | None = None) -> Markup:
        """A value, shown and logged; ``missing`` is shown where it is null or not there."""
        rule, _, pointer = ref.partition(":")
        raw = self.get(ref, REQUIRED if missing is None else None)
        return self._show("value", ref, self.path("values", rule), pointer, raw, form, missing)

    def cell(self, table: str, row: Mapping[str, str], column: str, form: str, missing: str | None) -> Markup:
        """A cell, shown and logged."""
        self.need(table, column)
        key = {name: row[name] for name in self.data(table).key}
        ref = f"{table}[{', '.join(f'{name}={value}' for name, value in key.items())}].{column}"
        raw, pointer = shown.parse(row[column], column), {"key": key, "column": column}
        return self._show("cell", ref, self.path("table", table), pointer, raw, form, missing)

    def _show(self, kind: str, ref: str, file: str, pointer: Any, raw: Any, form: str, missing: str | None) -> Markup:
        if raw is None and missing is not None:
            return marked(missing, "txt")
        if raw is None:
            raise self.fault(ref, 'there is no value; ask with missing="not available", or under a condition')
        if isinstance(raw, dict | list):
            raise self.fault(ref, f"found a {type(raw).__name__}, not one value")
        try:
            text = shown.show(raw, form)
        except (ValueError, TypeError, LookupError) as error:
            raise self.fault(ref, f"{raw!r} cannot be shown as {form!r}: {error}") from error
        more = {"raw": raw, "value": str(raw), "shown": text, "format": form, "pointer": pointer}
        identifier = self.log("v", kind, ref, file, **more)
        return marked(text, "val", identifier=identifier)

    def rows(
        self, name: str, where: Mapping[str, Any] | None = None, sort: str = "", limit: int | None = None
    ) -> list[Row]:
        """Rows of a table, in its order or by ``sort`` (a column; ``-column`` for the largest first)."""
        return [Row(self, name, row) for row in self.select(name, where, sort, limit)]

    def one(self, name: str, where: Mapping[str, Any] | None = None) -> Row:
        """The one row that matches."""
        found = self.rows(name, where)
        if len(found) != 1:
            raise self.fault(f"table {name!r} where {dict(where or {})}", f"found {len(found)} rows; one is asked for")
        return found[0]

    def warnings(self, *rules: str) -> Markup:
        """The warnings of rules, each in a block of its own."""
        blocks = [
            f"::: {{.warning .{warning['severity']}}}\n**{SEVERITIES[warning['severity']]}.** "
            f"{self.say(f'{rule}:/warnings/{position}/text')}\n:::"
            for rule in rules
            for position, warning in enumerate(self.get(f"{rule}:/warnings"))
        ]
        return Markup("\n\n" + "\n\n".join(blocks) + "\n\n" if blocks else "")

    def esc(self, text: Any) -> Markup:
        """Text of the study, for print."""
        return marked(str(text), "txt")

    def lit(self, text: Any) -> Markup:
        """A literal number: a year, a threshold named in prose."""
        return marked(str(text), "lit")

    def titles(self, chapter: str | int, section: str = "") -> Markup:
        """Title of a chapter, or of one of its sections, with its Chinese name."""
        chapters = {str(one["id"]): one for one in self.texts.get("chapters", [])}
        if str(chapter) not in chapters:
            raise self.fault(f"titles({chapter!r})", f"no such chapter in the words; there is {', '.join(chapters)}")
        found = chapters[str(chapter)]
        if section and section not in found["sections"]:
            there = ", ".join(found["sections"])
            raise self.fault(f"titles({chapter!r}, {section!r})", f"no such section in the words; there is {there}")
        return heading(found["sections"][section] if section else found["title"])

    def cite(self, keys: Sequence[str] | None) -> Markup:
        """Citations of the given keys: ``[@a; @b]``; nothing for no key."""
        wrong = [repr(str(key)) for key in keys or [] if not re.fullmatch(r"[A-Za-z][\w-]*", key)]
        if wrong:
            raise self.fault("cite()", f"found {', '.join(wrong)}; allowed: keys of the bibliography")
        return Markup(f"[{'; '.join(f'@{key}' for key in keys)}]" if keys else "")
