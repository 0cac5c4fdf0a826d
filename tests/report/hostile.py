"""The minimal study with hostile text in every place from which a text can reach a report.

Each text keeps its words and gets one of :data:`HOSTILE` before or behind it, in turn, so that a page shows all of them
many times. Nothing else changes: the answers are drawn anew for the changed labels from the same seed.
"""

import csv
import importlib.util
import io
import itertools
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from scripts.lib.sources import refresh

TESTS = Path(__file__).parents[1]
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    '"><svg onload=alert(3)>',
    "{{ 7*7 }} {% raw %}",
    "=cmd|' /C calc'!A0",
    "+1+cmd|'/C calc'!A0",
    "-2+3+cmd|'/C calc'!A0",
    "@SUM(1+1)*cmd|'/C calc'!A0",
    "# head",
    "| a | b |",
    "[x](javascript:alert(4))",
    "![](http://example.org/x.png)",
    "@citiclanzhou [@kano1984]",
    "$x^2$ \\(y\\)",
    "::: {.warning}",
    '#import "x.typ": * #panic("no") \\',
    "*bold* _it_ `code` ~~~ <lbl> @ref // no */",
    "\\input{/etc/passwd} %comment & ~",
    "right\u202eto\u202c left\u200f \u200b\ufeff",
    "שלום עולם",
    "𠂇𠂉 4-byte",
    "e\u0301 o\u0308 combining",
    "&lt;b&gt; &amp; ''\"",
    "---",
    "{.val #c1-v1}",
    "]]> --> </style></script>",
    "%s %d {0} {} {x!r:>10}",
]
LONG = "0123456789" * 1_000
FREE = ("definition", "unit", "what", "text", "statement", "action", "trigger", "note")
YAML = ("words", "glossary", "instrument", "strategy", "safeguards", "topics", "factors")
OPEN = ["🧿 <script>alert(5)</script>", "=1+1", "السلام عليكم", f"{LONG}\n# head"]  # open answers enter no page


def _loaded(name: str, path: str) -> ModuleType:
    """A module of another folder of the tests."""
    spec = importlib.util.spec_from_file_location(name, TESTS / path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Spoiler:
    """Gives each text of a study one hostile text, in turn."""

    def __init__(self) -> None:
        self.texts, self.count = itertools.cycle([*HOSTILE, *HOSTILE, *HOSTILE, LONG]), itertools.count()

    def text(self, text: str) -> str:
        """A text with a hostile one before or behind it."""
        return f"{next(self.texts)} {text}" if next(self.count) % 2 else f"{text} {next(self.texts)}"

    def document(self, document: Any) -> Any:
        """A document of YAML with its {en, zh} pairs and free texts spoilt."""
        if isinstance(document, list):
            return [self.document(one) for one in document]
        if not isinstance(document, dict):
            return document
        free = {*FREE, *(("en", "zh") if "en" in document else ())}
        return {
            key: self.text(value) if isinstance(value, str) and key in free else self.document(value)
            for key, value in document.items()
        }

    def file(self, path: Path, keep: tuple[str, ...] = ()) -> None:
        """A YAML file, but for some of its keys."""
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        spoilt = self.document(document) | {key: document[key] for key in keep}
        path.write_text(yaml.safe_dump(spoilt, allow_unicode=True, sort_keys=False), encoding="utf-8")

    def columns(self, path: Path, *columns: str, but: str = "") -> None:
        """Columns of a CSV file, the same text for the same cell; rows that name ``but`` stay."""
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
        seen: dict[str, str] = {}
        for row, column in itertools.product(rows, columns):
            if row[column] and not (but and but in row.values()):
                row[column] = seen.get(row[column]) or seen.setdefault(row[column], self.text(row[column]))
        with path.open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            table.writeheader()
            table.writerows(rows)

    def titles(self, path: Path) -> None:
        """Titles of a BibTeX file, whose text is LaTeX: braces in pairs."""
        said = itertools.cycle(text.rstrip("\\ ") for text in HOSTILE if text.count("{") == text.count("}"))
        text = re.sub(r"title = \{(.*)\}", lambda found: f"title = {{{found[1]} {next(said)}}}", path.read_text())
        path.write_text(text, encoding="utf-8")


def lay_hostile(folder: Path) -> Any:
    """The minimal study, spoilt and unbuilt."""
    project, make = _loaded("project", "workflow/conftest.py").lay(folder), _loaded("make", "minimal/make.py")
    raw, spoiler = project.path("data/raw/minimal"), Spoiler()
    for name in YAML:
        spoiler.file(raw / f"{name}.yaml")
    study = project.path("config/studies/minimal.yaml")
    spoiler.file(study, keep=("bank", "region"))
    project.replace("config/studies/minimal.yaml", "author: ", f"author: '{HOSTILE[2]} ' # ")
    make.write(raw, **make.COMMITTED)
    answers = raw / "responses.csv"
    rows = list(csv.reader(io.StringIO(answers.read_text(encoding="utf-8-sig"))))
    open_column = next(number for number, head in enumerate(rows[0]) if "应优先改进" in head)
    for row, said in zip(rows[1:], OPEN, strict=False):
        row[open_column] = said
    with answers.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    spoiler.columns(raw / "indicators.csv", "name_en", "name_zh", "source", "note")
    spoiler.columns(raw / "outlets_by_bank.csv", "bank_en", "bank_zh", "note", but="示例银行")
    spoiler.columns(raw / "institutions.csv", "institution_type", "institution_type_zh", "source")
    spoiler.columns(raw / "search_log.csv", "query", "source", "note")
    spoiler.columns(raw / "SOURCES.csv", "title", "source", "note")
    spoiler.titles(raw / "literature.bib")
    spoiler.titles(raw / "methods.bib")
    refresh(raw)
    return project
