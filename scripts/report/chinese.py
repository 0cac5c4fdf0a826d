"""The Chinese signs of a page as a font of their own, cut out of the pinned face.

A sign that the face lacks is an error: the page would show an empty box.
"""

import base64
import io
import logging
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from scripts.lib.job import InputError

logging.getLogger("fontTools").setLevel(logging.WARNING)


def is_chinese(sign: str) -> bool:
    """Whether a sign is set in the Chinese face: ideographs, their punctuation, full-width forms."""
    return (
        "\u2e80" <= sign <= "\u9fff"
        or "\uf900" <= sign <= "\ufaff"
        or "\ufe30" <= sign <= "\uffef"
        or sign > "\U0001ffff"
    )


def embedded(text: str, face: Path) -> str:
    """The Chinese signs of ``text`` as a WOFF font, in base64; empty when there is none.

    Raises
    ------
    InputError
        If the face lacks a sign: the page would show an empty box.
    """
    signs = sorted({sign for sign in text if is_chinese(sign)})
    if not signs:
        return ""
    options = subset.Options()
    options.flavor, options.hinting, options.recalc_timestamp = "woff", False, False
    options.layout_features, options.name_IDs = [], []
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx"]
    font = subset.load_font(str(face), options, lazy=True)
    refuse_missing(signs, font, face)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[ord(sign) for sign in signs])
    subsetter.subset(font)
    buffer = io.BytesIO()
    subset.save_font(font, buffer, options)
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def refuse_missing(signs: list[str], font: TTFont, face: Path) -> None:
    """Raise an InputError that lists the signs which the face lacks."""
    there = font.getBestCmap()
    lacking = [f"{sign} (U+{ord(sign):04X})" for sign in signs if ord(sign) not in there]
    if lacking:
        raise InputError(f"{face.name} has no {', '.join(lacking[:10])}; write these signs of the study otherwise")
