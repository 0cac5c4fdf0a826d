"""Reading the answers: a Wenjuanxing export by option text, or a file of codes.

Plain Python without pandas, because the Snakefile reads the answers with it before anything runs: a fault in the
data is told at once and nothing that was built is lost.

Formats. ``wenjuanxing_text``: six leading columns about the answer, then one column a question, headed ``7、text``, a
matrix question one column a row; cells hold the text of the chosen option, several choices joined by ``┋``, and -2 or
-3 where a question was hidden or skipped. ``codes``: the instrument names the header of each column, cells hold codes,
several choices joined by ``;``.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from scripts.lib.cells import read_cells
from scripts.lib.instrument import Instrument, Item

QUESTION = re.compile(r"^\s*(\d+)\s*[、.．]\s*(.*)$", re.DOTALL)
BLANK = {"", "(空)", "(跳过)", "（空）", "（跳过）"}
META_COLUMNS = ("token_column", "seconds_column", "date_column", "id_column")
Cell = int | float | str | dict[str, int] | None


class Answers(NamedTuple):
    """Answers as read: one dict a respondent, and what was wrong, one line a fault."""

    rows: list[dict[str, Cell]]
    faults: list[str]


def locate_columns(
    header: Sequence[str], instrument: Instrument, layout: str, bank: str
) -> tuple[dict[str, int], list[str]]:
    """Where each item stands in the file; faults for those that are not there or carry another text."""
    if layout == "codes":
        places = {name: index for index, name in enumerate(header)}
        texts = dict.fromkeys(places, "")
    else:
        questions: dict[str, list[tuple[int, str]]] = {}
        for index, name in enumerate(header):
            if match := QUESTION.match(name):
                questions.setdefault(match[1], []).append((index, match[2]))
        places, texts = {}, {}
        for question, columns in questions.items():
            for row, (index, text) in enumerate(columns, start=1):
                names = [f"{question}.{row}"] + ([question] if len(columns) == 1 else [])
                for name in names:
                    places[name], texts[name] = index, text
    found, faults = {}, []
    for item in instrument.items:
        if item.column not in places:
            faults.append(
                f"column {item.column} ({item.id}): found no such column; allowed: the {len(places)} columns of the "
                "header; correct `column` in the instrument or export the question as well"
            )
            continue
        found[item.id] = places[item.column]
        wanted = _squeeze(item.text.zh.replace("{bank}", bank))
        if texts[item.column] and wanted not in _squeeze(texts[item.column]):
            faults.append(
                f"column {item.column} ({item.id}): found the text {texts[item.column]!r}; allowed: the text of the "
                f"instrument, {item.text.zh.replace('{bank}', bank)!r}; correct `column` or `text` in the instrument"
                f"{', or `bank` in the study' if '{bank}' in item.text.zh else ''}"
            )
    return found, faults


def _squeeze(text: str) -> str:
    return re.sub(r"\s", "", text)


def codebook(instrument: Instrument, layout: str, bank: str) -> dict[str, dict[str, Cell]]:
    """For each closed item, what a cell may hold and which value it becomes."""
    allowed: dict[str, dict[str, Cell]] = {}
    for item in instrument.items:
        scale = instrument.scales.get(item.scale) if item.scale else None
        if item.type in ("likert", "kano") and scale is not None:
            points = scale.points + ([scale.na] if scale.na else [])
            allowed[item.id] = {p.label.zh if layout != "codes" else str(p.code): p.code for p in points}
        elif item.type in ("single", "multi"):
            allowed[item.id] = {
                o.label.zh.replace("{bank}", bank) if layout != "codes" else o.code: o.key
                for o in instrument.choices(item)
            }
    return allowed


def read_answers(path: str | Path, instrument: Instrument, survey: dict[str, Any], bank: str) -> Answers:
    """Read and check every cell of the answers.

    Parameters
    ----------
    path
        The file of responses.
    instrument
        The questionnaire.
    survey
        The study's ``survey`` settings: layout and the columns about the answer.
    bank
        What fills ``{bank}`` in the Chinese texts.

    Returns
    -------
    Answers
        Rows with ``_row`` (line of the file), ``_token``, ``_seconds``, ``_date``, ``_id`` and one value an item:
        a code, the key of a choice, a dict of 0/1 by choice, a text, or None where nothing was answered.
    """
    try:
        header, lines = read_cells(path)
    except (ValueError, OSError) as error:
        return Answers([], [str(error)])
    places, faults = locate_columns(header, instrument, survey["layout"], bank)
    meta = {}
    for name in META_COLUMNS:
        if survey[name] is None:
            continue
        if survey[name] in header:
            meta[name] = header.index(survey[name])
        else:
            faults.append(
                f"column {survey[name]}: found no such column; allowed: one of {header[:6]} ...; "
                f"correct survey.{name} in the study"
            )
    if faults:
        return Answers([], faults)
    closed = codebook(instrument, survey["layout"], bank)
    blank = BLANK | {str(code) for code in instrument.missing_codes}
    rows = []
    for number, line in enumerate(lines, start=2):
        row: dict[str, Cell] = {"_row": number}
        for item in instrument.items:
            cell = line[places[item.id]].strip()
            try:
                row[item.id] = None if cell in blank else _decode(item, cell, closed.get(item.id, {}), instrument)
            except ValueError as error:
                faults.append(f"row {number}, column {header[places[item.id]]!r} ({item.id}): {error}")
        for name, index in meta.items():
            try:
                row[f"_{name.removesuffix('_column')}"] = _decode_meta(name, line[index].strip())
            except ValueError as error:
                faults.append(f"row {number}, column {header[index]!r}: {error}")
        rows.append(row)
    return Answers(rows, faults)


def _decode(item: Item, cell: str, allowed: dict[str, Cell], instrument: Instrument) -> Cell:
    """Value of one cell; raises ValueError with what was found, what is allowed and what to do."""
    if item.type == "text":
        return cell
    if item.type == "number":
        return _number(item, cell, instrument)
    if item.type == "multi":
        chosen = [part.strip() for part in re.split("[┋;]", cell) if part.strip()]
        for part in chosen:
            if part not in allowed:
                raise ValueError(_unknown(part, allowed))
        picked = {allowed[part] for part in chosen}
        return {str(key): int(key in picked) for key in allowed.values()}
    plain = cell.split("〖")[0].strip()  # Wenjuanxing appends the text typed beside "other" in these brackets
    if plain.endswith(".0") and plain.removesuffix(".0").isdigit():
        plain = plain.removesuffix(".0")
    if plain not in allowed:
        raise ValueError(_unknown(cell, allowed))
    return allowed[plain]


def _unknown(found: str, allowed: dict[str, Cell]) -> str:
    return f"found {found!r}; allowed: {' | '.join(allowed)}; correct the answer or add it to the instrument"


def _number(item: Item, cell: str, instrument: Instrument) -> float:
    scale = instrument.scales.get(item.scale) if item.scale else None
    low, high = (item.min, item.max) if scale is None else scale.bounds
    limits = f"a number from {low:g} to {high:g}" if low is not None and high is not None else "a number"
    try:
        value = float(cell.rstrip("%"))
    except ValueError:
        raise ValueError(f"found {cell!r}; allowed: {limits}; correct the answer or leave it blank") from None
    if scale is not None and scale.na is not None and (value == scale.na.code):
        return value
    if (low is not None and value < low) or (high is not None and value > high):
        raise ValueError(f"found {cell!r}; allowed: {limits}; correct the answer or leave it blank")
    return value


def _decode_meta(name: str, cell: str) -> Cell:
    if name == "seconds_column":
        digits = cell.removesuffix("秒")
        if not digits.isdigit():
            raise ValueError(f"found {cell!r}; allowed: whole seconds such as 703秒; correct or drop survey.{name}")
        return int(digits)
    if name == "date_column":
        match = re.match(r"(\d{4})[/-](\d{1,2})[/-](\d{1,2})", cell)
        if not match:
            raise ValueError(f"found {cell!r}; allowed: a date such as 2026/5/12 10:31; correct or drop survey.{name}")
        return f"{match[1]}-{int(match[2]):02d}-{int(match[3]):02d}"
    return cell
