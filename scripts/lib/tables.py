r"""The one reader and the one writer of tables.

A table is UTF-8 CSV with ``\n`` line ends, rows in a stated order and floats rounded to six decimals at the write
boundary, so that two builds on one kind of machine are the same bytes.
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from scripts.lib.spreadsheet import bare, guarded

DECIMALS = 6


def read(path: str | Path, text: Sequence[str] = ()) -> pd.DataFrame:
    """Read a table that :func:`write` wrote; an empty cell is missing, and nothing else is.

    ``text`` names columns to keep as text although they look like numbers (codes such as ``0102``).
    """
    types = dict.fromkeys(text, str)
    frame = pd.read_csv(path, keep_default_na=False, na_values=[""], dtype=types, encoding="utf-8")
    for column in frame.columns[frame.dtypes == "str"]:
        if frame[column].str.startswith("'").any():
            frame[column] = frame[column].map(bare, na_action="ignore")
    return frame


def write(frame: pd.DataFrame, path: str | Path, key: Sequence[str]) -> None:
    """Write ``frame`` sorted by ``key``, the columns that identify a row.

    Booleans become ``yes``/``no``, so that a table reads the same in a spreadsheet and in a text editor; a text that a
    spreadsheet would run is guarded (:mod:`scripts.lib.spreadsheet`).

    Raises
    ------
    ValueError
        If ``key`` does not identify the rows: a table without an identity cannot be pointed into.
    """
    if frame.duplicated(list(key)).any():
        raise ValueError(f"{path}: {list(key)} does not identify the rows")
    out = frame.sort_values(list(key), kind="stable").copy()
    for column in out.columns:
        if pd.api.types.is_bool_dtype(out[column]):
            out[column] = out[column].map({True: "yes", False: "no"})
        elif pd.api.types.is_float_dtype(out[column]):
            out[column] = out[column].round(DECIMALS) + 0.0  # no negative zero
        elif not pd.api.types.is_numeric_dtype(out[column]):
            out[column] = out[column].map(lambda cell: guarded(cell) if isinstance(cell, str) else cell)
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    out.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def empty(columns: Sequence[str]) -> pd.DataFrame:
    """A table without rows: what a stage writes when the study does not have its input."""
    return pd.DataFrame({column: pd.Series(dtype=object) for column in columns})
