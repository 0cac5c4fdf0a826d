"""Tables and figures of a chapter, numbered, with the label of their kind of data in the caption."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from scripts.chapters import shown
from scripts.chapters.inputs import Inputs
from scripts.chapters.markdown import markdown, marked, pipe_table, shape
from scripts.chapters.shown import Column
from scripts.lib.sources import sha256

LABELS = {"synthetic": "Synthetic data 模拟数据", "illustrative": "Illustrative judgements 示例"}


def col(
    name: str | Sequence[str],
    header: str | Markup,
    form: str = "",
    missing: str = shown.NONE,
    words: Mapping[str, str] | None = None,
) -> Column:
    """A column of a table in the report, from one or several columns of the file.

    ``words`` puts a text in place of a code, in each of the columns; ``missing`` is shown for a blank cell.
    """
    names = [name] if isinstance(name, str) else list(name)
    texts = {code: str(text) for code, text in (words or {}).items()}
    return Column(names, header, form or " ".join(["{}"] * len(names)), missing, texts)


def labels(kinds: Sequence[str]) -> list[str]:
    """What a caption or a banner says of kinds of data; nothing of collected and published ones."""
    return [LABELS[kind] for kind in LABELS if kind in kinds]


class Exhibits(Inputs):
    """Tables and figures."""

    def table(
        self,
        name: str,
        columns: Sequence[Column],
        caption: str,
        id: str = "",
        where: Mapping[str, Any] | None = None,
        sort: str = "",
        limit: int | None = None,
        empty: str | None = None,
    ) -> Markup:
        """A numbered table; ``empty`` is the sentence that stands in its place when no row matches."""
        self.need(name, *(part for column in columns for part in column.names))
        rows = self.select(name, where, sort, limit)
        if not rows and empty is not None:
            return markdown(empty)
        if not rows:
            raise self.fault(f"table {name!r} where {dict(where or {})}", "no row to show; give empty=, or a condition")
        try:
            cells = [[shown.show_cell(row, column) for column in columns] for row in rows]
        except (ValueError, TypeError, IndexError) as error:
            raise self.fault(f"table {name!r}", f"a cell cannot be shown: {error}") from error
        heads = [str(markdown(column.header)) for column in columns]
        label, file = f"tbl:{id or name}", self.path("table", name)
        asked = {"where": dict(where or {}), "sort": sort, "limit": limit}
        identifier = self.log(
            *("t", "table", name, file),
            **{"label": label, "shown": label, "pointer": ""} | asked,
            columns=[column._asdict() | {"header": _bare(head)} for column, head in zip(columns, heads, strict=True)],
            rows=[self._logged(name, row, columns, line) for row, line in zip(rows, cells, strict=True)],
        )
        right = [any(_is_number(row, column) for row in rows) for column in columns]
        paper = shape(cells, [_bare(head) for head in heads])
        body = f"{pipe_table(heads, cells, right)}\n\n: {self._caption(caption, file)}"
        return Markup(f'\n\n::: {{#{label} .table use="{identifier}" {paper}}}\n{body}\n:::\n\n')

    def _logged(self, name: str, row: Mapping[str, str], columns: Sequence[Column], line: list[str]) -> dict[str, Any]:
        key = {column: row[column] for column in self.data(name).key}
        return {"key": key, "raw": [[row[part] for part in column.names] for column in columns], "shown": line}

    def _caption(self, caption: str, file: str) -> str:
        kinds = (marked(label, "kind") for label in labels(self.kinds.get(file, [])))
        return " ".join(map(str, (markdown(caption), *kinds)))

    def _drawing(self, name: str) -> tuple[str, dict[str, Any]]:
        for rule in self.paths["values"]:
            drawings = self.document(rule).get("figures", {})
            if name in drawings:
                return rule, drawings[name]
        raise self.fault(f"figure {name!r}", "no values of a draw rule among the inputs of the chapter tell of it")

    def drawn(self, name: str) -> bool:
        """Whether a figure could be drawn."""
        return bool(self._drawing(name)[1]["status"] == "ok")

    def figure(self, name: str, caption: str, width: str = "100%") -> Markup:
        """A numbered figure; where it could not be drawn, the sentence that says why."""
        rule, drawing = self._drawing(name)
        if drawing["status"] != "ok":
            return Markup(f"\n\n{self.say(f'{rule}:/figures/{name}/reason')}\n\n")
        file, label = self.path("figure", name), f"fig:{name}"
        data = str(Path(file).with_suffix(".csv"))
        alt = shown.clean(drawing["alt"]["en"])
        more = {"label": label, "shown": label, "pointer": "", "alt": alt, "data": data, "data_sha256": sha256(data)}
        identifier = self.log("f", "figure", name, file, **more)
        attributes = f'#{label} use="{identifier}" width="{width}"'
        return Markup(f"\n\n![{self._caption(caption, file)}]({file}){{{attributes}}}\n\n")

    def say(self, ref: str) -> Markup:
        """A sentence that a rule says in two languages, logged."""
        text = shown.clean(str(self.get(f"{ref}/en")))
        rule, _, pointer = ref.partition(":")
        more = {"raw": text, "shown": text, "format": "{}", "pointer": f"{pointer}/en"}
        identifier = self.log("s", "text", ref, self.path("values", rule), **more)
        return marked(text, "sentence", identifier=identifier)


def _is_number(row: Mapping[str, str], column: Column) -> bool:
    return not column.words and isinstance(shown.parse(row[column.names[0]], column.names[0]), int | float)


def _bare(head: str) -> str:
    """The text of a head without its marks."""
    return re.sub(r"\{[^}]*\}|[\\\[\]]", "", head)
