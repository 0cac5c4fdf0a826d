"""Appendices that are written from what ran: methods with n and seed, settings, the workflow, how to cite.

Nothing here is told twice by hand: variants come from the values that rules wrote, settings and their meaning from the
study and the schema of its configuration, the workflow from the rules themselves.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scripts.chapters.door import Door
from scripts.chapters.markdown import escape, marked
from scripts.report.appendices import LIBRARIES, code, heading, plain_table

FACTS = {"/n": "n =", "/n_used": "n =", "/seed": "seed"}  # where values say how much entered, and the seed
IDENTITY = ("Label", "Files", "Region")  # parts of the schema that say who and what is studied


def methods(door: Door, rules: Sequence[str], reads: Mapping[str, Sequence[str]], versions: Mapping[str, str]) -> str:
    """The methods as they ran: variant, answers that entered, seed, sections of the settings that the rule reads.

    ``reads`` maps a rule to the sections of the study's settings among its params; ``versions`` are the locked ones.
    """
    entries = [(rule, note) for rule in rules for note in _notes(door.get(f"{rule}:/method", None))]
    if not entries:
        return ""
    used = ", ".join(f"{one} {versions[one]}" for one in LIBRARIES if one in versions)
    opening = (
        "What each rule says of the variant that it ran, how many answers or rows entered, and the seed of its random "
        f"draws. @tbl:settings holds the settings; computed with {escape(used)}.\n"
    )
    lines = []
    for rule, note in entries:
        facts = [
            f"{said} {door.v(f'{rule}:{pointer}', '{:d}')}"
            for pointer, said in FACTS.items()
            if isinstance(door.get(f"{rule}:{pointer}", None), int)
        ]
        facts += [f"settings: {', '.join(code(one) for one in reads[rule])}"] if reads.get(rule) else []
        lines.append(f"`{rule}`\n\n:   {marked(note, 'txt')}{'; ' * bool(facts)}{'; '.join(facts)}\n")
    return "\n".join([heading("Methods as they ran", "methods"), opening, *lines])


def _notes(method: Any) -> list[str]:
    if isinstance(method, Mapping):
        return (
            [str(method["en"])] if "en" in method else ["; ".join(f"{name}: {text}" for name, text in method.items())]
        )
    return [str(one) for one in (method if isinstance(method, list) else [method]) if one]


def settings(study: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """Every convention that the study could have set otherwise, its value, and what it means.

    ``schema`` is the JSON schema of a study; a section of it is a convention unless it says who and what is studied.
    """
    rows = [
        [code(f"{section}.{name}"), _value(study[section][name]), "" if kept else "yes", escape(meaning)]
        for section, name, kept, meaning in _conventions(study, schema)
    ]
    caption = "Settings of this study; a changed one differs from what a study has by itself"
    table = plain_table("settings", caption, ["Setting", "Value", "Changed", "What it sets"], rows)
    return "\n".join(["## Settings {.unnumbered .unlisted}\n", table])


def _conventions(study: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[tuple[str, str, bool, str]]:
    for section, one in sorted(schema["properties"].items()):
        reference = one.get("$ref", "").rpartition("/")[2]
        if reference in ("", *IDENTITY) or not study.get(section):
            continue
        for name, key in schema["$defs"][reference]["properties"].items():
            value = study[section][name]
            if value is not None and value != []:
                yield section, name, value == key.get("default", value), key.get("description", "")


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return escape(", ".join(map(str, value)) if isinstance(value, list) else str(value))


def workflow(door: Door) -> str:
    """The graph of the rules that make results."""
    caption = "Workflow: the rules that make results; each stands below the rules that it reads"
    opening = (
        "Every rule is one script of the same name in its stage's folder. Rules that draw figures, write chapters and "
        "keep the audit read nearly all others and are left out of the picture.\n"
    )
    return "\n".join([heading("Workflow", "workflow"), opening, str(door.figure("workflow", caption))])


def citation(study: Mapping[str, Any], name: str, software: Mapping[str, Any], labels: Sequence[str]) -> str:
    """How to cite this report and the software; ``software`` is the document of CITATION.cff."""
    kind = f" {escape('; '.join(labels))}." if labels else ""
    title, year = escape(study["title"]["en"]), study["reference_date"][:4]
    report = (
        f"{escape(study['author'])}. {title}\\[R\\]. {escape(study['organisation']['en'])}, {year}. "
        f"Reference date {escape(study['reference_date'])}.{kind}"
    )
    makers = ", ".join(escape(one["name"]) for one in software["authors"])
    tool = f"{makers}. {escape(software['title'])}\\[CP\\]. Version {escape(str(software['version']))}."
    say = (
        "A build is told apart by the SHA\\-256 of its record: `sha256sum "
        f"results/{name}/audit/provenance.json`. Give it with the citation where a number is quoted.\n"
    )
    lines = [f"Report\n\n:   {report}\n", f"Software\n\n:   {tool}\n"]
    return "\n".join(["## How to cite {.unnumbered .unlisted}\n", *lines, say])
