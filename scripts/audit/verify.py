"""Prove that nothing was touched: ``python -m scripts.audit.verify [--rerun] [study ...]`` (all of config/config.yaml).

Hashes every raw file, script, result and the lock again, asks git what changed since the commit that the build belongs
to, reads every number of the page, the PDF and the Word file again from its table, and names what is missing, changed
or unknown. ``--rerun`` builds the studies anew in a temporary folder as well and compares byte for byte. Exit code 1 if
there is anything to name.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import Any

import yaml

from scripts.audit import commit, reread, reread_docx, reread_pdf, rerun
from scripts.audit.lineage import locate
from scripts.lib.sources import sha256

MOST = 20  # faults of a study that are told one by one
FORMATS = {"html": reread.differences, "pdf": reread_pdf.differences, "docx": reread_docx.differences}
AGAIN = "run make, or undo the change"


def changed_files(record: Mapping[str, Any]) -> Iterator[str]:
    """Files of the record that are missing or say something else than when it was made."""
    recorded = {name: (one["sha256"], one["rule"]) for name, one in record["files"].items()}
    for rule, part in record["rules"].items():
        recorded |= {path: (code, rule) for path, code in part["code"].items() if path not in recorded}
    for name, (digest, rule) in sorted(recorded.items()):
        path, made = locate(name), f" (rule {rule})" if rule else ""
        if not path.is_file():
            yield f"missing: {name}{made}"
        elif sha256(path) != digest:
            yield f"changed: {name}{made}"


def unknown_files(folder: Path, record: Mapping[str, Any]) -> Iterator[str]:
    """Files among the results that no rule is recorded to have made."""
    own = {folder / "audit/provenance.json", folder / "audit/SHA256SUMS"}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path not in own and path.as_posix() not in record["files"]:
            yield f"unknown: {path.as_posix()}"


def wrong_checksums(folder: Path, record: Mapping[str, Any]) -> Iterator[str]:
    """Where ``SHA256SUMS`` and the record disagree, or the record itself was changed after it."""
    lines = (folder / "audit/SHA256SUMS").read_text(encoding="utf-8").splitlines()
    listed = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    own = (folder / "audit/provenance.json").as_posix()
    right = {name: one["sha256"] for name, one in record["files"].items() if Path(name).is_relative_to(folder)}
    right[own] = sha256(own)
    for name in sorted({*listed, *right}):
        if listed.get(name) != right.get(name):
            yield f"changed: {name} is not what {(folder / 'audit/SHA256SUMS').as_posix()} says"


def changed_sources(record: Mapping[str, Any], study: str) -> Iterator[str]:
    """Sources that the commit of the build has otherwise, although the record does not say so.

    Rule files and settings are among them, which no hash of the record covers.
    """
    git = record["git"]
    paths = commit.sources(record["files"], study)
    found = None if git["commit"] == commit.NONE else commit.since(git["commit"], paths)
    for name in sorted(set(found or []) - set(git["changed"])):
        yield f"changed since commit {git['commit'][: commit.BRIEF]}, which the build belongs to: {name}; {AGAIN}"


def stale_uses(record: Mapping[str, Any]) -> Iterator[str]:
    """Uses whose hash of a file is not the one that the record has of it."""
    for use in record["uses"]:
        for file, digest in (("file", "sha256"), ("data", "data_sha256")):
            if file in use and record["files"].get(use[file], {}).get("sha256") != use[digest]:
                yield f"changed: {use[file]} is not what {use['id']} ({use['ref']}) was read from"


def load(study: str) -> dict[str, Any]:
    """The record of a study's build."""
    record: dict[str, Any] = json.loads(Path(f"results/{study}/audit/provenance.json").read_text(encoding="utf-8"))
    return record


def check(study: str, part: str) -> list[str]:
    """What is wrong with the files of a study (``part`` is ``files``), or with what one of its reports shows."""
    folder, record = Path("results") / study, load(study)
    if part == "files":
        faults = [*changed_files(record), *unknown_files(folder, record), *wrong_checksums(folder, record)]
        return [*faults, *changed_sources(record, study), *stale_uses(record)]
    path = folder / f"report/report.{part}"
    if not path.is_file():
        return []  # named among the files
    try:
        faults = list(FORMATS[part](path, record["uses"], f"{folder.as_posix()}/"))
    except Exception as error:  # a spoilt file breaks a library in ways of its own
        faults = [f"it cannot be read: {type(error).__name__}: {error}"]
    return [f"{path.name}: {fault}" for fault in faults]


def summary(study: str) -> str:
    """What was verified, in one line."""
    record = load(study)
    uses, kinds = record["uses"], [use["kind"] for use in record["uses"]]
    cells = sum(len(row["shown"]) for use in uses for row in use.get("rows", []))
    single = len(kinds) - kinds.count("table") - kinds.count("figure")
    shown = f"{single} values, {cells} cells of {kinds.count('table')} tables, {kinds.count('figure')} figures"
    read = f"{shown} in {', '.join(formats(record, study))}"
    return f"{study}: verified {len(record['files'])} files; {read}; {built(record['git'])}"


def formats(record: Mapping[str, Any], study: str) -> list[str]:
    """Endings of the reports that the record lists."""
    return [ending for ending in FORMATS if f"results/{study}/report/report.{ending}" in record["files"]]


def built(git: Mapping[str, Any]) -> str:
    """Which commit a build belongs to."""
    if git["commit"] == commit.NONE:
        return "built outside git"
    name = f"built from commit {git['commit'][: commit.BRIEF]}"
    return f"{name} with changes in {', '.join(git['changed'])}" if git["changed"] else name


def verify(studies: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Each study with its faults; files and reports are checked side by side."""
    with ProcessPoolExecutor() as pool:
        begun = {study: list(_begin(study, pool)) for study in studies}
        for study, checks in begun.items():
            yield study, [fault for one in checks for fault in (one if isinstance(one, list) else one.result())]


def _begin(study: str, pool: ProcessPoolExecutor) -> Iterator[list[str] | Future[list[str]]]:
    """The checks of a study, begun; faults at once where there is no record to check by."""
    try:
        endings = formats(load(study), study)
        summary(study)
    except FileNotFoundError as error:
        yield [f"missing: {error.filename}; build the study first: snakemake"]
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        yield [f"changed: results/{study}/audit/provenance.json cannot be read: {error}"]
    else:
        yield from [pool.submit(check, study, part) for part in ("files", *endings)]


def main(arguments: Sequence[str]) -> int:
    """Verify the studies; returns the exit code."""
    parser = argparse.ArgumentParser(prog="make verify", description="Prove that nothing was touched.")
    parser.add_argument("--rerun", action="store_true", help="build anew and compare byte for byte as well")
    parser.add_argument("studies", nargs="*", help="studies to verify; all of config/config.yaml if none is named")
    asked = parser.parse_args(arguments)
    studies = asked.studies or yaml.safe_load(Path("config/config.yaml").read_text(encoding="utf-8"))["studies"]
    failed = False
    for study, faults in verify(studies):
        failed |= bool(faults)
        for fault in faults[:MOST]:
            print(f"{study}: {fault}")
        if len(faults) > MOST:
            print(f"{study}: and {len(faults) - MOST} more")
        if not faults:
            print(summary(study), flush=True)
    if asked.rerun:
        failed |= rerun.main(studies)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
