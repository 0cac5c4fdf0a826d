"""``make faults``: break builds of the minimal study in every way that is known, and compare what the next run makes.

One undisturbed build is the measure. A round takes a copy of it, removes the outputs of one rule, so that this rule and
all that follows from it run again (from three jobs to nearly all), starts a build, kills with ``kill -9`` at a random
moment (a quarter of them before a job has ended, the others behind a random share of the jobs and a random part of a
second), and runs again. Then every file of the results must have the bytes of the measure. Who is killed changes from
round to round: all processes, Snakemake alone (its jobs live on), ``make`` alone (Snakemake lives on), or one job.

The other faults: a file cut off, a report cut off, a deleted file, two builds at once, a full disk, a closed folder.
``ARGS="--kills 30 --seed 1"``; one line a fault, and exit code 1 if any ends in other bytes, without its line or with a
traceback.
"""

import argparse
import contextlib
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
from conftest import BIN, ROOT, Project, lay

from scripts.lib.running import UNDER_WAY
from scripts.run import CHANGED

WAYS = {"make": [sys.executable, "-m", "scripts.run"], "snakemake": [str(BIN / "snakemake")]}
VICTIMS = {"make": ("all", "snakemake", "make", "job"), "snakemake": ("all", "snakemake", "job")}
STEP = re.compile(r"^\[ *(\d+)/(\d+)\]|^(\d+) of (\d+) steps")
TABLE = "results/minimal/needs/ipa.csv"
LATE = "results/minimal/report/chapter_5.md"


