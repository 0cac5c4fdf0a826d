"""Record what a study's results are made of: its settings, every file with its hash, rule, inputs and kinds, every use.

``provenance.json`` holds no times, hosts or paths of a machine, so that two builds of the same inputs write the same
bytes. It tells the commit that the sources belong to, and what they have otherwise; a commit that touches none of them
changes nothing. ``SHA256SUMS`` covers every file of the study's results but itself, in the format of ``sha256sum -c``,
with paths as seen from the project.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scripts.audit.lineage import Graph, kinds_of, locate, logical, makers, outputs
from scripts.lib.job import run
from scripts.lib.sources import sha256

OWN_RULE = "record_provenance"


def provenance(
    graph: Graph, uses: Sequence[Mapping[str, Any]], lock: str, study: Mapping[str, Any], git: Mapping[str, Any]
) -> dict[str, Any]:
    """The record of a study.

    Parameters
    ----------
    graph : rules and raw files, see :mod:`scripts.audit.lineage`.
    uses : log of all uses of the report.
    lock : path of the locked environment.
    study : ``name``, ``settings`` and ``seed``.
    git : commit of the sources, see :func:`scripts.audit.commit.state`.
    """
    made_by, sources = makers(graph), {path: one["kind"] for path, one in graph["raw"].items()}
    read = {path for rule in graph["rules"].values() for path in [*rule["input"], *rule["code"]]}
    own = set(graph["rules"].get(OWN_RULE, {"output": []})["output"])
    files = {}
    for path in sorted({*outputs(graph), *graph["raw"], *read, lock} - own):
        rule = made_by.get(path)
        files[logical(path, graph)] = {
            "sha256": sha256(path),
            "rule": rule,
            "inputs": sorted({logical(one, graph) for one in graph["rules"][rule]["input"]}) if rule else [],
            "kinds": kinds_of(path, graph, sources),
        }
    return {
        "version": 1,
        "study": dict(study),
        "files": files,
        "rules": {
            rule: {"code": {path: sha256(path) for path in sorted(part["code"])}}
            for rule, part in sorted(graph["rules"].items())
        },
        "raw": {logical(path, graph): dict(one) for path, one in sorted(graph["raw"].items())},
        "git": dict(git),
        "environment": {"file": lock, "sha256": sha256(lock)},
        "uses": list(uses),
    }


def checksums(names: Sequence[str]) -> str:
    """Lines of ``SHA256SUMS`` for files of the results."""
    return "".join(f"{sha256(locate(name))}  {name}\n" for name in sorted(names))


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    graph, output, params = snakemake.params.graph, snakemake.output, snakemake.params
    study = {"name": params.study, "settings": params.settings, "seed": params.seed}
    uses = json.loads(Path(snakemake.input.uses).read_text(encoding="utf-8"))
    document = provenance(graph, uses, str(snakemake.input.lock), study, params.git)
    text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)
    Path(output.provenance).write_text(text + "\n", encoding="utf-8")
    names = [*outputs(graph, but=[OWN_RULE]), str(output.provenance)]
    Path(output.checksums).write_text(checksums(names), encoding="utf-8")


if __name__ == "__main__":
    run(main, snakemake)
