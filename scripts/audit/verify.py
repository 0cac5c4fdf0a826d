"""Prove that nothing was touched: ``python -m scripts.audit.verify [study ...]`` (all of config/config.yaml).

Hashes every raw file, script, result and the lock again, reads every number of the page again from its table, and names
what is missing, changed or unknown. Exit code 1 if there is anything to name.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from scripts.audit.lineage import locate
from scripts.audit.reread import differences
from scripts.lib.sources import sha256

MOST = 20  # faults of a study that are told one by one


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


def verify(study: str) -> tuple[list[str], str]:
    """Faults of a study, and its summary in one line."""
    folder = Path("results") / study
    try:
        record = json.loads((folder / "audit/provenance.json").read_text(encoding="utf-8"))
        page = (folder / "report/report.html").read_text(encoding="utf-8")
        faults = [*changed_files(record), *unknown_files(folder, record), *wrong_checksums(folder, record)]
        faults += [f"report.html: {fault}" for fault in differences(page, record["uses"])]
    except FileNotFoundError as error:
        return [f"missing: {error.filename}; build the study first: snakemake"], study
    except (ValueError, KeyError) as error:
        return [f"changed: {folder}/audit/provenance.json cannot be read: {error}"], study
    kinds = [use["kind"] for use in record["uses"]]
    cells = sum(len(row["shown"]) for use in record["uses"] for row in use.get("rows", []))
    single = len(kinds) - kinds.count("table") - kinds.count("figure")
    shown = f"{single} values, {cells} cells of {kinds.count('table')} tables, {kinds.count('figure')} figures"
    return faults, f"{study}: verified {len(record['files'])} files; {shown}"


def main(studies: Sequence[str]) -> int:
    """Verify the studies; returns the exit code."""
    if not studies:
        studies = yaml.safe_load(Path("config/config.yaml").read_text(encoding="utf-8"))["studies"]
    failed = False
    for study in studies:
        faults, summary = verify(study)
        failed |= bool(faults)
        for fault in faults[:MOST]:
            print(f"{study}: {fault}")
        if len(faults) > MOST:
            print(f"{study}: and {len(faults) - MOST} more")
        if not faults:
            print(summary)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
