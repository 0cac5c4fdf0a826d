"""Write the run crate of a study: what was run, on what, with which settings, and what came of it.

``results/<study>/ro-crate-metadata.json`` says in the terms of Workflow Run RO-Crate (profile Provenance Run) what
``provenance.json`` says in ours, from the same graph and the same hashes; :mod:`scripts.audit.crate` tells how. It is
written before the record of the build is, so that ``make verify`` holds it to its hash like every other file; the two
files of that record therefore stand in the crate without a hash.

The profile wants the main workflow in the crate, hence the copy of the Snakefile in ``audit/``.
"""

import ast
import json
import shutil
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from scripts.audit.crate import PROFILES, Run
from scripts.lib.job import run
from scripts.lib.sources import sha256

SNAKEMAKE = "https://snakemake.github.io"
SAYS = "One build of the study: reports, tables, values and figures, each with the step that made it and what it read."
LICENCE = (
    "Reports, tables and figures are made from raw files under: {}. The licence of a raw file stands at its entity."
)


def first_line(script: str) -> str:
    """What a script says it does."""
    told = ast.get_docstring(ast.parse(Path(script).read_text(encoding="utf-8"))) or ""
    return told.partition("\n")[0]


def root(made: Run) -> None:
    """The crate itself: title, date of the data, who answers for it, licences, profiles."""
    settings, dataset = made.settings, made.crate.root_dataset
    licences = "; ".join(sorted({one["licence"] for one in made.graph["raw"].values()}))
    dataset["name"], dataset["description"] = settings["title"]["en"], SAYS
    dataset["datePublished"] = settings["reference_date"]
    dataset["author"] = made.agent
    dataset["license"] = made.add(
        "#licence", "CreativeWork", name="Licences of the raw files", description=LICENCE.format(licences)
    )
    dataset["conformsTo"] = [
        made.add(profile, "CreativeWork", name=name, version=profile.rpartition("/")[2])
        for profile, name in PROFILES.items()
    ]


def crate(made: Run, workflow: str, parts: Sequence[str], scripts: Mapping[str, str]) -> dict[str, Any]:
    """The document of a build.

    Parameters
    ----------
    made : the build.
    workflow : path of the copy of the Snakefile in the crate.
    parts : what the Snakefile stands on: the rule files and the lock.
    scripts : the script of each rule, in the order of the Snakefile.
    """
    root(made)
    version = metadata.version("snakemake")
    main = made.workflow(workflow, version)
    (asked, given), (promised, results) = made.inputs(), made.outputs()
    tools = {rule: made.tool(script, first_line(script)) for rule, script in scripts.items()}
    steps, actions, starts = zip(*(made.step(n, rule, tools[rule]) for n, rule in enumerate(scripts, 1)), strict=True)
    main["input"], main["output"], main["step"] = asked, promised, list(steps)
    main["hasPart"], main["softwareRequirements"] = list(tools.values()), [made.file(path) for path in parts]
    title = made.settings["title"]["en"]
    whole = made.add(
        "#run",
        "CreateAction",
        name=f"run of the workflow: {title}",
        description=SAYS,
        instrument=main,
        agent=made.agent,
        object=given,
        result=results,
    )
    engine = made.add("#snakemake", "SoftwareApplication", name="Snakemake", softwareVersion=version, url=SNAKEMAKE)
    made.add("#engine", "OrganizeAction", name="Snakemake's run", instrument=engine, object=list(starts), result=whole)
    made.crate.root_dataset["mentions"] = [whole, *actions]
    return made.crate.metadata.generate()


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    given, output, params = snakemake.input, snakemake.output, snakemake.params
    shutil.copyfile(given.workflow, output.workflow)
    lock, workflow = str(given.lock), str(output.workflow)
    parts = [str(path) for path in given.rules]
    ours = {path for rule in params.graph["rules"].values() for path in rule["code"]}
    known = {str(path) for path in given} | ours | set(params.graph["raw"]) | {workflow}
    hashes, sizes = {path: sha256(path) for path in known}, {path: Path(path).stat().st_size for path in known}
    study = {"name": snakemake.wildcards.study, "settings": params.settings, "seed": params.seed}
    document = crate(Run(params.graph, hashes, sizes, study), workflow, [*parts, lock], params.scripts)
    text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)
    Path(output.crate).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    run(main, snakemake)
