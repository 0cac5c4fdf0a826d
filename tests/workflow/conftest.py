"""A copy of the project with the minimal study, built once; each test works on its own copy of that."""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("Snakefile", "workflow", "scripts", "profiles", "report", "config/schema", "requirements.lock", "CITATION.cff")
BIN = Path(sys.executable).parent


class Project:
    """A working copy in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str) -> Path:
        return self.folder / name

    def snakemake(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Plain ``snakemake``, as a person types it with the environment active."""
        return self.call(str(BIN / "snakemake"), *arguments)

    def make(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """What ``make`` runs once the environment is there."""
        return self.call(sys.executable, "-m", "scripts.run", *arguments)

    def verify(self) -> subprocess.CompletedProcess[str]:
        return self.call(sys.executable, "-m", "scripts.audit.verify")

    def call(self, *command: str) -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "XDG_CACHE_HOME": str(self.folder / ".cache"),
        }
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)

    def planned(self) -> Counter[str]:
        """Rules that a run would execute now, with how many jobs each."""
        run = self.snakemake("--dry-run")
        assert run.returncode == 0, run.stdout + run.stderr
        table = re.search(r"^job\s+count\n-+\s+-+\n(.*?)^total", run.stdout + run.stderr, re.DOTALL | re.MULTILINE)
        return Counter(
            {name: int(n) for name, n in re.findall(r"^(\w+)\s+(\d+)$", table[1], re.MULTILINE)} if table else {}
        )

    def copy(self, folder: Path) -> "Project":
        shutil.copytree(self.folder, folder, symlinks=True, copy_function=shutil.copy2)
        return Project(folder)

    def replace(self, name: str, old: str, new: str) -> None:
        """Change one text in a file, which must be there."""
        text = self.path(name).read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {name}"
        self.path(name).write_text(text.replace(old, new, 1), encoding="utf-8")

    def declare(self, data: str = "minimal") -> None:
        """Take the present raw files as meant, as ``make sources`` does."""
        done = self.call(sys.executable, "-m", "scripts.lib.sources", f"data/raw/{data}")
        assert done.returncode == 0, done.stderr

    def results(self) -> dict[str, bytes]:
        """Every file of results, by name."""
        files = sorted(path for path in self.path("results").rglob("*") if path.is_file())
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in files}


def lay(folder: Path) -> Project:
    """The project's own files and the minimal study, unbuilt."""
    for part in PARTS:
        source, target = ROOT / part, folder / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, target)
    shutil.copytree(ROOT / "tests/minimal/config", folder / "config", dirs_exist_ok=True)
    shutil.copytree(ROOT / "tests/minimal/data", folder / "data")
    run = {"studies": ["minimal"], "seed": 7}
    (folder / "config/config.yaml").write_text(yaml.safe_dump(run), encoding="utf-8")
    return Project(folder)


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Project:
    """The minimal study, built; do not change it, take a copy."""
    project = lay(tmp_path_factory.mktemp("built") / "project")
    run = project.snakemake()
    assert run.returncode == 0, run.stdout + run.stderr
    return project


@pytest.fixture
def fresh(tmp_path) -> Project:
    """The project before its first build."""
    return lay(tmp_path / "project")


@pytest.fixture
def project(built, tmp_path) -> Project:
    """A copy of the built project, to change."""
    return built.copy(tmp_path / "project")
