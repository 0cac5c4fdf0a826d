"""The synthetic files in the layouts that the import reads: a Wenjuanxing export by text, and a customer list."""

import csv
import io
from typing import Any

import numpy as np
import pandas as pd

from scripts.lib.instrument import Instrument, Item
from scripts.synthetic.blemishes import HIDDEN
from scripts.synthetic.draws import exact, stream

Simulation = dict[str, Any]
META = ["序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP"]
SKIPPED_CODE, HIDDEN_CODE = "-3", "-2"
DUMMY_NETS = ("192.0.2", "198.51.100", "203.0.113")  # reserved for documentation (RFC 5737)


def header(instrument: Instrument, bank: str) -> list[str]:
    """Column heads: ``7、text``, a matrix row ``7、title—text``; the title of a matrix is that of its section."""
    titles = {section.id: section.title.zh for section in instrument.sections}
    heads = []
    for item in instrument.items:
        question, _, row = item.column.partition(".")
        text = f"{titles[item.section]}—{item.text.zh}" if row else item.text.zh
        heads.append(f"{question}、{text.replace('{bank}', bank)}")
    return META + heads


def cell(item: Item, value: Any, instrument: Instrument, bank: str) -> str:
    """One answer as the export writes it.

    Not answered: -3, but an empty cell in a question where one types; no tick in a multiple choice: an empty cell; a
    question that was not shown: -2.
    """
    if value is None:
        return "" if item.type in ("number", "text") else SKIPPED_CODE
    if isinstance(value, str) and value == HIDDEN:
        return HIDDEN_CODE
    if item.type in ("single", "multi"):
        labels = {option.key: option.label.zh.replace("{bank}", bank) for option in instrument.choices(item)}
        return labels[value] if item.type == "single" else "┋".join(labels[key] for key in value)
    if item.type in ("likert", "kano"):
        scale = instrument.scales[str(item.scale)]
        points = scale.points + ([scale.na] if scale.na else [])
        return {point.code: point.label.zh for point in points}[int(value)]
    return str(int(value))


def responses_csv(
    answers: pd.DataFrame,
    respondents: pd.DataFrame,
    seconds: pd.Series,
    simulation: Simulation,
    instrument: Instrument,
    bank: str,
) -> str:
    """The answers in order of their arrival."""
    waves, rng = simulation["response"]["waves"], stream(simulation["seed"], "arrival")
    first, last = waves["hours"]
    moment = rng.integers(first * 3600, last * 3600, len(answers))
    channel = exact(simulation["response"]["channel"]["shares"], len(answers), rng)
    days = respondents["response_date"].to_numpy(dtype=str)
    order = np.lexsort((moment, days))
    rows = []
    for number, place in enumerate(order, start=1):
        year, month, day = (int(part) for part in str(days[place]).split("-"))
        hour, rest = divmod(int(moment[place]), 3600)
        net, host = divmod(number - 1, 254)
        meta = [
            str(number),
            f"{year}/{month}/{day} {hour}:{rest // 60:02d}:{rest % 60:02d}",
            f"{seconds.iloc[place]}秒",
            str(channel[place]),
            str(respondents["customer_id"].iloc[place]),
            f"{DUMMY_NETS[net % len(DUMMY_NETS)]}.{host + 1}",
        ]
        given = answers.iloc[place]
        rows.append(meta + [cell(item, given[item.id], instrument, bank) for item in instrument.items])
    return _table([header(instrument, bank), *rows])


def customers_csv(frame: pd.DataFrame, schema: dict[str, Any], instrument: Instrument) -> str:
    """The customer list: columns of the schema that may enter the pipeline, then ``prod__<product>``; flags as 0/1."""
    columns = [column["name"] for column in schema["customers"]["columns"] if column["confidential"] != "secret"]
    columns += [f"prod__{product.id}" for product in instrument.products]
    rows = []
    for values in frame[columns].itertuples(index=False):
        rows.append([_plain(value) for value in values])
    return _table([columns, *rows])


def _plain(value: Any) -> str:
    if value is None or value is pd.NA:
        return ""
    if isinstance(value, (bool, np.bool_)):
        return str(int(value))
    if isinstance(value, (float, np.floating)):
        return f"{value + 0.0:.2f}".rstrip("0").rstrip(".")
    return str(value)


def _table(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