class Build:
    """A build under way in a session of its own; ``done`` and ``planned`` count its jobs."""

    def __init__(self, project: Project, way: str) -> None:
        environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
        self.process = subprocess.Popen(
            WAYS[way], cwd=project.folder, env=environment, start_new_session=True, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.done, self.planned, self.said = 0, 0, ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if match := STEP.match(line):
                self.done, self.planned = (int(one) for one in match.groups() if one)

    def running(self) -> bool:
        return self.process.poll() is None

    def wait_for(self, reached: Callable[[], object]) -> None:
        """Wait until something is true or the build has ended."""
        while self.running() and not reached():
            time.sleep(0.005)

    def _of(self, mark: str) -> list[psutil.Process]:
        """Processes below this one whose command holds a mark."""
        found = []
        with contextlib.suppress(psutil.Error):
            for process in [self.process_itself(), *self.process_itself().children(recursive=True)]:
                with contextlib.suppress(psutil.Error):
                    if mark in " ".join(process.cmdline()):
                        found.append(process)
        return found

    def process_itself(self) -> psutil.Process:
        return psutil.Process(self.process.pid)

    def kill(self, victim: str, rng: random.Random) -> bool:
        """``kill -9``; whether there was anybody to kill."""
        if victim == "all":
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
                return True
            return False
        marks = {"snakemake": "bin/snakemake", "make": "scripts.run", "job": ".snakemake/scripts/"}
        if victim == "job":
            self.wait_for(lambda: self._of(marks["job"]))
        found = self._of(marks[victim])
        with contextlib.suppress(psutil.Error, IndexError):
            (rng.choice(found) if victim == "job" else found[0]).kill()
            return True
        return False

    def end(self) -> int:
        """Wait for it; its exit code."""
        code = self.process.wait()
        self._reader.join(timeout=5)
        return code


def same(project: Project, measure: dict[str, bytes]) -> str:
    """How the results differ from the measure; empty when they do not."""
    present = project.results()
    wrong = [name for name in sorted({*measure, *present}) if measure.get(name) != present.get(name)]
    return f"{len(wrong)} files differ, first {wrong[0]}" if wrong else ""


def again(project: Project, measure: dict[str, bytes]) -> str:
    """Run until the results are whole, as a person does who is told of a build under way; what is wrong then."""
    while True:
        run = project.make()
        busy = re.search(rf"{UNDER_WAY}process (\d+)", run.stderr)
        if not busy:
            break
        with contextlib.suppress(psutil.NoSuchProcess):
            psutil.Process(int(busy[1])).wait()
    if run.returncode:
        return f"the next run fails: {run.stderr.strip()[-600:]}"
    left = [path.name for path in project.path(".snakemake/jobs").glob("*")]
    return same(project, measure) or (f"jobs are left: {left}" if left else "")


def told(run: "subprocess.CompletedProcess[str]", *words: str) -> str:
    """What is wrong with a run that had to end with one clear line."""
    said = run.stdout + run.stderr
    lacking = [word for word in words if word not in said]
    if run.returncode == 0:
        return "the run ends well"
    if lacking or "Traceback" in said:
        return f"says {said.strip()[-600:]!r}, not {lacking or 'one line'}"
    return ""


def remove_one(project: Project, rng: random.Random) -> str:
    """Remove the outputs of a random rule; its name."""
    records = sorted(project.path(".snakemake/made").glob("minimal.*.json"))
    record = rng.choice(records)
    for path in sorted(re.findall(r'"(results/[^"]+)"', record.read_text(encoding="utf-8"))):
        project.path(path).unlink()
    return record.name.split(".")[1]


def kill_round(project: Project, measure: dict[str, bytes], rng: random.Random) -> tuple[str, str]:
    """One build killed at a random moment; what was done, and what is wrong after the next run."""
    rule = remove_one(project, rng)
    way = rng.choice(["make", "make", "snakemake"])
    victim = rng.choice(VICTIMS[way])
    build = Build(project, way)
    if rng.random() < 0.25:
        time.sleep(rng.uniform(0, 4))
    else:
        share = rng.uniform(0, 0.9)
        build.wait_for(lambda: build.planned and build.done >= share * build.planned)
        time.sleep(rng.uniform(0, 0.6))
    moment = f"after {build.done} of {build.planned or '?'} jobs"
    hit = build.kill(victim, rng)
    if victim == "job" or not hit:
        build.end()
    wrong = again(project, measure)
    build.end()
    return f"kill -9 {victim if hit else '(too late)'} of {way} {moment}, from {rule} on", wrong


def cut_off(project: Project, measure: dict[str, bytes]) -> str:
    """A table loses its end; plain snakemake names it, make builds it again."""
    path = project.path(TABLE)
    path.write_bytes(path.read_bytes()[:-40])
    wrong = told(project.snakemake(), TABLE, "found other bytes than its rule wrote", f"rm {TABLE}")
    return wrong or _mended(project, measure, TABLE)


def cut_report(project: Project, measure: dict[str, bytes]) -> str:
    """A report loses half of itself; nothing that is built reads it but the record."""
    name = "results/minimal/report/report.pdf"
    path = project.path(name)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return _mended(project, measure, name)


def _mended(project: Project, measure: dict[str, bytes], name: str) -> str:
    run = project.make()
    if CHANGED.format(name) not in run.stdout:
        return f"make does not name {name}: {run.stdout[:300]}"
    return same(project, measure)


def deleted(project: Project, measure: dict[str, bytes]) -> str:
    """An intermediate table is deleted: verify names it, and the next run makes it again."""
    project.path(TABLE).unlink()
    return told(project.verify(), f"missing: {TABLE}") or again(project, measure)


def two_at_once(project: Project, measure: dict[str, bytes]) -> str:
    """Two builds are started in one moment: one builds, the other says in one line who does."""
    project.path(LATE).unlink()
    builds = [Build(project, "make"), Build(project, "make")]
    codes = sorted(build.end() for build in builds)
    if codes != [0, 1]:
        return f"exit codes {codes}: {builds[0].said[-300:]} | {builds[1].said[-300:]}"
    loser = next(build for build in builds if build.process.returncode)
    said = loser.said.strip()
    if not said.startswith(UNDER_WAY) or "\n" in said:
        return f"the second says {said!r}"
    return same(project, measure)


@contextlib.contextmanager
def full_disk(folder: Path) -> Iterator[None]:
    """A folder on a disk with 8 MiB left; whoever may not mount gets a limit on the size of files."""
    if os.geteuid():
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 14, limits[1]))
        yield
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        return
    kept = folder.with_name(f"{folder.name}-kept")
    folder.rename(kept)
    folder.mkdir()
    size = sum(-(-path.stat().st_size // 4096) * 4096 for path in kept.rglob("*") if path.is_file()) + (1 << 23)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)], check=True)
    try:
        shutil.copytree(kept, folder, dirs_exist_ok=True)
        shutil.rmtree(kept)
        yield
        shutil.copytree(folder, kept)
    finally:
        subprocess.run(["umount", str(folder)], check=True)
    folder.rmdir()
    kept.rename(folder)


def disk_full(project: Project, measure: dict[str, bytes]) -> str:
    """The disk of the results fills up during a build; with room again, the next run ends the same."""
    for name in ("report/report.html", "report/chapter_5.md"):
        project.path(f"results/minimal/{name}").unlink()
    with full_disk(project.path("results")):
        filler = project.path("results/filler")
        if not os.geteuid():
            free = shutil.disk_usage(filler.parent).free
            filler.write_bytes(b"0" * (free - free % 4096))
        wrong = told(project.make(), "No access to results/minimal/", "run again (nothing that was finished is lost)")
        filler.unlink(missing_ok=True)
    return wrong or again(project, measure)


def disk_full_of_all(project: Project, measure: dict[str, bytes]) -> str:
    """The disk of the whole project is full, Snakemake's own files among it."""
    if os.geteuid():
        return ""
    project.path(LATE).unlink()
    with full_disk(project.folder):
        filler = project.path("filler")
        free = shutil.disk_usage(project.folder).free
        filler.write_bytes(b"0" * (free - free % 4096))
        wrong = told(project.make(), "No access to ", "free some space and run again")
        filler.unlink()
        wrong = wrong or again(project, measure)
    return wrong


def closed_folder(project: Project, measure: dict[str, bytes]) -> str:
    """The results may not be written: root is stopped by a read-only mount, everybody else by the rights."""
    project.path(LATE).unlink()
    results = str(project.path("results"))
    close = [["mount", "--bind", results, results], ["mount", "-o", "remount,bind,ro", results]]
    close, reopen = (
        (close, ["umount", results]) if not os.geteuid() else ([["chmod", "a-w", results]], ["chmod", "u+w", results])
    )
    for command in close:
        subprocess.run(command, check=True)
    try:
        wrong = told(project.make(), "No access to results/:", "give yourself the right to write there and run again")
    finally:
        subprocess.run(reopen, check=True)
    return wrong or again(project, measure)


OTHERS = (cut_off, cut_report, deleted, two_at_once, disk_full, disk_full_of_all, closed_folder)


def main() -> int:
    """All faults, one line each; exit code 1 if any is not borne."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory(prefix="faults") as name:
        built = lay(Path(name) / "built")
        run = built.make()
        if run.returncode:
            sys.exit(run.stderr)
        measure = built.results()
        print(f"measure: {len(measure)} files", flush=True)

        def bear(title: str, fault: Callable[[Project], tuple[str, str]]) -> int:
            start, project = time.monotonic(), built.copy(Path(name) / "copy")
            done, wrong = fault(project)
            print(f"{title:<10} {time.monotonic() - start:5.0f} s  {done}: {wrong or 'the same bytes'}", flush=True)
            shutil.rmtree(project.folder)
            return bool(wrong)

        for number in range(1, asked.kills + 1):
            rng = random.Random(f"{asked.seed}-{number}")
            failed += bear(f"kill {number}", lambda project, rng=rng: kill_round(project, measure, rng))
        for other in OTHERS:
            title = other.__name__.replace("_", " ")
            failed += bear("fault", lambda project, other=other, title=title: (title, other(project, measure)))
    print(f"{asked.kills} kills and {len(OTHERS)} other faults (seed {asked.seed}): {failed or 'none'} not borne")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
