"""Reading a CSV file that a person brings, without pandas: the Snakefile reads with it before anything runs."""

import csv
import gzip
from pathlib import Path


def read_cells(path: str | Path) -> tuple[list[str], list[list[str]]]:
    """Header and rows of a CSV file (UTF-8, with or without byte order mark, also gzipped).

    Raises
    ------
    ValueError
        If the file is not UTF-8 text, is empty, or a row has another number of cells than the header.
    """
    opened = gzip.open if str(path).endswith(".gz") else open
    try:
        with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
            lines = [row for row in csv.reader(file) if row]
    except UnicodeDecodeError as error:
        raise ValueError(
            f"not UTF-8 text (byte {error.start}); allowed: CSV in UTF-8; save it again as UTF-8"
        ) from error
    except (csv.Error, gzip.BadGzipFile, EOFError) as error:
        raise ValueError(f"not a readable CSV file ({error}); allowed: CSV in UTF-8; export it again") from error
    if not lines:
        raise ValueError("found: an empty file; allowed: a header and one row a respondent; export it again")
    header, rows = lines[0], lines[1:]
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            raise ValueError(
                f"row {number}: found {len(row)} cells; allowed: {len(header)}, as in the header; "
                "look for a comma or a line break without quotes"
            )
    return header, rows
