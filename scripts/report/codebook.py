"""The codebook of a report as Markdown: what the columns mean that its tables and cells show, one list a stage."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scripts.chapters.markdown import escape
from scripts.lib.dictionary import Column, Dictionary
from scripts.report.appendices import heading, plain_table

OPENING = (
    "What the columns mean that the tables of this report show, by the file they are read from. Shares lie between "
    "zero and one; `_low` and `_high` are bounds of an interval; names in English and Chinese, places in an order and "
    "marks of what is withheld are left out. All columns of all files stand in the guide to the results, `index.html`, "
    "and for programs in `datapackage.json`.\n"
)
PLAIN = ("position", "suppressed")


def shown(uses: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """The columns that the report shows, {<stage>/<table>: [column]}."""
    found: dict[str, dict[str, None]] = {}
    for use in uses:
        names = [name for column in use.get("columns", []) for name in column["names"]]
        if use["kind"] == "cell":
            names = [use["pointer"]["column"]]
        if names:
            path = Path(use["file"])
            found.setdefault(f"{path.parent.name}/{path.stem}", {}).update(dict.fromkeys(names))
    return {table: list(names) for table, names in found.items()}


def told(name: str, column: Column) -> str:
    """One column in a few words."""
    unit = f" ({escape(column.unit)})" if column.unit else ""
    return f"`{name}` {escape(column.means)}{unit}"


def codebook(uses: Sequence[Mapping[str, Any]], dictionary: Dictionary) -> str:
    """The appendix: a table a stage, a row a file."""
    parts, found = [heading("Codebook", "codebook"), OPENING], shown(uses)
    for stage, described in dictionary.stages.items():
        rows = []
        for name in (f"{stage}/{table}" for table in described.tables):
            table = dictionary.tables[name]
            names = [one for one in found.get(name, []) if one not in PLAIN and not one.endswith(("label_en", "_zh"))]
            columns = table.describe_some(names)
            if columns:
                listed = "; ".join(told(one, column) for one, column in columns.items())
                rows.append([f"`{name}.csv`", f"{escape(table.title.en)}: {listed}."])
        if rows:
            parts.append(plain_table(f"codebook-{stage}", f"Codebook: {described.title.en}", ["File", "Columns"], rows))
    return "\n".join(parts)
