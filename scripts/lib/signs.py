"""Signs of a text: which are Chinese, how a message names one that no face has, and in which files it stands."""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

# Ideographs, their punctuation, full-width forms.
CHINESE = "[\u2e80-\u9fff\uf900-\ufaff\ufe30-\uffef\U00020000-\U0010ffff]"
RUNS = re.compile(f"{CHINESE}+|(?:(?!{CHINESE}).)+", re.DOTALL)  # of Chinese signs, and of others
MOST = 3
NUMBERED = re.compile(r"\(U\+([0-9A-F]{4,6})\b")


def named(sign: str) -> str:
    """A sign with its number and name."""
    return f"{sign} (U+{ord(sign):04X} {unicodedata.name(sign, '')})".replace(" )", ")")


def places(sign: str, paths: Iterable[str]) -> list[str]:
    r"""Files and lines that hold ``sign``, as itself or by its number as YAML writes it (``\u2603``)."""
    written = re.compile(rf"{re.escape(sign)}|\\u{ord(sign):04x}(?![0-9a-f])|\\U{ord(sign):08x}", re.IGNORECASE)
    found = []
    for path in paths:
        lines = Path(path).read_text(encoding="utf-8", errors="ignore").splitlines()
        found += [f"{path}, line {number}" for number, line in enumerate(lines, start=1) if written.search(line)]
    return found


def located(fault: str, paths: Iterable[str]) -> str:
    """A fault with the places of the signs that it names."""
    told = []
    for number in dict.fromkeys(NUMBERED.findall(fault)):
        found = places(chr(int(number, 16)), paths)
        more = f" and {len(found) - MOST} more" if len(found) > MOST else ""
        told += [f"U+{number} stands in {'; '.join(found[:MOST])}{more}"] if found else []
    return ". ".join([fault, *told])
