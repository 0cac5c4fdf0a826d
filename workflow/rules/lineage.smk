"""What makes what, asked of all steps of the workflow once they are known. No steps here.

data_kinds        params: for each input of a job, the kinds of raw data it rests on
graph             params: what makes what in a study, for the audit
stages            params: the steps of each stage, for the technical route
readers           params: the steps that make results, each with its stage and the steps that it reads
values_of_rules   input: the values file of every step that writes one
raw_files         input: every raw file of a study
tables_of         input: every table that may be shared
guided            input: every file that the guide lists and opens
recorded          input: every file that the record of a build hashes
sources_commit    params: the commit that the sources of a build belong to
results_of        input: every result among these
crated            input: every file that the run crate of a build hashes
scripts           params: the script of every step
"""

from functools import cache
from types import SimpleNamespace

from scripts.audit import commit, lineage


def steps_of(study):
    """The steps that make the results of a study, in the order of the Snakefile."""
    ours = [step for step in workflow.rules if "study" in step.wildcard_names]
    return [step for step in ours if all(str(path).startswith("results/{study}/") for path in step.output)]


def outputs_of(study):
    """What every step makes for a study: {name: [path]}."""
    return {step.name: [str(path).replace("{study}", study) for path in step.output] for step in steps_of(study)}


@cache
def graph_of(study):
    """What makes what in one study: {"rules": {name: input, output, code}, "raw": {path: declaration}}."""
    wildcards = SimpleNamespace(study=study)
    made = {}
    for step in steps_of(study):
        inputs = []
        for item in step.input:
            item = item(wildcards) if callable(item) else item
            inputs += [item] if isinstance(item, str) else item
        inputs = [str(item).replace("{study}", study) for item in inputs]
        ours = [item for item in inputs if item.startswith("scripts/") or item == LOCK]
        made[step.name] = {
            "input": [item for item in inputs if item not in ours],
            "output": outputs_of(study)[step.name],
            "code": ours,
            "settings": sorted(name for name in step.params.keys() if name in STUDIES[study]),
        }
    return {"rules": made, "raw": declared(study)}


def graph(wildcards):
    """Params: what makes what in the study of a job."""
    return graph_of(wildcards.study)


def data_kinds(wildcards, input):
    """Params: for each input of a job, the kinds of raw data it rests on."""
    made = graph_of(wildcards.study)
    kinds = {path: declaration["kind"] for path, declaration in made["raw"].items()}
    return {path: lineage.kinds_of(path, made, kinds) for path in map(str, input) if not path.startswith("scripts/")}


def stages(wildcards):
    """Params: the steps of each stage in the order of the Snakefile, {stage: [name]}."""
    order = {}
    for step in steps_of(wildcards.study):
        order.setdefault(Path(step.script).parent.name, []).append(step.name)
    return order


def readers(wildcards):
    """Params: for each step that makes tables and values its stage and the steps that it reads."""
    made = graph_of(wildcards.study)
    named = {
        name: stage for stage, names in stages(wildcards).items() if stage not in lineage.PRESENTING for name in names
    }
    return lineage.readers(made, named)


def values_of_rules(wildcards):
    """Input function: the values file of every step that writes one."""
    made = outputs_of(wildcards.study).items()
    return sorted(path for name, paths in made for path in paths if Path(path).name == f"{name}.json")


def raw_files(wildcards):
    """Input function: every raw file of the study."""
    return sorted(declared(wildcards.study))


def published(study, but=()):
    """Every file that the steps of a study make and that may be shared, but for some steps."""
    made = [path for name, paths in outputs_of(study).items() if name not in but for path in paths]
    return sorted(path for path in made if Path(path).parent.name != "confidential")


def tables_of(wildcards):
    """Input function: every table that may be shared."""
    return [path for path in published(wildcards.study) if path.endswith(".csv")]


def guided(wildcards):
    """Input function: every file that the guide lists and opens: what all stages but the audit make, itself apart."""
    later = [step.name for step in steps_of(wildcards.study) if Path(step.script).parent.name == "audit"]
    return published(wildcards.study, but=[*later, "write_guide"])


def hashed(wildcards, after):
    """Every file that the results of a study are made of, but what some steps make."""
    made = outputs_of(wildcards.study)
    results = {path for name, paths in made.items() if name not in after for path in paths}
    fixed = {str(path) for step in steps_of(wildcards.study) for path in step.input if not callable(path)}
    ours = {path for path in fixed if "{" not in path}
    return sorted(results | ours | set(declared(wildcards.study)) | {sources(wildcards)})


@cache
def commit_of(study):
    """The commit of a study's sources, asked of git once a run."""
    return commit.state(commit.sources(recorded(SimpleNamespace(study=study)), study))


def sources_commit(wildcards):
    """Params: the commit that the sources of a build belong to, and what it has otherwise."""
    return commit_of(wildcards.study)


def results_of(study):
    """Every result that the record of a build hashes."""
    return [path for path in recorded(SimpleNamespace(study=study)) if path.startswith(f"results/{study}/")]


def recorded(wildcards):
    """Input function: every file that the record of a build hashes."""
    return hashed(wildcards, after=["record_provenance"])


def crated(wildcards):
    """Input function: every file that the run crate of a build hashes."""
    return hashed(wildcards, after=["record_provenance", "write_crate"])


def scripts(wildcards):
    """Params: the script of every step of a study in the order of the Snakefile, {name: path}."""
    return {step.name: f"scripts/{step.script.partition('/scripts/')[2]}" for step in steps_of(wildcards.study)}
