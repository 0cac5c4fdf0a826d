"""A build of a study, as it is compared with another: what its audit recorded, its tables, values and chapters.

A build is a study of the run, or a folder that keeps a copy of ``results/<study>``. Only what a report may show is
read: nothing of ``confidential/``, and of figures and pages nothing either, for they are drawn from the tables.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from scripts.chapters import shown
from scripts.chapters.shown import Table
from scripts.lib.job import InputError
from scripts.lib.sources import sha256

RECORD = "audit/provenance.json"
APART = ("audit", "confidential", "figures", "report")
CHAPTERS = [f"report/chapter_{number}.md" for number in range(8)]  # 0 is the summary


def folder(name: str, studies: Sequence[str]) -> str:
    """The folder of a build: that of a study of this run, or the folder that is named."""
    return f"results/{name}" if name in studies else str(Path(name))


def faults(before: str | None, after: str | None, studies: Sequence[str]) -> list[str]:
    """What is wrong with the names of two builds, one line each; nothing where none are to be compared."""
    if before is None and after is None:
        return []
    allowed = f"a study of config/config.yaml ({', '.join(studies)}) or a folder with a copy of results/<study>"
    todo = "run: make compare A=<build> B=<build>"
    if not before or not after:
        return [f"compare_runs, builds: found {before or after or 'none'}; allowed: two, each {allowed}; {todo}"]
    places = {name: folder(name, studies) for name in (before, after)}
    if len(set(places.values())) == 1:
        return [f"compare_runs, builds: found {before} twice; allowed: two builds; {todo}"]
    mine = {folder(study, studies) for study in studies}
    return [
        f"compare_runs, build {name}: found no {place}/{RECORD}; allowed: {allowed}; {todo}"
        for name, place in places.items()
        if place not in mine and not (Path(place) / RECORD).is_file()
    ]


def title(place: str) -> str:
    """A short name of a build that can stand in a file's name."""
    return "-".join(part for part in Path(place).parts if part not in ("/", ".", "..", "results"))


class Build(NamedTuple):
    """What a build's audit recorded, and where its files lie."""

    folder: Path
    settings: Mapping[str, Any]
    seed: int
    files: Mapping[str, str]  # SHA-256 of what rules made, by path below the folder
    rules: Mapping[str, str]  # the rule that made it
    raw: Mapping[str, str]  # SHA-256 of the raw files, by name
    code: Mapping[str, str]  # SHA-256 of scripts and lock
    uses: Sequence[Mapping[str, Any]]  # what the report shows, with paths below the folder

    @property
    def compared(self) -> list[str]:
        """Tables and values that are compared; they lie in the folder of a stage."""
        return sorted(path for path in self.files if "/" in path and path.split("/")[0] not in APART)

    def has(self, name: str) -> bool:
        """Whether a file is there, and the one that the audit recorded."""
        path = self.folder / name
        return path.is_file() and sha256(path) == self.files[name]

    def table(self, name: str) -> Table:
        """A table of the build; one without rows where the build does not have it."""
        return shown.read_table(self.folder / name) if name in self.files else Table([], [], [])

    def values(self, name: str) -> dict[str, Any]:
        """The values of a rule; empty where the build does not have them."""
        return shown.read_values(self.folder / name) if name in self.files else {}

    def text(self, name: str) -> str:
        """A chapter as Markdown; empty where the build does not have it."""
        return (self.folder / name).read_text(encoding="utf-8") if name in self.files else ""


def read(place: str) -> Build:
    """Read what a build's audit recorded.

    Raises
    ------
    InputError
        If the folder holds no build, its record cannot be read, or a file is not the one that the audit recorded: the
        build is half done, or was touched.
    """
    path = Path(place) / RECORD
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        study = record["study"]
        root = f"results/{study['name']}/"
        made = {name.removeprefix(root): one for name, one in record["files"].items() if name.startswith(root)}
        code = {name: digest for part in record["rules"].values() for name, digest in part["code"].items()}
        build = Build(
            Path(place),
            study["settings"],
            study["seed"],
            files={name: one["sha256"] for name, one in made.items()},
            rules={name: one["rule"] for name, one in made.items()},
            raw={one["file"]: record["files"][name]["sha256"] for name, one in record["raw"].items()},
            code=code | {record["environment"]["file"]: record["environment"]["sha256"]},
            uses=[{**use, "file": use["file"].removeprefix(root)} for use in record["uses"]],
        )
    except FileNotFoundError as error:
        raise InputError(f"build {place}: found no {RECORD}; allowed: a finished build; run make") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"build {place}: found an {RECORD} that cannot be read ({type(error).__name__}: {error}); "
            "allowed: the record of this version; build the study again"
        ) from error
    touched = [name for name in (*build.compared, *CHAPTERS) if name in build.files and not build.has(name)]
    if touched:
        raise InputError(
            f"build {place}: found another {touched[0]} than the build recorded, or none; allowed: a finished build; "
            "run make, or copy the whole folder again"
        )
    return build
