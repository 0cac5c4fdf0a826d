"""What each job made, so that what was changed, cut off or half written afterwards is never taken for finished.

A job forgets its last record before it writes anything, and when it has ended well leaves size, time and SHA-256 of
each of its outputs in ``.snakemake/made``. A file that says something else than the record is to be made again. Looking
costs a few milliseconds: only a file whose size or time differ is read. A touched file is the same file.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path

from scripts.lib.sources import sha256

FOLDER = Path(".snakemake/made")
FAULT = "file {0}: found other bytes than its rule wrote; allowed: results as they were made; run make, or: rm {0}"


def record_of(log: str | Path) -> Path:
    """Where the record of a job lies, told by its log."""
    return FOLDER / (".".join(Path(log).with_suffix(".json").parts[1:]))


def forget(log: str | Path) -> None:
    """The job of this log begins to write."""
    record_of(log).unlink(missing_ok=True)


def record(log: str | Path, outputs: Iterable[str]) -> None:
    """The job of this log has written its outputs."""
    made = {}
    for path in outputs:
        seen = os.stat(path)
        made[path] = [seen.st_size, seen.st_mtime_ns, sha256(path)]
    FOLDER.mkdir(parents=True, exist_ok=True)
    part = record_of(log).with_suffix(".part")
    with part.open("w", encoding="utf-8") as file:
        json.dump(made, file)
        file.flush()
        os.fsync(file.fileno())
    part.replace(record_of(log))


def changed() -> list[str]:
    """Files that are there, but are not what their job made."""
    found = []
    for one in sorted(FOLDER.glob("*.json")):
        for path, (size, moment, digest) in json.loads(one.read_text(encoding="utf-8")).items():
            try:
                seen = os.stat(path)
            except FileNotFoundError:
                continue  # Snakemake sees that itself
            if (seen.st_size, seen.st_mtime_ns) != (size, moment) and sha256(path) != digest:
                found.append(path)
    return found


def discard() -> list[str]:
    """Remove what :func:`changed` finds, so that it is made again; its names."""
    found = changed()
    for path in found:
        os.unlink(path)
    return found
