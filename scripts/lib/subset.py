"""Cut the signs in use out of a font file, so that a page or figure can carry its face.

HarfBuzz cuts it. The bytes depend on the signs, the face and the pinned version of HarfBuzz alone.
"""

import base64
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import uharfbuzz as hb

# What shapes and sets text beyond a sign's own outline and width: texts of ours are set sign by sign.
DROPPED = ("BASE", "GDEF", "GPOS", "GSUB", "STAT", "VORG", "kern", "vhea", "vmtx")
NAMES = (1, 2, 3, 4, 6)  # family, style, identifier, full name, PostScript name: what a program lists a font by


@cache
def _read(face: Path) -> hb.Face:
    return hb.Face(hb.Blob.from_file_path(str(face)))


@cache
def _signs_of(face: Path) -> frozenset[int]:
    return frozenset(_read(face).unicodes)


def lacking(signs: Iterable[str], face: Path) -> list[str]:
    """The signs that a face does not have."""
    return sorted(sign for sign in set(signs) if ord(sign) not in _signs_of(face))


def rule(family: str, signs: Iterable[str], face: Path) -> str:
    """A rule of CSS that carries the signs as the font of a family; every one of them must be in the face."""
    font = base64.b64encode(_cut(signs, face, ())).decode("ascii")
    return f"@font-face {{font-family: '{family}'; src: url(data:font/ttf;base64,{font}) format('truetype')}}"


def truetype(signs: Iterable[str], face: Path) -> bytes:
    """The signs as a TrueType font under the names of its face; every one of them must be in the face."""
    return _cut(signs, face, NAMES)


def _cut(signs: Iterable[str], face: Path, names: Iterable[int]) -> bytes:
    wanted = hb.SubsetInput()
    wanted.flags |= hb.SubsetFlags.NO_HINTING
    wanted.unicode_set.update(map(ord, signs))
    wanted.name_id_set.clear()
    wanted.name_id_set.update(names)
    wanted.drop_table_tag_set.update(int.from_bytes(tag.encode()) for tag in DROPPED)
    return bytes(hb.subset(_read(face), wanted).blob.data)
