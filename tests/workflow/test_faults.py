"""A build that is killed, cut off, crowded out or shut out ends with the same bytes after the next run, or says why."""

import os
import random
import signal
import subprocess
import sys
import time

import faults
import pytest

from scripts.lib import outputs, running
from scripts.lib.disk import NO_ACCESS

pytestmark = pytest.mark.xdist_group("workflow")

JOB = """
import sys, time
from pathlib import Path
from types import SimpleNamespace
from scripts.lib.job import run
def main(snakemake):
    print("at work", flush=True)
    time.sleep(60)
run(main, SimpleNamespace(log="logs/s/rule.log", output=["results/s/late.csv"]))
"""


@pytest.mark.parametrize("number", [2, 4])
def test_a_killed_build_ends_the_same_after_the_next_run(built, project, number):
    done, wrong = faults.kill_round(project, built.results(), random.Random(f"1-{number}"))
    assert wrong == "", done


@pytest.mark.parametrize("fault", [faults.cut_report, faults.deleted, faults.two_at_once], ids=lambda one: one.__name__)
def test_another_fault_ends_the_same_after_the_next_run(built, project, fault):
    assert fault(project, built.results()) == ""


def test_plain_snakemake_names_a_file_that_was_cut_off(project):
    path = project.path(faults.TABLE)
    path.write_bytes(path.read_bytes()[:-40])
    run = project.snakemake("--dry-run")
    assert faults.told(run, f"file {faults.TABLE}: found other bytes than its rule wrote", f"rm {faults.TABLE}") == ""
    assert path.exists()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder, with no build around it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(faults.ROOT))
    monkeypatch.setenv(running.MARK, "")  # so that what a run sets does not outlive the test
    return tmp_path


def started(code):
    """A process that runs ``code``, once it has said its first word."""
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline()
    return process


def test_a_run_waits_while_another_plans_and_is_told_of_a_build(folder, monkeypatch, capsys):
    wait = "from scripts.lib.running import Run; import time; r = Run(); {}; print('here', flush=True); time.sleep({})"
    planning = started(wait.format("pass", 1))
    begun = time.monotonic()
    assert running.Run().other == ""
    assert time.monotonic() - begun > 0.3
    planning.wait()
    monkeypatch.setenv(running.MARK, "")
    (folder / "elsewhere").mkdir()
    monkeypatch.chdir(folder / "elsewhere")
    building = started(wait.format("r.build()", 60))
    second = running.Run()
    building.kill()
    assert f"{running.UNDER_WAY}process {building.pid} on " in capsys.readouterr().err
    with pytest.raises(SystemExit, match=str(building.pid)):
        second.build()


def test_the_lock_of_a_dead_build_is_removed_and_its_job_is_stopped(folder, monkeypatch):
    dead = started("from scripts.lib.running import Run; Run().build(); print('here', flush=True); input()")
    monkeypatch.setenv(running.MARK, running.RUNNING.read_text().splitlines()[0])
    orphan = started(JOB)
    (folder / ".snakemake/locks").mkdir()
    (folder / ".snakemake/locks/0.input.lock").write_text("results/s/late.csv\n")
    dead.kill()
    dead.wait()
    monkeypatch.setenv(running.MARK, "")
    assert running.Run().other == ""
    assert orphan.wait(timeout=10) == -signal.SIGKILL
    assert list(running.LOCKS.iterdir()) == list(running.JOBS.iterdir()) == []


def test_a_job_that_wakes_up_after_its_build_is_gone_writes_nothing(folder, monkeypatch):
    running.Run().build()
    monkeypatch.setenv(running.MARK, f"{os.uname().nodename} 1 1")
    late = subprocess.run([sys.executable, "-c", JOB], capture_output=True, text=True, check=False)
    assert late.returncode == 1
    assert "another one began" in late.stderr
    assert late.stdout == ""


def test_what_a_job_made_is_told_from_what_was_changed_later(folder):
    (folder / "a.csv").write_text("x\n1\n")
    outputs.record("logs/s/rule.log", ["a.csv"])
    os.utime("a.csv", (1, 1))
    assert outputs.changed() == []
    (folder / "a.csv").write_text("x\n")
    assert outputs.changed() == ["a.csv"]
    assert outputs.discard() == ["a.csv"]
    assert outputs.changed() == []
    outputs.forget("logs/s/rule.log")
    assert list(outputs.FOLDER.iterdir()) == []


def test_a_full_disk_is_one_line_of_the_job(folder):
    full = JOB.replace("time.sleep(60)", "Path('/dev/full').write_text('x')")
    run = subprocess.run([sys.executable, "-c", full], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert run.stderr.strip() == (
        f"FAULT {NO_ACCESS}results/s: No space left on device; free some space and run again "
        "(nothing that was finished is lost)"
    )
