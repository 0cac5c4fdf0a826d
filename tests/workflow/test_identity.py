"""The same inputs give the same bytes, wherever, whenever and by whomever they are built; and a new build proves it."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Project, lay

from scripts.audit import rerun

pytestmark = pytest.mark.xdist_group("workflow")

NOBODY = 65534
# Another user, who may read what root may: the environment can lie in root's home.
OTHER = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
OTHER += ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
PRIVATE = ["sh", "-c", 'umask 077; exec "$0" "$@"', sys.executable]
ELSEWHERE = {"TZ": "Pacific/Apia", "LANG": "zh_CN.UTF-8", "PYTHONHASHSEED": "4711", "USER": "other", "LOGNAME": "other"}


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that another user may enter."""
    with tempfile.TemporaryDirectory(prefix="elsewhere-") as name:
        yield Path(name)


def other_user(place: Path) -> list[str]:
    """What runs a command as another user, where we may; else nothing."""
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        return []
    if subprocess.run([*OTHER, *PRIVATE, "-c", "import pandas"], capture_output=True, check=False).returncode:
        return []
    for path in [place, *place.rglob("*")]:
        os.chown(path, NOBODY, NOBODY)
    return OTHER


def test_another_place_time_language_seed_umask_user_and_number_of_cores_give_the_same_bytes(built, place):
    other = lay(place / "quite" / "another-folder")
    (place / "home").mkdir()
    environment = {**os.environ, **ELSEWHERE, "HOME": str(place / "home"), "XDG_CACHE_HOME": str(place / "home/cache")}
    command = [*other_user(place), *PRIVATE, "-m", "snakemake", "-c1"]
    run = subprocess.run(command, cwd=other.folder, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert len(rerun.files(built.path("results"))) > 200
    assert list(rerun.differences(built.path("results"), other.path("results"))) == []


def commit_all(project: Project) -> None:
    """Put the sources of the project under git."""
    project.path(".gitignore").write_text("/results\n/logs\n/.snakemake\n/.cache\n__pycache__\n", encoding="utf-8")
    for command in (["init"], ["add", "."], ["commit", "-m", "Sources"]):
        done = project.call("git", "-c", "user.name=a", "-c", "user.email=a@example.org", *command)
        assert done.returncode == 0, done.stderr


def test_verify_builds_anew_and_names_every_file_that_is_not_the_same(project, tmp_path, monkeypatch):
    commit_all(project)
    assert set(project.planned()) == {"record_provenance", "all"}  # the record now has a commit to tell
    assert project.snakemake().returncode == 0
    told = project.verify()
    assert told.returncode == 0, told.stdout
    assert "; built from commit " in told.stdout
    project.replace("results/minimal/survey/describe_sample.json", '"n_usable"', '"n_Usable"')
    project.path("results/minimal/needs/extra.csv").write_text("a\n1\n", encoding="utf-8")
    project.path("results/minimal/figures/needs.svg").unlink()
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    run = project.call(sys.executable, "-m", "scripts.audit.verify", "--rerun", "minimal")
    assert run.returncode == 1
    said = run.stdout.partition("anew in a temporary folder ...")[2].splitlines()
    assert [line for line in said if line.startswith("minimal: ")] == [
        "minimal: missing: results/minimal/figures/needs.svg, which a new build makes",
        "minimal: extra: results/minimal/needs/extra.csv, which a new build does not make",
        "minimal: differs: results/minimal/survey/describe_sample.json is not what a new build makes",
    ]
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_commit_of_other_things_runs_nothing_again(project):
    commit_all(project)
    assert project.snakemake().returncode == 0
    project.path("README.md").write_text("Words.\n", encoding="utf-8")
    commit_all(project)
    assert project.planned() == {}
    project.replace("Snakefile", '"""Major customers', '"""All major customers')
    run = project.verify()
    assert run.returncode == 1
    assert ", which the build belongs to: Snakefile; run make, or undo the change" in run.stdout
