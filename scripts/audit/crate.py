"""A build of a study as Workflow Run RO-Crate 0.5, profile Provenance Run, in JSON-LD of RO-Crate 1.1.

The crate is the folder ``results/<study>``. Its *data entities* are the published files in it, each with its SHA-256,
and a copy of the Snakefile, because the profile wants the main workflow inside. What lies elsewhere or must not be
handed on is *named* only, as a contextual entity under ``#<name in provenance.json>`` with its SHA-256: raw files (with
source, licence and kind), scripts, templates, the lock, and the files of ``confidential/``: so a reader sees that the
step exists and what it read, and somebody who holds the file can tell that it is the one.

Every rule of the study is a ``HowToStep`` of the workflow with its script as tool, a ``ControlAction`` and a
``CreateAction`` with the files and settings read and the files made; ``OrganizeAction`` is Snakemake's run of them.
Settings and seed are ``FormalParameter`` and ``PropertyValue``. No action has a time: a result is a function of its
inputs, and so is this file (``snakemake --report`` shows the times of one machine). Nor has a script an address of its
own on the web.
"""

import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from rocrate.model import ContextEntity, Entity
from rocrate.rocrate import ROCrate

from scripts.audit.lineage import Graph, kinds_of, logical

TERMS = {"sha256": "https://schema.org/sha256"}
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/ro/wfrun/provenance/0.5": "Provenance Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
BIOSCHEMAS = "https://bioschemas.org/profiles/{}/1.0-RELEASE"
FORMATS = {
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": "text/html",
    ".json": "application/json",
    ".md": "text/markdown",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
CONFIDENTIAL = "confidential: rows about one customer or respondent; not in the crate"
REPORTS = {".html", ".pdf", ".docx"}


def flat(settings: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """Settings by dotted name, but those that are not set and the raw files, which are inputs of their own."""
    out: dict[str, Any] = {}
    for key, value in settings.items():
        name = f"{above}{key}"
        if name == "files" or value is None or value in ({}, []):
            continue
        if isinstance(value, Mapping):
            out |= flat(value, f"{name}.")
        else:
            out[name] = value if isinstance(value, str | bool | int | float) else json.dumps(value, ensure_ascii=False)
    return out


def datatype(value: Any) -> str:
    """The schema.org type of a setting."""
    kinds = ((bool, "Boolean"), (int, "Integer"), (float, "Float"))
    return next((name for kind, name in kinds if isinstance(value, kind)), "Text")


def single(value: Any) -> Any:
    """A list of one as that one, as RO-Crate 1.1 wants it."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


class Run:
    """The crate of one build while it is put together.

    Parameters
    ----------
    graph : rules and raw files of the study, see :mod:`scripts.audit.lineage`.
    hashes : SHA-256 by path; a file that is made after the crate has none.
    study : ``name``, ``settings`` and ``seed``.
    sizes : bytes by path of the files in the crate.
    """

    def __init__(
        self, graph: Graph, hashes: Mapping[str, str], sizes: Mapping[str, int], study: Mapping[str, Any]
    ) -> None:
        self.graph, self.hashes, self.sizes, self.study = graph, hashes, sizes, study
        self.settings = study["settings"]
        self.folder = PurePosixPath("results") / study["name"]
        self.kinds = {path: one["kind"] for path, one in graph["raw"].items()}
        self.crate = ROCrate(version="1.1")
        self.crate.metadata.extra_terms.update(TERMS)
        self.files: dict[str, Entity] = {}
        self.values: dict[str, list[Entity]] = {}
        self.agent = self.add("#author", "Person", name=self.settings["author"])

    def add(self, identifier: str, kind: str, /, **properties: Any) -> Entity:
        """A contextual entity; a list of one is written as that one, an empty one not at all."""
        given = {key: single(value) for key, value in properties.items() if value not in (None, "", [])}
        return self.crate.add(ContextEntity(self.crate, quote(identifier, safe="#/:=+,.@~"), {"@type": kind, **given}))

    def file(self, path: str) -> Entity:
        """A file of the build: in the crate where it is published, else named."""
        if path not in self.files:
            self.files[path] = self._inside(path) if self.published(path) else self._named(path)
        return self.files[path]

    def published(self, path: str) -> bool:
        """Whether a file is in the crate."""
        place = PurePosixPath(path)
        return place.is_relative_to(self.folder) and self.folder / "confidential" not in place.parents

    def _inside(self, path: str) -> Entity:
        place = PurePosixPath(path)
        name = place.relative_to(self.folder).as_posix()
        if name == "ro-crate-metadata.json":
            return self.crate.metadata
        given = {"name": name, "encodingFormat": FORMATS.get(place.suffix, "text/plain")}
        if path in self.hashes:
            given |= {"sha256": self.hashes[path], "contentSize": str(self.sizes[path])}
        if kinds := kinds_of(path, self.graph, self.kinds):
            given["keywords"] = ", ".join(kinds)
        return self.crate.add_file(dest_path=name, properties=given)

    def _named(self, path: str) -> Entity:
        name, declared = logical(path, self.graph), self.graph["raw"].get(path, {})
        given = {"name": declared.get("title") or name, "alternateName": name, "sha256": self.hashes.get(path)}
        if declared:
            given |= {
                "description": declared["note"],
                "citation": declared["source"],
                "license": declared["licence"],
                "dateCreated": declared["date"],
                "keywords": declared["kind"],
            }
        elif PurePosixPath(path).is_relative_to(self.folder):
            given["conditionsOfAccess"] = CONFIDENTIAL
        return self.add(f"#{name}", "CreativeWork", **given)

    def workflow(self, path: str, version: str) -> Entity:
        """The main workflow: the copy of the Snakefile."""
        digest = self.hashes[path]
        given: dict[str, Any] = {"@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo"]}
        given |= {"name": "Snakefile", "encodingFormat": "text/plain", "version": f"sha256:{digest}", "sha256": digest}
        given |= {"conformsTo": {"@id": BIOSCHEMAS.format("ComputationalWorkflow")}}
        name = PurePosixPath(path).relative_to(self.folder)
        main = self.crate.add_workflow(
            dest_path=name, properties=given, main=True, lang="snakemake", lang_version=version
        )
        self.files[path] = main
        return main

    def parameter(self, name: str, kind: str) -> Entity:
        """A formal parameter of the workflow."""
        profile = {"@id": BIOSCHEMAS.format("FormalParameter")}
        return self.add(f"#parameter/{name}", "FormalParameter", name=name, additionalType=kind, conformsTo=profile)

    def inputs(self) -> tuple[list[Entity], list[Entity]]:
        """Formal inputs of the workflow, and what this run gave for them: raw files, settings, seed."""
        formal, given = [], []
        for path in sorted(self.graph["raw"]):
            raw = self.file(path)
            formal.append(self.parameter(logical(path, self.graph), "File"))
            raw["exampleOfWork"] = formal[-1]
            given.append(raw)
        for name, value in {**flat(self.settings), "seed": self.study["seed"]}.items():
            formal.append(self.parameter(name, datatype(value)))
            value = value if isinstance(value, str) else json.dumps(value)
            given.append(self.add(f"#value/{name}", "PropertyValue", name=name, value=value, exampleOfWork=formal[-1]))
            self.values.setdefault(name.partition(".")[0], []).append(given[-1])
        return formal, given

    def outputs(self) -> tuple[list[Entity], list[Entity]]:
        """Formal outputs of the workflow, and the files of this run: the report in its formats."""
        paths = [path for rule in self.graph["rules"].values() for path in rule["output"]]
        paths = [path for path in paths if PurePosixPath(path).parent == self.folder / "report"]
        formal, made = [], []
        for path in sorted(path for path in paths if PurePosixPath(path).suffix in REPORTS):
            formal.append(self.parameter(PurePosixPath(path).name, "File"))
            made.append(self.file(path))
            made[-1]["exampleOfWork"] = formal[-1]
        return formal, made

    def tool(self, script: str, says: str) -> Entity:
        """The script of a rule."""
        own = {"softwareVersion": f"sha256:{self.hashes[script]}", "sha256": self.hashes[script]}
        self.files[script] = self.add(f"#{script}", "SoftwareApplication", name=script, description=says, **own)
        return self.files[script]

    def step(self, position: int, rule: str, tool: Entity) -> tuple[Entity, Entity, Entity]:
        """A rule as step of the workflow, its run as action, and the engine's start of it."""
        part = self.graph["rules"][rule]
        tool["softwareRequirements"] = single([self.file(path) for path in part["code"] if self.file(path) != tool])
        told = {"name": rule.replace("_", " "), "description": tool["description"]}
        step = self.add(f"#step/{rule}", "HowToStep", position=str(position), workExample=tool, **told)
        files = {"object": part["input"], "result": part["output"]}
        shown = {key: [self.file(path) for path in dict.fromkeys(paths)] for key, paths in files.items()}
        shown["object"] += [value for name in part["settings"] for value in self.values.get(name, [])]
        action = self.add(f"#run/{rule}", "CreateAction", instrument=tool, agent=self.agent, **told, **shown)
        start = self.add(
            f"#start/{rule}", "ControlAction", instrument=step, object=action, name=f"start {told['name']}"
        )
        return step, action, start
