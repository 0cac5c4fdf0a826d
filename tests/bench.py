"""``make bench``: how long it takes, in one run on this machine. Ratios mean something, absolute seconds drift.

Prints seconds for the set-up of the environment, a cold build of each study, a second run, a run after one changed
setting, the CPU of HTML, PDF and Word after the chapters exist, and the floor: the very same jobs (their recorded
Snakemake objects) called one after the other in one warm process. Then a build of the first study with some 5,000
answers, and the methods beside R's (tests/bench_r.py).
``ARGS=--skip-setup`` uses the present environment; ``ARGS="--only large"`` or ``"--only methods"`` is one part.
"""

import argparse
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("Snakefile", "Makefile", "workflow", "scripts", "profiles", "report", "config", "data")
FILES = ("pyproject.toml", "CITATION.cff", "requirements.lock", "requirements-bootstrap.lock")
ENVIRONMENT = os.environ | dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
LARGE = {"n_customers": 10_000, "groups": 1_080, "target_completes": 5_200}
END = "######## snakemake preamble end #########"
FLOOR = """
import importlib, time
from pathlib import Path
scripts = sorted(Path(".snakemake/scripts").glob("*.py"), key=lambda path: path.stat().st_mtime_ns)
jobs = []
for path in scripts:
    preamble = path.read_text(encoding="utf-8").split({end!r})[0]
    space = {{"__file__": str(path)}}
    exec(preamble, space)
    name = path.name.split(".", 1)[1].removesuffix(".py")
    jobs.append((space["snakemake"], name))
folders = {{path.stem: path.parent.name for path in Path("scripts").glob("*/*.py")}}
modules = [importlib.import_module(f"scripts.{{folders[name]}}.{{name}}") for _, name in jobs]
start = time.perf_counter()
for (snakemake, name), module in zip(jobs, modules):
    for output in snakemake.output:
        Path(output).parent.mkdir(parents=True, exist_ok=True)
    module.main(snakemake)
print(len(jobs), time.perf_counter() - start)
"""

FORMATS = {"resolve_report": "", "render_html": "report.html", "render_pdf": "report.pdf", "render_docx": "report.docx"}
FORMAT = """
import importlib, resource
def cpu():
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)
exec(open({script!r}, encoding="utf-8").read().split({end!r})[0], space := {{"__file__": {script!r}}})
start = cpu()
script = importlib.import_module("scripts.report.{name}")
script.run(script.main, space["snakemake"])
print(cpu() - start)
"""


def lay(folder: Path) -> None:
    """Copy what a build needs."""
    for part in PARTS:
        source = ROOT / part
        copy = shutil.copytree if source.is_dir() else shutil.copy2
        copy(source, folder / part)
    for file in FILES:
        shutil.copy2(ROOT / file, folder / file)


def timed(folder: Path, *command: str) -> float:
    """Seconds that a command takes; ends the benchmark when it fails."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return time.perf_counter() - start


def spent_below() -> float:
    """CPU of all processes started so far that have ended (s)."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def choose(folder: Path, studies: list[str], seed: int) -> None:
    """Which studies the next build makes."""
    text = yaml.safe_dump({"studies": studies, "seed": seed})
    (folder / "config/config.yaml").write_text(text, encoding="utf-8")


def floor(folder: Path) -> tuple[int, float]:
    """Jobs and seconds of one study's build when every job runs in one warm process."""
    shutil.rmtree(folder / "results")
    program = [sys.executable, "-c", FLOOR.format(end=END)]
    environment = ENVIRONMENT | {"PYTHONPATH": str(folder)}
    done = subprocess.run(program, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"the floor failed:\n{done.stderr[-3000:]}")
    jobs, seconds = done.stdout.split()[-2:]
    return int(jobs), float(seconds)


def formats(folder: Path, study: str) -> None:
    """CPU of the jobs that make HTML, PDF and Word of a report, each in a fresh process that Snakemake has started."""
    spent, size = [], []
    for name, made in FORMATS.items():
        (script,) = (folder / ".snakemake/scripts").glob(f"*.{name}.py")
        command = [sys.executable, "-c", FORMAT.format(script=str(script), end=END, name=name)]
        runs = [
            subprocess.run(command, cwd=folder, env=ENVIRONMENT, check=True, capture_output=True, text=True).stdout
            for _ in range(3)
        ]
        spent.append(statistics.median(map(float, runs)))
        if made:
            size.append((folder / f"results/{study}/report/{made}").stat().st_size / 1e6)
    parts = ", ".join(f"{name.split('_')[1]} {seconds:.1f}" for name, seconds in zip(FORMATS, spent, strict=True))
    line(f"CPU of the three formats, {study}", sum(spent), f"{parts} s; {', '.join(f'{one:.2f}' for one in size)} MB")


