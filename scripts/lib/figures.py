"""How every figure looks, and how it is written.

A figure is drawn from tables and nothing else, in one pinned face and one palette (shared with the pages), 6.3 inches
wide: the measure of the printed page, so that a point here is a point on paper. It is written as SVG with the rows it
shows as CSV beside it. Text stays text (to be found, and far smaller than outlines), and the file carries the signs it
uses as a font. Word shows no SVG on every machine, so a PNG stands beside it. The bytes depend on the data alone: no
date, no machine's font, a fixed salt for ids.
"""

import io
import warnings
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.text import Text as Label
from PIL import Image

from scripts.lib import subset, tables, values
from scripts.lib.fonts import chinese_face
from scripts.lib.job import InputError
from scripts.lib.labels import cut, text_width, wrap
from scripts.lib.signs import named
from scripts.lib.values import Text

ACCENT, SECOND = "#0F4C5C", "#E36414"
INK, MUTED, LINE, SOFT = "#1B1F22", "#5B666B", "#C9D3D6", "#F1F4F5"
# Told apart under protanopia, deuteranopia and tritanopia, and by lightness in grey print.
CATEGORIES = (ACCENT, SECOND, "#56A3C9", "#B5438C", "#E8CF5A", "#4E8B57")
MARKERS = ("o", "s", "^", "D", "v", "P")
SEQUENTIAL = LinearSegmentedColormap.from_list("sequential", ["#FFFFFF", "#9CC3CC", "#3F8494", ACCENT])
DIVERGING = LinearSegmentedColormap.from_list("diverging", [SECOND, "#F3B88E", "#FFFFFF", "#8DB6C0", ACCENT])

WIDTH, TALLEST = 6.3, 8.6  # inches: measure of the page; its height less a caption
BODY, SMALL = 8.0, 7.5  # points
PRINT, COLOURS = 200, 256  # dots per inch of a PNG, and colours of its palette
HEAD_LINES = 3  # of the name of a column in one language

STYLE: Any = {
    "font.family": ["Noto Sans SC", "DejaVu Sans"],  # the second for the few signs that the first lacks
    "font.size": BODY,
    "axes.labelsize": BODY,
    "axes.titlesize": BODY + 0.5,
    "axes.titlelocation": "left",
    "axes.edgecolor": MUTED,
    "axes.linewidth": 0.6,
    "axes.labelcolor": INK,
    "axes.titlecolor": ACCENT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "text.color": INK,
    "text.parse_math": False,  # a dollar sign in a label is a dollar sign
    "text.hinting": "none",  # or words are broader in the picture than in the SVG, for which the room is measured
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "legend.fontsize": SMALL,
    "legend.frameon": False,
    "grid.color": LINE,
    "grid.linewidth": 0.5,
    "hatch.color": MUTED,
    "hatch.linewidth": 0.5,
    "svg.hashsalt": "major-customer-study",
    "svg.fonttype": "none",
}


@dataclass(frozen=True)
class Drawing:
    """A figure with what belongs to it; without ``figure`` it is absent and ``reason`` says why.

    ``data`` holds exactly the rows shown, ``key`` the columns that identify one of them.
    """

    title: Text
    data: pd.DataFrame
    key: Sequence[str]
    figure: Figure | None = None
    alt: Text | None = None
    reason: Text | None = None


@cache
def _use_style() -> None:
    """Take the style, and only the two pinned faces: a font that the machine happens to have must change nothing."""
    own = Path(mpl.get_data_path())
    manager = font_manager.fontManager
    manager.ttflist = [face for face in manager.ttflist if Path(face.fname).is_relative_to(own)]
    manager.addfont(str(chinese_face()))


def sheet(height: float) -> Figure:
    """An empty figure of the page's width; ``height`` in inches, kept to what a page holds."""
    _use_style()
    mpl.rcParams.update(STYLE)  # seaborn sets some of them when it is imported
    figure = Figure(figsize=(WIDTH, min(max(height, 1.2), TALLEST)), layout="constrained", dpi=100)
    FigureCanvasAgg(figure)
    return figure


def both(en: Any, zh: Any, sep: str = " ") -> str:
    """A label in both languages; a missing one is left out."""
    return sep.join(str(part) for part in (en, zh) if isinstance(part, str) and part)


def row_labels(frame: pd.DataFrame, width: int) -> list[str]:
    """Labels of a table's rows (``label_en``, ``label_zh``) that fit into one line of ``width`` columns.

    Both languages where there is room, else English, else the beginning of the English label: the table beside the
    figure has the whole.
    """
    pairs = list(zip(frame["label_en"], frame["label_zh"], strict=True))
    whole = [both(en, zh) for en, zh in pairs]
    return [
        text if text_width(text) <= width else cut(str(en), width) for text, (en, _) in zip(whole, pairs, strict=True)
    ]


def head_labels(en: Sequence[Any], zh: Sequence[Any], width: int) -> list[str]:
    """Labels of columns, each language wrapped on lines of its own."""
    pairs = zip(en, zh, strict=True)
    return [
        "\n".join(cut(part, width, HEAD_LINES) for part in pair if isinstance(part, str) and part) for pair in pairs
    ]


