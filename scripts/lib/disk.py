"""Faults of the disk as one line: what cannot be read or written, why, and what a person must do."""

import errno
import os
from collections.abc import Iterable

FULL = "free some space"
NO_ACCESS = "No access to "
CLOSED = "give yourself the right to write there"
REMEDIES = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EFBIG: "raise the largest size of a file (ulimit -f)",
    errno.EROFS: CLOSED,
    errno.EACCES: CLOSED,
    errno.EPERM: CLOSED,
    errno.EIO: "look after the disk",
}


def is_of_disk(error: BaseException) -> bool:
    """Whether an error is one that a person has to put right on the disk."""
    return isinstance(error, OSError) and error.errno in REMEDIES


def disk_fault(error: OSError, place: str = "") -> str:
    """One line for a fault of the disk; ``place`` is told where the error names no file."""
    where = error.filename or place or os.curdir
    remedy = REMEDIES.get(error.errno or 0, CLOSED)
    return f"{NO_ACCESS}{where}: {error.strerror}; {remedy} and run again (nothing that was finished is lost)"


def told_of_disk(lines: Iterable[str]) -> str:
    """The fault of the disk that a program tells of in its own words; empty when there is none."""
    for line in lines:
        for number in REMEDIES:
            if f"[Errno {number}] {os.strerror(number)}" in line:
                return disk_fault(OSError(number, os.strerror(number), line.partition(": '")[2].rstrip("'") or None))
    return ""
