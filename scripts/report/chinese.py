"""The Chinese signs of a page as a font of their own, cut out of the pinned face.

A sign that the face lacks is an error: the page would show an empty box.
"""

from pathlib import Path

from scripts.lib import subset
from scripts.lib.job import InputError


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
    signs = {sign for sign in text if is_chinese(sign)}
    if not signs:
        return ""
    wrong = [subset.name(sign) for sign in subset.lacking(signs, face)]
    if wrong:
        raise InputError(f"{face.name} has no {', '.join(wrong[:10])}; write these signs of the study otherwise")
    return subset.woff(signs, face)