def percent(value: float, decimals: int = 0) -> str:
    """A share as percent, for labels and alternative texts."""
    return f"{100 * value:.{decimals}f}%"


def names(frame: pd.DataFrame, of: str = "label") -> Text:
    """The labels of a table's rows as a phrase in each language: three of them, and how many more there are."""
    en = [str(label) for label in frame[f"{of}_en"]]
    zh = [other if isinstance(other, str) else label for other, label in zip(frame[f"{of}_zh"], en, strict=True)]
    if len(en) > 3:
        return values.text(f"{', '.join(en[:3])} and {len(en) - 3} more", f"{'、'.join(zh[:3])}等{len(zh)}项")
    phrase = f"{', '.join(en[:-1])} and {en[-1]}" if len(en) > 1 else "".join(en) or "none"
    return values.text(phrase, "、".join(zh) or "无")


def absent(title: Text, columns: Sequence[str], key: Sequence[str], said: Mapping[str, Any] | None = None) -> Drawing:
    """A figure that cannot be drawn; ``said`` are the values of its stage, which give the reason."""
    none = values.text("There is nothing to show here: the table has no rows.", "此处无可显示的内容：数据表为空。")
    told = said or {}
    reason = told.get("reason", none) if told.get("status", "ok") != "ok" else none
    return Drawing(title, tables.empty(columns), key, reason=reason)


def save(figure: Figure, path: str | Path) -> None:
    """Write a figure as SVG; a sign that no pinned face has is an error, because it would print as an empty box.

    Raises
    ------
    InputError
        If a label holds such a sign, or the labels leave no room for the figure.
    """
    drawn, name = io.StringIO(), Path(path).name
    try:
        _draw(figure, drawn, format="svg", metadata={"Date": None, "Creator": None})
    except UserWarning as warning:
        longest = max((label.get_text().replace("\n", " ") for label in figure.findobj(Label)), key=text_width)
        fault = f"{name}: its names leave no room for the figure; the longest is {longest!r}"
        raise InputError(f"{fault}; write it shorter, or with blanks, in the files of the study") from warning
    Path(path).write_text(carry_faces(drawn.getvalue(), name), encoding="utf-8")


def save_picture(figure: Figure, path: str | Path) -> None:
    """Write a figure that was saved as SVG, with the layout it has there, as PNG with a palette and no metadata."""
    drawn = io.BytesIO()
    figure.set_layout_engine("none")
    _draw(figure, drawn, format="rgba", dpi=PRINT)
    width, height = (int(inches * PRINT) for inches in figure.get_size_inches())
    image = Image.frombuffer("RGBA", (width, height), drawn.getvalue()).convert("RGB")
    # The other methods merge a pale fill with the white around it, or leave single colours far away.
    palette = image.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    palette.save(path, format="png", dpi=(PRINT, PRINT))


def _draw(figure: Figure, into: Any, **options: Any) -> None:
    """Draw a figure into a buffer; signs without a face are found in its SVG, with what to do."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        warnings.filterwarnings("error", message="constrained_layout not applied")
        figure.savefig(into, **options)


def carry_faces(svg: str, name: str) -> str:
    """Put the faces of a figure into it, cut to the signs that its texts use.

    Raises
    ------
    InputError
        If no face has a sign of a text.
    """
    signs = set("".join(ElementTree.fromstring(svg).itertext())) - {"\n"}
    faces = {"Noto Sans SC": chinese_face(), "DejaVu Sans": Path(mpl.get_data_path()) / "fonts/ttf/DejaVuSans.ttf"}
    rules = []
    for family, face in faces.items():
        missing = set(subset.lacking(signs, face))
        if signs - missing:
            rules.append(subset.rule(family, signs - missing, face))
        signs = missing
    if signs:
        wrong = ", ".join(named(sign) for sign in sorted(signs))
        raise InputError(f"{name}: no face has {wrong}; replace this sign in the labels of the study")
    return svg.replace('<style type="text/css">', f'<style type="text/css">{"".join(rules)}', 1)


def _sentence(reason: str) -> Figure:
    """A small figure that says a sentence."""
    lines = wrap(reason, 92)
    figure = sheet(0.2 * len(lines.split("\n")) + 0.2)
    figure.text(0.01, 0.97, lines, va="top", color=MUTED)
    return figure


def write(drawings: Mapping[str, Drawing], output: Any) -> None:
    """Write the figures of a rule to its outputs ``<name>_svg``, ``<name>_png``, ``<name>_csv`` and ``values``."""
    said: dict[str, Any] = {}
    for name, drawing in drawings.items():
        svg = Path(output[f"{name}_svg"])
        svg.parent.mkdir(parents=True, exist_ok=True)
        tables.write(drawing.data, output[f"{name}_csv"], key=drawing.key)
        reason = drawing.reason or values.text("", "")
        figure = drawing.figure or _sentence(reason["en"])
        save(figure, svg)
        save_picture(figure, output[f"{name}_png"])
        if drawing.figure is None:
            said[name] = {"title": drawing.title, "alt": reason, "status": "absent", "reason": reason}
        else:
            said[name] = {"title": drawing.title, "alt": drawing.alt, "status": "ok"}
    values.write({"figures": said}, output["values"])
