"""SOURCES.csv: where each raw file is from, under which licence, of which kind, and the SHA-256 it had when it came.

``python -m scripts.lib.sources <folder>`` writes the present hashes after a change that was meant.
"""

import csv
import hashlib
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

KINDS = ("published", "collected", "synthetic", "expert", "illustrative")
COLUMNS = ("file", "kind", "title", "source", "licence", "date", "sha256", "note")


class Source(NamedTuple):
    """One raw file, as SOURCES.csv declares it."""

    file: str
    kind: str
    title: str
    source: str
    licence: str
    date: str
    sha256: str
    note: str


@cache
def _hash(path: str, size: int, mtime: int) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def sha256(path: str | Path) -> str:
    """SHA-256 of a file, as 64 hexadecimal digits."""
    state = Path(path).stat()
    return _hash(str(path), state.st_size, state.st_mtime_ns)


def read_sources(folder: str | Path) -> dict[str, Source]:
    """The declared files of a folder by name.

    Raises
    ------
    ValueError
        If the file lacks a column, a file stands twice, or a kind is not known; the message is one line.
    """
    path = Path(folder) / "SOURCES.csv"
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    sources: dict[str, Source] = {}
    for number, row in enumerate(rows, start=2):
        lacking = [column for column in COLUMNS if row.get(column) is None]
        if lacking:
            raise ValueError(f"row {number}: found no {', '.join(lacking)}; allowed: {', '.join(COLUMNS)}")
        if row["kind"] not in KINDS:
            raise ValueError(f"row {number}, column kind: found {row['kind']!r}; allowed: {' | '.join(KINDS)}")
        if row["file"] in sources:
            raise ValueError(f"row {number}, column file: found {row['file']!r} a second time; allowed: once")
        sources[row["file"]] = Source(*(row[column] for column in COLUMNS))
    return sources


def refresh(folder: str | Path) -> list[str]:
    """Write the present hashes into SOURCES.csv; returns the names of the files whose hash changed."""
    changed, rows = [], []
    for name, source in read_sources(folder).items():
        path = Path(folder) / name
        present = sha256(path) if path.is_file() else source.sha256
        if present != source.sha256:
            changed.append(name)
        rows.append(source._replace(sha256=present))
    with open(Path(folder) / "SOURCES.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    return changed


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        try:
            print(f"{argument}: new hashes for {', '.join(refresh(argument)) or 'no file'}")
        except FileNotFoundError:
            sys.exit(
                f"{argument}: found no SOURCES.csv; allowed: a folder of raw files; run: make sources DATA=<folder>"
            )
        except (ValueError, UnicodeDecodeError) as error:
            sys.exit(f"{argument}/SOURCES.csv, {error}; correct the file")
