"""The faces that a page carries: its Chinese signs and the signs of its figures, cut out of the pinned face.

Figures are measured for that face, so their Latin signs are cut out too; the few that it lacks come from a second one.
A sign that no face has is an error: the page would show an empty box.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from scripts.lib import subset
from scripts.lib.job import InputError
from scripts.lib.signs import CHINESE, named


def refuse(lacking: Iterable[str], face: Path) -> None:
    """Raise InputError if a face lacks any sign."""
    if wrong := [named(sign) for sign in sorted(lacking)]:
        raise InputError(f"{face.name} has no {', '.join(wrong[:10])}; write these signs of the study otherwise")


def faces(text: str, figures: str, face: Path, second: Path) -> str:
    """Rules of a style that carry the faces; empty when no sign needs one.

    Parameters
    ----------
    text : the text of the page, whose Chinese signs are set in ``face``.
    figures : the texts of its figures, all of whose signs are.
    second : the face for those signs of the figures that ``face`` lacks.

    Raises
    ------
    InputError
        If the faces lack a sign: the page would show an empty box.
    """
    drawn = {sign for sign in figures if not sign.isspace() or sign == " "}
    signs = set(re.findall(CHINESE, text)) | drawn
    lacking = set(subset.lacking(signs, face))
    refuse((lacking - drawn) | set(subset.lacking(lacking & drawn, second)), face)
    cut = {"Report Chinese": (signs - lacking, face), "Report Signs": (lacking, second)}
    return "".join(f"{subset.rule(family, some, source)}\n" for family, (some, source) in cut.items() if some)
