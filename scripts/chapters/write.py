"""Write one chapter: its template through the door, then the lint.

A template is Pandoc Markdown with jinja2. Plain strings that it prints are data and are escaped; what does not exist is
an error; comments stand in ``<# #>``, because ``{#`` is pandoc's mark of an identifier.
"""

import json
import logging
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, nodes
from jinja2.compiler import CodeGenerator, Frame

from scripts.chapters import lint, markdown
from scripts.chapters.door import Door
from scripts.lib.job import InputError
from scripts.lib.study import read_yaml
from scripts.report.pandoc import MARKDOWN, pandoc


class _Generator(CodeGenerator):
    """Lets ``~`` join texts, values and words without losing what is Markdown and what is data."""

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802
        self.write("environment.filters['join']((")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")


class _Environment(Environment):
    code_generator_class = _Generator


def environment(folder: str | Path) -> Environment:
    """The environment of chapter templates; ``folder`` holds what a template imports."""
    made = _Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        autoescape=True,
        finalize=markdown.markdown,
        comment_start_string="<#",
        comment_end_string="#>",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    for computing in ("format", "round", "sum", "abs", "int", "float", "safe"):
        del made.filters[computing]
    made.filters |= {
        "join": markdown.join,
        "both": markdown.both,
        "zh": markdown.chinese,
        "cap": markdown.capital,
        "heading": markdown.heading,
    }
    return made


def render(template: str | Path, door: Door) -> str:
    """The chapter as Markdown.

    Raises
    ------
    InputError
        Naming the chapter, the template's line and what is wrong there.
    """
    path = Path(template)
    made = environment(path.parent)
    where = f"chapter {door.chapter}, {path.name}"
    try:
        faults = lint.computing(path.read_text(encoding="utf-8"), made)
        if faults:
            raise InputError(f"{where}: {'; '.join(faults)}")
        return made.get_template(path.name, globals=door.globals()).render()
    except InputError as fault:
        line = _line(fault, path.name)
        raise InputError(f"{fault} ({path.name}, line {line})" if line else str(fault)) from fault
    except (TemplateError, TypeError, AttributeError, KeyError) as error:
        line = getattr(error, "lineno", None) or _line(error, path.name)
        raise InputError(f"{where}, line {line}: {str(error) or type(error).__name__}") from error


def _line(error: BaseException, name: str) -> int | None:
    """The line of the template in which an error arose."""
    lines = [step.lineno for step in traceback.extract_tb(error.__traceback__) if Path(step.filename).name == name]
    return lines[-1] if lines else None


def check(chapter: str, door: Door) -> None:
    """Refuse a chapter with bare numbers, or one that does not open with its one heading of the first level."""
    document = json.loads(pandoc(chapter, "-f", MARKDOWN, "-t", "json"))
    faults = lint.faults_of(document, {use["id"]: use["shown"] for use in door.uses})
    if faults:
        raise InputError(
            f"chapter {door.chapter}: found {len(faults)} bare numbers or broken marks: {'; '.join(faults[:12])}; "
            'show numbers with v(), row.v() or table(), and mark a literal one with lit("...")'
        )
    levels = [block["c"][0] for block in document["blocks"] if block["t"] == "Header"]
    if levels[:1] != [1] or levels.count(1) != 1:
        raise InputError(
            f"chapter {door.chapter}: found headings of levels {levels}; allowed: one of level 1, and first"
        )


def _by_stem(paths: Sequence[str], suffix: str, chapter: int) -> dict[str, str]:
    """Paths by name; two files of one name would be told apart by nobody."""
    named: dict[str, str] = {}
    for path in paths:
        stem = Path(path).stem
        if path.endswith(suffix) and named.setdefault(stem, str(path)) != str(path):
            raise InputError(
                f"chapter {chapter}: inputs {named[stem]} and {path} have one name; allowed: one file a name"
            )
    return named


def write_chapter(snakemake: Any, number: int) -> None:
    """Adapter of the rules ``write_chapter_<number>`` and ``write_summary``.

    Inputs ``template`` (first one, with what it imports), ``values``, ``tables``, ``figures`` (SVG and CSV), ``words``;
    params ``study``, ``kinds``; outputs ``markdown``, ``uses``.
    """
    given = snakemake.input
    templates = [given.template] if isinstance(given.template, str) else list(given.template)
    door = Door(
        number,
        values=_by_stem(given.get("values") or [], ".json", number),
        tables=_by_stem(given.get("tables") or [], ".csv", number),
        figures=_by_stem(given.get("figures") or [], ".svg", number),
        kinds=snakemake.params.kinds,
        study=snakemake.params.study,
        words=read_yaml(given.words),
    )
    chapter = render(templates[0], door)
    check(chapter, door)
    Path(snakemake.output.markdown).write_text(chapter, encoding="utf-8")
    document = json.dumps(door.uses, ensure_ascii=False, indent=1)
    Path(snakemake.output.uses).write_text(document + "\n", encoding="utf-8")
    logging.info("chapter %d: %d uses", number, len(door.uses))
