"""Write the guide to the results of a study, ``index.html``: where a reviewer starts.

By stage every table, value file and figure: what it is, the rule and script that make it, its rows and columns with
meaning, unit and what a blank means, the status of the values with the number of their warnings, which rules read it,
which chapters show it, the kinds of data it rests on and its SHA-256. Confidential tables are named and described and
neither opened nor linked. The page needs no script and asks nothing of any network; its style stands in it, allowed by
its hash.

Fails with one line where a table or a column is not described in ``report/dictionary``, or the Chinese face lacks a
sign of the page.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from scripts.audit.lineage import Graph, outputs
from scripts.chapters.exhibits import labels
from scripts.guide.entries import Maker, stages
from scripts.lib.dictionary import Dictionary, load
from scripts.lib.job import run
from scripts.report.assemble_report import statement, weakest
from scripts.report.chinese import faces
from scripts.report.render_html import source_hash

POLICY = (
    "default-src 'none'; img-src data:; font-src data:; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'"
)
DIGITS = 12  # digits of a hash that print; the whole stands in its title
LEADING = {
    "report.html": "the report, for a browser",
    "report.pdf": "the report as a book",
    "report.docx": "the report for a word processor",
    "datapackage.json": "what this page says of the published tables, for programs (Frictionless Data Package with a "
    "Table Schema for each table)",
    "provenance.json": "for each file its SHA-256, the rule and the inputs it is made from; for each number of the "
    "report where it was read",
    "SHA256SUMS": "the SHA-256 of every file, for sha256sum",
    "ro-crate-metadata.json": "the run that made the files, for programs (Workflow Run RO-Crate)",
    "Snakefile": "the workflow, as the run crate holds it",
}


def facts(
    name: str,
    study: Mapping[str, Any],
    graph: Graph,
    dictionary: Dictionary,
    uses: Sequence[Mapping[str, Any]],
    opened: Sequence[str],
) -> dict[str, Any]:
    """What the page is made of; ``opened`` are the files that it may open."""
    root = f"results/{name}"
    maker = Maker(root, graph, dictionary, uses)
    listed = {
        stage: [maker.entry(one) for one in files] for stage, files in stages(graph, opened).items() if stage != name
    }
    there = {Path(path).name: path.removeprefix(f"{root}/") for path in outputs(graph)}
    return {
        "name": name,
        "study": study,
        "labels": labels(weakest(uses)),
        "statement": statement(graph["raw"]),
        "leading": [(there[name], said) for name, said in LEADING.items() if name in there],
        "stages": [(stage, dictionary.stages[stage], entries) for stage, entries in listed.items()],
        "label": labels,
        "digits": DIGITS,
    }


def page(template: str, style: str, face: Path, given: Mapping[str, Any]) -> str:
    """The page with its style, its Chinese signs and its policy.

    Raises
    ------
    InputError
        If the face lacks a sign of the page.
    """
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    made = environment.from_string(template)
    style = faces(made.render(given, style="", policy="") + style, "", face, face) + style
    return made.render(given, style=Markup(style), policy=POLICY.format(style=source_hash(style)))


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    given, params = snakemake.input, snakemake.params
    uses = json.loads(Path(given.uses).read_text(encoding="utf-8"))
    dictionary = load(list(given.dictionary))
    found = facts(snakemake.wildcards.study, params.study, params.graph, dictionary, uses, list(given.files))
    style = "\n".join(Path(path).read_text(encoding="utf-8") for path in given.styles)
    template = Path(given.template).read_text(encoding="utf-8")
    Path(snakemake.output.guide).write_text(page(template, style, Path(given.face), found) + "\n", encoding="utf-8")


if __name__ == "__main__":
    run(main, snakemake)
