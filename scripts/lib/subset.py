"""Cut the signs in use out of a font file, so that a page or figure can carry its face.

The bytes depend on the signs and the face alone.
"""

import base64
import io
import logging
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

logging.getLogger("fontTools").setLevel(logging.WARNING)


def _numbered(font: TTFont) -> TTFont:
    """The font with glyphs named by number: no file keeps the names, and making them up takes longer than all else."""
    font.setGlyphOrder([".notdef", *(f"glyph{number}" for number in range(1, font["maxp"].numGlyphs))])
    return font


@cache
def _signs_of(face: Path) -> frozenset[int]:
    with TTFont(face, lazy=True) as font:
        _numbered(font)
        return frozenset(font.getBestCmap())


def lacking(signs: Iterable[str], face: Path) -> list[str]:
    """The signs that a face does not have."""
    return sorted(sign for sign in set(signs) if ord(sign) not in _signs_of(face))


def woff(signs: Iterable[str], face: Path) -> str:
    """The signs as a WOFF font, in base64; every one of them must be in the face."""
    return base64.b64encode(_cut(signs, face, "woff", [])).decode("ascii")


def truetype(signs: Iterable[str], face: Path) -> bytes:
    """The signs as a TrueType font under the names of its face; every one of them must be in the face."""
    return _cut(signs, face, None, [1, 2, 3, 4, 6])


def _cut(signs: Iterable[str], face: Path, flavor: str | None, names: list[int]) -> bytes:
    options = subset.Options()
    options.flavor, options.hinting, options.recalc_timestamp = flavor, False, False
    options.layout_features, options.name_IDs = [], names
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "kern"]
    font = _numbered(subset.load_font(str(face), options, lazy=True))
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=sorted(ord(sign) for sign in set(signs)))
    subsetter.subset(font)
    buffer = io.BytesIO()
    subset.save_font(font, buffer, options)
    font.close()
    return buffer.getvalue()
