"""Build studies anew in a temporary folder and compare the results byte for byte.

The folder holds a copy of what a build needs and nothing else; the environment is the present one, and git is asked of
the present folder, so that the commit in the record is the same. Nothing stays behind.
"""

import filecmp
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from scripts.audit import commit
from scripts.run import Progress, trouble

NEEDED = ("Snakefile", "config", "data", "profiles", "report", "scripts", "workflow")


def main(studies: Sequence[str]) -> bool:
    """Build and compare, with one line a difference; whether there is any."""
    print(f"Building {', '.join(studies)} anew in a temporary folder ...", flush=True)
    with tempfile.TemporaryDirectory(prefix="verify-") as name:
        folder = Path(name) / (commit.git("rev-parse", "--show-prefix") or "").strip()
        lay(folder, studies)
        told = build(folder, studies, Path(name))
        if told is not None:
            print(f"the new build failed:\n{told}")
            return True
        failed = False
        for study in studies:
            place = Path("results") / study
            faults = list(differences(place, folder / place))
            failed |= bool(faults)
            for fault in faults:
                print(f"{study}: {fault}")
            if not faults:
                print(f"{study}: built anew; {len(files(place))} files are the same byte for byte")
    return failed


def lay(folder: Path, studies: Sequence[str]) -> None:
    """Copy what a build needs: the folders of the project, and whatever else the records say was read."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in NEEDED:
        copy = shutil.copytree if Path(name).is_dir() else shutil.copy2
        copy(name, folder / name)
    for study in studies:
        for name in recorded(study):
            source, target = Path(name), folder / name
            if source.is_file() and not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)


def recorded(study: str) -> list[str]:
    """Sources of a study's build; none where there is no record to read."""
    try:
        record = json.loads(Path(f"results/{study}/audit/provenance.json").read_text(encoding="utf-8"))
        return commit.sources(record["files"], study)
    except (OSError, ValueError, LookupError, TypeError):
        return []


def build(folder: Path, studies: Sequence[str], tree: Path) -> str | None:
    """Run the workflow in a folder; what went wrong, or ``None``. ``tree`` is what git takes for its working tree."""
    repository = commit.git("rev-parse", "--absolute-git-dir")
    place = {"GIT_DIR": repository.strip(), "GIT_WORK_TREE": str(tree)} if repository else {}
    command = [str(Path(sys.executable).with_name("snakemake")), "--config", f"studies=[{','.join(studies)}]"]
    progress, lines = Progress(), []
    with subprocess.Popen(
        command, cwd=folder, env={**os.environ, **place}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line.rstrip())
            if (shown := progress.line(lines[-1])) is not None:
                print(shown, flush=True)
    return trouble(lines) if process.returncode else None


def files(folder: Path) -> set[str]:
    """Files below a folder that must be the same in every build, by their path in it."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {path.as_posix() for path in found}


def differences(present: Path, anew: Path) -> Iterator[str]:
    """Files that differ, are missing, or are too many, one line each."""
    mine, other = files(present), files(anew)
    for name in sorted(mine | other):
        path = (present / name).as_posix()
        if name not in mine:
            yield f"missing: {path}, which a new build makes"
        elif name not in other:
            yield f"extra: {path}, which a new build does not make"
        elif not filecmp.cmp(present / name, anew / name, shallow=False):
            yield f"differs: {path} is not what a new build makes"
