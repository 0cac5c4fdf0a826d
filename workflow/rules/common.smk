"""What every rule file uses. No rules here.

STUDIES             {study: settings}, checked while this file is read; all faults of all studies are told at once
raw("responses")    input: the raw file that a study names so, or nothing where the study does not have it
code("a/b.py")      input: a script, the modules of ours that it imports, and the lock of its environment
data_kinds          params: for each input, the kinds of raw data it rests on
graph               params: what makes what in this study, for the audit
stages              params: the rules of each stage, for the technical route
"""

import os
import sys
import time
from functools import cache
from pathlib import Path
from types import SimpleNamespace


from scripts.audit import lineage
from scripts.lib import checks
from scripts.lib.code import closure
from scripts.lib.job import FAULT
from scripts.lib.sources import read_sources
from scripts.lib.study import locate, named
from scripts.run import END_OF_FAULTS, FAULTS, reports

# One BLAS thread a process: sums in one order, and the second core is for the second job.
for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[threads] = "1"
# Fonts, caches and settings of the machine are not ours.
os.environ["MPLBACKEND"] = "agg"

STARTED = time.time()
LOCK = "requirements.lock"


def load_studies(config):
    """The studies of this run; ends the run with one line a fault, and no traceback."""
    run, faults = checks.load_config(config)
    studies = {}
    for name in run.studies if run else []:
        study, wrong = checks.check_study(name)
        faults += wrong
        studies[name] = study
    if faults:
        sys.exit("\n".join(faults))
    return studies


MODELS = load_studies(config)
STUDIES = {name: study.model_dump() for name, study in MODELS.items()}


def raw(key):
    """Input function: the path of a raw file, or an empty list."""

    def path(wildcards):
        study = MODELS[wildcards.study]
        file = getattr(study.files, key)
        return [] if file is None else str(locate(study, file))

    return path


def sources(wildcards):
    """Input function: the declaration of the study's raw files."""
    return f"data/raw/{MODELS[wildcards.study].data}/SOURCES.csv"


def code(script):
    """The script, what it imports of ours, and the lock: a changed method or library makes its results again."""
    return [*closure(script), LOCK]


def declared(study):
    """{path of a raw file: its name, kind and source}, as SOURCES.csv declares them."""
    model = MODELS[study]
    rows = read_sources(f"data/raw/{model.data}")
    files = {str(locate(model, file)): rows[named(model, file)] for file in checks.raw_files(model).values()}
    return {path: source._asdict() for path, source in files.items()}


@cache
def graph_of(study):
    """What makes what in one study: {"rules": {rule: input, output, code}, "raw": {path: declaration}}."""
    wildcards = SimpleNamespace(study=study)
    rules = {}
    for rule in workflow.rules:
        if "study" not in rule.wildcard_names:
            continue
        inputs = []
        for item in rule.input:
            item = item(wildcards) if callable(item) else item
            inputs += [item] if isinstance(item, str) else item
        inputs = [str(item).replace("{study}", study) for item in inputs]
        ours = [item for item in inputs if item.startswith("scripts/") or item == LOCK]
        rules[rule.name] = {
            "input": [item for item in inputs if item not in ours],
            "output": [str(item).replace("{study}", study) for item in rule.output],
            "code": ours,
        }
    return {"rules": rules, "raw": declared(study)}


def graph(wildcards):
    """Params: what makes what in the study of a job."""
    return graph_of(wildcards.study)


def data_kinds(wildcards, input):
    """Params: for each input of a job, the kinds of raw data it rests on."""
    made = graph_of(wildcards.study)
    kinds = {path: declaration["kind"] for path, declaration in made["raw"].items()}
    return {path: lineage.kinds_of(path, made, kinds) for path in map(str, input) if not path.startswith("scripts/")}


def stages(wildcards):
    """Params: the rules of each stage in the order of the Snakefile, {stage: [rule]}."""
    order = {}
    for rule in workflow.rules:
        if rule.script:
            order.setdefault(Path(rule.script).parent.name, []).append(rule.name)
    return order


def fault_lines():
    """What jobs of this run found wrong in the data, for the last lines on the screen."""
    logs = [log for log in sorted(Path("logs").rglob("*.log")) if log.stat().st_mtime >= STARTED]
    lines = [line for log in logs for line in log.read_text(encoding="utf-8").splitlines() if FAULT in line]
    told = [fault for line in lines for fault in line.split(FAULT, 1)[1].split(" ;; ")]
    return "\n".join([FAULTS, *told, END_OF_FAULTS]) if told else "The logs of the failed rules are in logs/."