def line(what: str, seconds: float, note: str = "") -> None:
    """One row of the result."""
    print(f"{what:<52}{seconds:8.1f} s  {note}", flush=True)


def builds(run: dict[str, Any], skip_setup: bool) -> None:
    """Set-up, cold builds, their floor, and what runs again."""
    snakemake = str(Path(sys.executable).with_name("snakemake"))
    with tempfile.TemporaryDirectory(prefix="bench") as name:
        folder = Path(name)
        lay(folder)
        if not skip_setup:
            line("set-up of the environment (make env)", timed(folder, "make", "env"))
        total = total_floor = 0.0
        for study in run["studies"]:
            choose(folder, [study], run["seed"])
            shutil.rmtree(folder / ".snakemake", ignore_errors=True)
            cold = timed(folder, snakemake, "--skip-script-cleanup")
            jobs, warm = floor(folder)
            line(f"cold build, {study}", cold, f"floor {warm:.1f} s over {jobs} jobs, cold/floor {cold / warm:.2f}")
            formats(folder, study)
            total, total_floor = total + cold, total_floor + warm
        choose(folder, run["studies"], run["seed"])
        shutil.rmtree(folder / "results", ignore_errors=True)
        shutil.rmtree(folder / ".snakemake", ignore_errors=True)
        cold = timed(folder, snakemake)
        note = f"floor {total_floor:.1f} s, cold/floor {cold / total_floor:.2f}"
        line("cold build, all studies together", cold, note)
        line("second run", timed(folder, snakemake))
        study = folder / f"config/studies/{run['studies'][0]}.yaml"
        text = study.read_text(encoding="utf-8")
        study.write_text(changed(text), encoding="utf-8")
        line("after one changed setting (needs.undecided)", timed(folder, snakemake))
        for study in run["studies"]:
            before = spent_below()
            seconds = timed(folder, sys.executable, "-m", "scripts.audit.verify", study)
            line(f"verify, {study}", seconds, f"CPU {spent_below() - before:.1f} s")


def large(run: dict[str, Any]) -> None:
    """The first study with eighteen times its customers and answers, through every stage."""
    study = run["studies"][0]
    with tempfile.TemporaryDirectory(prefix="bench") as name:
        folder = Path(name)
        lay(folder)
        choose(folder, [study], run["seed"])
        data = yaml.safe_load((folder / f"config/studies/{study}.yaml").read_text(encoding="utf-8"))["data"]
        simulation = folder / f"data/raw/{data}/simulation.yaml"
        text = simulation.read_text(encoding="utf-8")
        for key, size in LARGE.items():
            text, found = re.subn(rf"(\b{key}:\s+(?:value|n): )\d+", rf"\g<1>{size}", text)
            if found != 1:
                sys.exit(f"{simulation.name}: found {found} entries {key}; the large study needs one")
        simulation.write_text(text, encoding="utf-8")
        timed(folder, sys.executable, "-m", "scripts.synthetic", study)
        timed(folder, sys.executable, "-m", "scripts.lib.sources", f"data/raw/{data}")
        seconds = timed(folder, str(Path(sys.executable).with_name("snakemake")))
        rows = (folder / f"results/{study}/confidential/responses.csv").read_bytes().count(b"\n") - 1
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    line(f"cold build, {study} with {rows} answers", seconds, f"largest process {peak:.0f} MiB (aim 180 s, 2048 MiB)")


def main() -> None:
    """Run the benchmark and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--skip-setup", action="store_true", help="use the present environment")
    parser.add_argument("--only", choices=["builds", "large", "methods"], help="one part")
    arguments = parser.parse_args()
    run = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
    if arguments.only in (None, "large"):
        large(run)
    if arguments.only in (None, "methods"):
        subprocess.run(
            [sys.executable, "tests/bench_r.py"], cwd=ROOT, env=ENVIRONMENT | {"PYTHONPATH": "."}, check=True
        )
    if arguments.only in (None, "builds"):
        builds(run, arguments.skip_setup)


def changed(text: str) -> str:
    """The study with another value of needs.undecided."""
    study = yaml.safe_load(text)
    study.setdefault("needs", {})["undecided"] = 0.75
    return yaml.safe_dump(study, allow_unicode=True, sort_keys=False)


if __name__ == "__main__":
    main()
