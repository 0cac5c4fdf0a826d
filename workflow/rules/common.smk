"""What every rule file uses. No rules here.

STUDIES             {study: settings}, checked while this file is read; all faults of all studies are told at once
raw("responses")    input: the raw file that a study names so, or nothing where the study does not have it
code("a/b.py")      input: a script, the modules of ours that it imports, and the lock of its environment
drawn("needs", ..)  output: the files of a rule that draws figures
shown("chapter_4")  input: what a chapter may show, as report/chapters/shown.yaml lists it
pictures()          input: the figures of all chapters as PNG, for Word
settings("summary") params: the settings that a chapter may show, so that no other setting writes it again
written(4)          output: the files of a chapter
"""

import os
import sys
import time
from pathlib import Path

from scripts.audit import builds
from scripts.lib import checks, outputs
from scripts.lib.code import closure
from scripts.lib.job import FAULT
from scripts.lib.running import Run
from scripts.lib.signs import located
from scripts.lib.sources import read_sources
from scripts.lib.study import Segments, locate, named, read_yaml
from scripts.run import END_OF_FAULTS, FAULTS, reports

# One BLAS thread a process: sums in one order, and the second core is for the second job.
os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

STARTED = time.time()
HERE = Run()  # alone in this folder, or it knows who else is
LOCK = "requirements.lock"
RULE_FILES = [path.as_posix() for path in sorted(Path("workflow/rules").glob("*.smk"))]
SHOWN = read_yaml("report/chapters/shown.yaml")


def load(config):
    """The run's config and its studies; ends the run with one line a fault, and no traceback."""
    run, faults = checks.load_config(config)
    studies = {}
    for name in run.studies if run else []:
        study, wrong = checks.check_study(name)
        faults += wrong
        studies[name] = study
    faults += builds.faults(run.before, run.after, run.studies) if run else []
    faults += [] if HERE.other else [outputs.FAULT.format(path) for path in outputs.changed()]
    if faults:
        sys.exit("\n".join(faults))
    return run, studies


RUN, MODELS = load(config)
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


def drawn(stage, *figures):
    """Outputs: <name>_svg, _png and _csv of each figure, and the values with their titles and alternative texts."""
    files = {f"{name}_{kind}": f"{name}.{kind}" for name in figures for kind in ("svg", "png", "csv")}
    paths = {
        key: f"results/{{study}}/figures/{file}" for key, file in {**files, "values": f"draw_{stage}.json"}.items()
    }
    return paths | {f"{name}_svg": told_figure(paths[f"{name}_svg"], paths["values"]) for name in figures}


def shown(chapter):
    """Inputs: the template of a chapter with what it imports, and the values, tables and figures it may show."""
    listed = SHOWN[chapter]
    return {
        "template": [f"report/chapters/en/{name}.md.j2" for name in (listed["template"], "_phrases")],
        "words": raw("words"),
        "values": [
            f"results/{{study}}/{stage}/{name}.json" for stage, names in listed["values"].items() for name in names
        ],
        "tables": [
            f"results/{{study}}/{stage}/{name}.csv" for stage, names in listed["tables"].items() for name in names
        ],
        "figures": [
            f"results/{{study}}/figures/{name}.{kind}" for name in listed["figures"] for kind in ("svg", "csv")
        ],
    }


def pictures():
    """Inputs: the PNG of every figure that a chapter may show; Word takes them in place of SVG."""
    return [f"results/{{study}}/figures/{name}.png" for listed in SHOWN.values() for name in listed["figures"]]


def settings(chapter):
    """Params: the settings that a chapter may show, so that no other setting writes it again."""

    def listed(wildcards):
        return {name: STUDIES[wildcards.study][name] for name in SHOWN[chapter]["settings"]}

    return listed


def written(number):
    """Outputs: a chapter as Markdown, and the log of what it shows and from where."""
    return {
        "markdown": f"results/{{study}}/report/chapter_{number}.md",
        "uses": f"results/{{study}}/report/chapter_{number}.uses.json",
    }


def declared(study):
    """{path of a raw file: its name, kind and source}, as SOURCES.csv declares them."""
    model = MODELS[study]
    rows = read_sources(f"data/raw/{model.data}")
    files = {str(locate(model, file)): rows[named(model, file)] for file in checks.raw_files(model).values()}
    return {path: source._asdict() for path, source in files.items()}


def fault_lines():
    """What jobs of this run found wrong in the data, for the last lines on the screen."""
    logs = [log for log in sorted(Path("logs").rglob("*.log")) if log.stat().st_mtime >= STARTED]
    lines = [line for log in logs for line in log.read_text(encoding="utf-8").splitlines() if FAULT in line]
    files = [path for name in STUDIES for path in (f"config/studies/{name}.yaml", *sorted(declared(name)))]
    told = [located(fault, files) for line in lines for fault in line.split(FAULT, 1)[1].split(" ;; ")]
    return "\n".join([FAULTS, *told, END_OF_FAULTS]) if told else "The logs of the failed rules are in logs/."


def kind_of_list(wildcards):
    """Params: the kind of data that the customer list is declared to hold; nothing where the study has none."""
    path = raw("customers")(wildcards)
    return declared(wildcards.study)[path]["kind"] if path else None
