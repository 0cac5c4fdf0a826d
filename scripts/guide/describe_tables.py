"""Describe the published tables of a study as a Frictionless data package (version 1), ``datapackage.json``.

One resource for each table and for the CSV behind each figure: title, what a row is, SHA-256, size, and a Table Schema
with the meaning, type, unit and blank of each column, its allowed values, the key of the rows, and the columns that
point into other tables. The descriptions are those of ``report/dictionary``; the files are read for their header, size
and hash alone. Of the columns only those of the key are ``required``.

Sources are the raw files, as SOURCES.csv declares them; each resource names those it rests on and their kinds of data.
The package claims no licence of its own: a source has the one that was declared. It holds no date but the study's
reference date. Confidential tables are left out; no column points into one.

Fails with one line where a table, or a column of one, is not described.
"""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scripts.audit.lineage import Graph, ancestors, kinds_of, logical
from scripts.lib.dictionary import Column, Dictionary, load, schema_type
from scripts.lib.job import InputError, run
from scripts.lib.sources import sha256


def table_name(path: str) -> str:
    """The name of a table in the dictionary: ``<stage>/<name>``."""
    return f"{Path(path).parent.name}/{Path(path).stem}"


def resource_name(table: str) -> str:
    """The name of a table in the package."""
    return table.replace("/", "-").lower()


def header_of(path: str) -> list[str]:
    """The names of a table's columns."""
    with open(path, encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


def field(name: str, column: Column, key: Sequence[str]) -> dict[str, Any]:
    """A column as a field of a Table Schema; ``unit`` and ``blank`` are properties of our own."""
    constraints: dict[str, Any] = {"required": True} if name in key and not column.blank else {}
    if column.one_of:
        constraints["enum"] = column.one_of
    told = {"unit": column.unit, "blank": column.blank, "constraints": constraints}
    return {"name": name, "description": column.means} | schema_type(column) | {k: v for k, v in told.items() if v}


def schema(columns: Mapping[str, Column], key: Sequence[str], table: str, shared: Sequence[str]) -> dict[str, Any]:
    """Table Schema of a table; ``shared`` are the tables of the package."""
    out: dict[str, Any] = {"fields": [field(name, column, key) for name, column in columns.items()]}
    out |= {"missingValues": [""], "primaryKey": list(key)}
    pointers = []
    for name, column in columns.items():
        target, _, there = (column.points_to or "").partition(".")
        if target in shared:
            reference = {"resource": "" if target == table else resource_name(target), "fields": there}
            pointers.append({"fields": name, "reference": reference})
    return out | ({"foreignKeys": pointers} if pointers else {})


def source(name: str, declared: Mapping[str, str]) -> dict[str, str]:
    """A raw file as a source of the package."""
    told = {key: declared[key] for key in ("source", "kind", "licence", "date", "note") if declared.get(key)}
    return {"title": declared["title"] or name, "file": name} | told


def resource(path: str, root: str, graph: Graph, dictionary: Dictionary, shared: Sequence[str]) -> dict[str, Any]:
    """One table of the package.

    Raises
    ------
    InputError
        If the table, or a column of it, is not described.
    """
    name = table_name(path)
    if name not in dictionary.tables:
        raise InputError(
            f"file {path}: found no table {name} in report/dictionary; allowed: every table described; describe it"
        )
    table, kinds = dictionary.tables[name], {raw: one["kind"] for raw, one in graph["raw"].items()}
    rests_on = sorted(logical(one, graph) for one in ancestors(path, graph) & set(graph["raw"]))
    return {
        "name": resource_name(name),
        "profile": "tabular-data-resource",
        "path": path.removeprefix(f"{root}/"),
        "title": table.title.en,
        "title_zh": table.title.zh,
        "description": f"A row is {table.row}.",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": Path(path).stat().st_size,
        "hash": f"sha256:{sha256(path)}",
        "kinds": kinds_of(path, graph, kinds),
        "rests_on": rests_on,
        "schema": schema(table.describe(header_of(path)), table.key, name, shared),
    }


def package(
    name: str, study: Mapping[str, Any], paths: Sequence[str], graph: Graph, dictionary: Dictionary
) -> dict[str, Any]:
    """The data package of a study; ``study`` are its settings, ``paths`` the tables that may be shared."""
    root = f"results/{name}"
    shared = [table_name(path) for path in paths]
    raw = {logical(path, graph): declared for path, declared in graph["raw"].items()}
    return {
        "profile": "tabular-data-package",
        "name": name,
        "title": study["title"]["en"],
        "title_zh": study["title"].get("zh") or "",
        "description": "The published tables of the study, as its report shows them, and the data behind its figures.",
        "reference_date": study["reference_date"],
        "contributors": [{"title": study["author"], "role": "author"}],
        "sources": [source(file, declared) for file, declared in sorted(raw.items())],
        "resources": [resource(path, root, graph, dictionary, shared) for path in paths],
    }


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    params = snakemake.params
    dictionary = load(list(snakemake.input.dictionary))
    document = package(snakemake.wildcards.study, params.study, list(snakemake.input.tables), params.graph, dictionary)
    text = json.dumps(document, ensure_ascii=False, indent=1)
    Path(snakemake.output.package).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    run(main, snakemake)
