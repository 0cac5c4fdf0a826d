"""The commit that sources belong to: of what a build is made of, and of nothing else."""

import subprocess
from pathlib import Path

import pytest

from scripts.audit import commit

PATHS = ["data/a.csv", "data/b.csv", "scripts"]


def git(*arguments: str) -> str:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture(params=[".", "part/of"])
def repository(request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project at the top of a repository, or below."""
    folder = tmp_path / request.param
    for name in ["data/a.csv", "data/b.csv", "scripts/m.py", "README.md"]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("1\n")
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet")
    monkeypatch.chdir(folder)
    git("add", ".")
    git("commit", "--quiet", "-m", "first")
    return folder


def test_a_clean_project_belongs_to_its_commit(repository: Path) -> None:
    assert commit.state(PATHS) == {"commit": git("rev-parse", "HEAD"), "changed": []}


def test_a_commit_of_something_else_changes_nothing(repository: Path) -> None:
    before = commit.state(PATHS)
    (repository / "README.md").write_text("2\n")
    assert commit.state(PATHS) == before
    git("commit", "--quiet", "-am", "words")
    assert commit.state(PATHS) == before


def test_changed_ignored_and_new_files_are_named(repository: Path) -> None:
    (repository / "data/a.csv").write_text("2\n")
    (repository / "scripts/m.py").write_text("2\n")
    git("add", "scripts/m.py")
    (repository / ".gitignore").write_text("data/c.csv\n")
    for name in ["c", "d"]:
        (repository / f"data/{name}.csv").write_text("2\n")
    found = commit.state([*PATHS, "data/c.csv", "data/d.csv"])
    assert found["changed"] == ["data/a.csv", "data/c.csv", "data/d.csv", "scripts/m.py"]


def test_what_changed_since_a_commit_is_named(repository: Path) -> None:
    first = commit.state(PATHS)["commit"]
    (repository / "data/b.csv").write_text("2\n")
    git("commit", "--quiet", "-am", "second")
    assert commit.since(first, PATHS) == ["data/b.csv"]
    assert commit.since(git("rev-parse", "HEAD"), PATHS) == []
    assert commit.since("0" * 40, PATHS) is None


def test_a_touched_file_is_no_changed_file(repository: Path) -> None:
    (repository / "data/a.csv").touch()
    assert commit.state(PATHS)["changed"] == []


def test_without_git_there_is_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert commit.state(PATHS) == {"commit": "none", "changed": []}
    monkeypatch.setenv("PATH", str(tmp_path))
    assert commit.state(PATHS) == {"commit": "none", "changed": []}


def test_sources_are_what_people_wrote() -> None:
    names = ["results/s/a.csv", "package:p/a", "/usr/lib/a", "data/raw/s/a.csv", "scripts/m.py"]
    wanted = [
        "Snakefile",
        "config/config.yaml",
        "config/studies/s.yaml",
        "data/raw/s/a.csv",
        "scripts/m.py",
        "workflow",
    ]
    assert commit.sources(names, "s") == wanted
