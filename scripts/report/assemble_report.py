"""Join the chapters into one report: abstract, summary, lists, seven chapters, references, appendices.

The report is one Pandoc Markdown file with the log of all uses beside it; the formats are drawn from these. The
front matter is a JSON file of texts escaped for pandoc.
"""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from scripts.audit.lineage import Graph, ancestors, logical, makers
from scripts.chapters.door import Door
from scripts.chapters.exhibits import labels
from scripts.chapters.markdown import escape
from scripts.chapters.shown import read_table
from scripts.lib.dictionary import load
from scripts.lib.job import InputError, run
from scripts.lib.sources import KINDS, sha256
from scripts.lib.study import read_yaml
from scripts.report import appendices, record
from scripts.report.codebook import codebook

APPENDICES = 8  # number of the appendices among the chapters
LISTS = """::: {.contents}
:::

# Figures and tables {#sec:lists .unnumbered}

## Figures {.unnumbered .unlisted}

::: {.lof}
:::

## Tables {.unnumbered .unlisted}

::: {.lot}
:::
"""
CITED = re.compile(r"(?<![\\\w])@([A-Za-z]\w*)(?![\w:])")
SAID = {
    "synthetic": "{files}: made by a program, not by people. Nothing in this report describes real customers.",
    "illustrative": "{files}: made up as an example. Ranks that rest on them show the method, not a decision.",
}


def statement(raw: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What kinds of data the report rests on: one sentence for the weakest kinds, or that there are none."""
    said = []
    for kind, sentence in SAID.items():
        files = sorted(one["file"].rpartition("/")[2] for one in raw.values() if one["kind"] == kind)
        if files:
            said.append(sentence.format(files=", ".join(files)))
    return said or [
        "This report rests on collected answers and published figures; no raw file is synthetic or illustrative."
    ]


def front(study: Mapping[str, Any], kinds: Sequence[str], raw: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Texts of the title page and of the running banner, escaped for pandoc."""
    year, month, day = study["reference_date"].split("-")
    return {
        "title": escape(study["title"]["en"]),
        "title-zh": escape(study["title"].get("zh") or ""),
        "organisation": escape(" ".join(part for part in study["organisation"].values() if part)),
        "author": [escape(study["author"])],
        "date": escape(study["reference_date"]),
        "year": str(int(year)),
        "month": str(int(month)),
        "day": str(int(day)),
        "labels": [escape(label) for label in labels(kinds)],
        "statement": [escape(sentence) for sentence in statement(raw)],
        "lang": "en",
        "link-citations": True,
    }


def lock_versions(lock: str) -> dict[str, str]:
    """Versions of the locked packages by name."""
    return dict(re.findall(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)", lock, re.MULTILINE))


def join_uses(logs: Sequence[Sequence[Mapping[str, Any]]], graph: Graph) -> list[dict[str, Any]]:
    """All uses in the order of the text, each with its chapter, and the rule and the raw files behind its file."""
    made_by = makers(graph)

    @cache
    def raw(path: str) -> list[str]:
        return sorted(graph["raw"][one]["file"] for one in {path} | ancestors(path, graph) if one in graph["raw"])

    return [
        {**use, "chapter": int(use["id"][1 : use["id"].index("-")])}
        | {"rule": made_by.get(use["file"], "raw"), "raw_files": raw(use["file"])}
        for log in logs
        for use in log
    ]


def weakest(uses: Sequence[Mapping[str, Any]]) -> list[str]:
    """Kinds of data that anything in the report rests on."""
    return [kind for kind in KINDS if any(kind in use["kinds"] for use in uses)]


def assemble(opening: Sequence[str], chapters: Sequence[str], back: Sequence[str]) -> str:
    """The whole text: abstract and summary, contents and lists, chapters, references, appendices."""
    references = "# References {#sec:references .unnumbered}\n\n::: {#refs}\n:::\n"
    return "\n\n".join(part.strip() for part in [*opening, LISTS, *chapters, references, *back] if part.strip()) + "\n"


def unseen(chapters: Sequence[str], records: Sequence[Mapping[str, Any]]) -> list[str]:
    """Keys that the text cites although nobody has seen the record in an independent list."""
    verified = {record["key"] for record in records if record["verified"] == "yes"}
    return sorted({key for chapter in chapters for key in CITED.findall(chapter)} - verified)


def back_matter(given: Any, params: Any, name: str) -> tuple[list[str], list[dict[str, Any]], dict[str, Any]]:
    """Appendices, all uses and front matter, from the inputs and params of the rule by name."""
    graph, study = params["graph"], params["study"]
    values = {Path(path).stem: str(path) for path in given["values"]}
    tables = {Path(path).stem: str(path) for path in given.get("tables") or []}
    figures = {Path(path).stem: str(path) for path in given["figures"] if path.endswith(".svg")}
    door = Door(APPENDICES, values, tables, figures, params["kinds"], study=study, words={})
    rules, reads = sorted(values), {rule: part["settings"] for rule, part in graph["rules"].items()}
    lock = Path(given["lock"])
    versions = lock_versions(lock.read_text(encoding="utf-8"))
    told = [
        appendices.questionnaire(door),
        appendices.warnings(door, rules),
        record.methods(door, rules, reads, versions),
        record.settings(study, json.loads(Path(given["schema"]).read_text(encoding="utf-8"))),
        record.workflow(door),
        appendices.missing_figures(door),
    ]
    terms: Any = read_yaml(given["glossary"]) if given.get("glossary") else {"glossary": []}
    logs = [json.loads(Path(path).read_text(encoding="utf-8")) for path in given["uses"]]
    uses = join_uses([*logs, door.uses], graph)
    raw = {logical(path, graph): {**one, "sha256": sha256(path)} for path, one in graph["raw"].items()}
    texts = front(study, weakest(uses), raw)
    card = appendices.run_card(study, name, params["seed"], raw, versions, sha256(lock))
    cite = record.citation(study, name, read_yaml(given["software"]), labels(weakest(uses)))
    provenance = appendices.provenance(uses, f"results/{name}/")
    if given.get("dictionary"):
        told.append(codebook(uses, load(given["dictionary"])))
    return [*told, appendices.glossary(terms["glossary"]), card, cite, provenance], uses, texts


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    given, output = dict(snakemake.input.items()), snakemake.output
    back, uses, texts = back_matter(given, dict(snakemake.params.items()), snakemake.wildcards.study)
    chapters = [Path(path).read_text(encoding="utf-8") for path in given["chapters"]]
    wrong = unseen(chapters, read_table(given["records"]).rows)
    if wrong:
        raise InputError(
            f"study {snakemake.wildcards.study}, citations: found {', '.join(wrong)}; allowed: records of the BibTeX "
            "files that were seen in an independent list; cite another work or add its verification"
        )
    Path(output.report).write_text(assemble(chapters[:2], chapters[2:], back), encoding="utf-8")
    for path, document in ((output.uses, uses), (output.front, texts)):
        Path(path).write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    run(main, snakemake)
