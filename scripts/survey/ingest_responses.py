"""Import the answers and write the questionnaire as tables.

Method. Every cell is checked against the instrument (``scripts/survey/responses.py``); single choices become the key
of the choice, multiple choices one 0/1 column an option, "not applicable" keeps its code, blanks and the export's
codes for skipped questions become missing. Where the study is a subset, only its respondents are kept. An unticked
product matrix is "none" when any of the product questions was answered, and missing when none was. Of several answers
with one token the last counts. The token links an answer to the customer list; nothing else about the sender is kept.

Fails with one line a fault when a cell holds what the instrument does not allow (the Snakefile says so earlier).
"""

import logging
from collections.abc import Sequence
from typing import Any

import pandas as pd

from scripts.lib import tables, values
from scripts.lib.instrument import Instrument, Item, load_instrument
from scripts.lib.job import InputError, run
from scripts.survey.responses import Cell, read_answers

PRODUCT_ROLES = ("holding", "demand")


def latest(rows: Sequence[dict[str, Cell]]) -> tuple[list[dict[str, Cell]], int]:
    """Rows with one answer a token, the last one, and how many earlier answers were left out."""
    last = {row["_token"]: row["_row"] for row in rows if row.get("_token")}
    kept = [row for row in rows if not row.get("_token") or last[row["_token"]] == row["_row"]]
    return kept, len(rows) - len(kept)


def to_frame(rows: Sequence[dict[str, Cell]], instrument: Instrument) -> pd.DataFrame:
    """One row a respondent, in file order: respondent, customer_id, date, seconds, then a column an item or option."""
    product_items = [item for item in instrument.with_role(*PRODUCT_ROLES) if item.type == "multi"]
    records = []
    for number, row in enumerate(rows, start=1):
        record: dict[str, Any] = {
            "respondent": f"R{number:04d}",
            "customer_id": row.get("_token"),
            "date": row.get("_date"),
            "seconds": row.get("_seconds"),
        }
        answered_products = any(row[item.id] is not None for item in product_items)
        for item in instrument.items:
            value = row[item.id]
            if item.type != "multi":
                record[item.id] = value
                continue
            for option in instrument.choices(item):
                ticked = value.get(option.key) if isinstance(value, dict) else None
                none_ticked = 0 if item in product_items and answered_products else None
                record[f"{item.id}__{option.key}"] = none_ticked if ticked is None else ticked
        records.append(record)
    frame = pd.DataFrame.from_records(records)
    whole = [column for column in frame.select_dtypes("number") if (frame[column].dropna() % 1 == 0).all()]
    return frame.astype(dict.fromkeys(whole, "Int64"))


def codebook(instrument: Instrument) -> pd.DataFrame:
    """One row an item, and one a choice of a multiple-choice item: what the columns of the answers mean."""
    rows = []
    for item in instrument.items:
        scale = instrument.scales.get(item.scale) if item.scale else None
        low, high = scale.bounds if scale else (item.min, item.max)
        row = {
            "item": item.id,
            "section": item.section,
            "type": item.type,
            "role": item.role,
            "attribute": item.attribute,
            "aspect": _aspect(item, instrument),
            "construct": next((c.id for c in instrument.constructs if item.id in c.items), None),
            "keyed": -1 if item.keyed == "-" else 1,
            "scale": item.scale,
            "scale_kind": scale.kind if scale else None,
            "scale_min": low,
            "scale_max": high,
            "na_code": scale.na.code if scale and scale.na else None,
            "scope": item.scope,
            "outcome": item.outcome,
            "expected": item.expected,
            "ordered": item.ordered,
            "pair": item.pair,
            "product": None,
            "list_column": item.list_column,
            "label_en": item.text.en,
            "label_zh": item.text.zh,
        }
        rows.append(row)
        for option in instrument.choices(item) if item.type == "multi" else []:
            labels = {"label_en": option.label.en, "label_zh": option.label.zh}
            product = option.key if item.options_ref == "products" else None
            rows.append(row | {"item": f"{item.id}__{option.key}", "product": product} | labels)
    frame = pd.DataFrame(rows)
    frame.insert(0, "position", range(1, len(frame) + 1))
    whole = ["na_code", "expected"]
    return frame.astype(dict.fromkeys(whole, "Int64"))


def _aspect(item: Item, instrument: Instrument) -> str | None:
    if item.aspect or item.attribute is None:
        return item.aspect
    return next(a.aspect for a in instrument.attributes if a.id == item.attribute)


def attributes(instrument: Instrument) -> pd.DataFrame:
    """One row an attribute, with the items that ask for it."""
    aspects = {aspect.id: aspect.label for aspect in instrument.aspects}
    roles = {
        "importance_item": "importance",
        "performance_item": "performance",
        "kano_functional": "kano_functional",
        "kano_dysfunctional": "kano_dysfunctional",
    }
    asked = {(item.attribute, item.role): item.id for item in instrument.items}
    rows = [
        {
            "position": position,
            "attribute": attribute.id,
            "aspect": attribute.aspect,
            "label_en": attribute.label.en,
            "label_zh": attribute.label.zh,
            **{column: asked.get((attribute.id, role)) for column, role in roles.items()},
            "aspect_label_en": aspects[attribute.aspect].en,
            "aspect_label_zh": aspects[attribute.aspect].zh,
            "needs_product": ";".join(attribute.needs_product),
        }
        for position, attribute in enumerate(instrument.attributes, start=1)
    ]
    return pd.DataFrame(rows)


def listing(entries: Sequence[Any], name: str, also: Sequence[str] = ()) -> pd.DataFrame:
    """Aspects, products, sections or constructs as a table in their order."""
    columns = ["position", name, *also, "label_en", "label_zh"]
    rows = []
    for position, entry in enumerate(entries, start=1):
        label = entry.title if hasattr(entry, "title") else entry.label
        extra = [";".join(v) if isinstance(v := getattr(entry, field), list) else v for field in also]
        rows.append([position, entry.id, *extra, label.en, label.zh])
    return pd.DataFrame(rows, columns=columns)


def options(instrument: Instrument) -> pd.DataFrame:
    """One row a choice of a closed question that is not a scale."""
    rows = [
        {
            "item": item.id,
            "position": position,
            "key": option.key,
            "label_en": option.label.en,
            "label_zh": option.label.zh,
        }
        for item in instrument.items
        for position, option in enumerate(instrument.choices(item), start=1)
    ]
    return pd.DataFrame(rows, columns=["item", "position", "key", "label_en", "label_zh"])


def name_bank(frame: pd.DataFrame, bank: dict[str, str]) -> pd.DataFrame:
    """Labels with ``{bank}`` filled, as respondents read them."""
    filled = {
        f"label_{language}": frame[f"label_{language}"].str.replace("{bank}", bank[language], regex=False)
        for language in bank
    }
    return frame.assign(**filled)


def questionnaire(book: pd.DataFrame, sections: pd.DataFrame) -> pd.DataFrame:
    """The questionnaire as respondents read it, for the appendix: one row a question."""
    asked = book[~book["item"].str.contains("__")].copy()
    titles = sections.set_index("section")
    for language in ("en", "zh"):
        asked["section_" + language] = asked["section"].map(titles["label_" + language])
    asked["position"] = range(1, len(asked) + 1)
    return asked[["position", "item", "section_en", "section_zh", "role", "scale", "label_en", "label_zh"]]


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    params, output = snakemake.params, snakemake.output
    instrument = load_instrument(snakemake.input.instrument)
    read = read_answers(snakemake.input.responses, instrument, params.survey, params.bank["zh"])
    if read.faults:
        raise InputError(f"study {params.study}, responses, " + " ;; ".join(read.faults))
    subset = [row for row in read.rows if all(row[item] == value for item, value in params.subset.items())]
    kept, superseded = latest(subset)
    logging.info("%d answers read, %d kept", len(read.rows), len(kept))
    frame = to_frame(kept, instrument)
    book = name_bank(codebook(instrument), params.bank)
    sections = name_bank(listing(instrument.sections, "section", ["seconds"]), params.bank)
    tables.write(frame, output.responses, ["respondent"])
    tables.write(book, output.codebook, ["position"])
    tables.write(attributes(instrument), output.attributes, ["position"])
    tables.write(listing(instrument.aspects, "aspect"), output.aspects, ["position"])
    tables.write(listing(instrument.products, "product", ["group"]), output.products, ["position"])
    tables.write(name_bank(options(instrument), params.bank), output.options, ["item", "position"])
    tables.write(listing(instrument.constructs, "construct", ["items"]), output.constructs, ["position"])
    tables.write(sections, output.sections, ["position"])
    tables.write(questionnaire(book, sections), output.questionnaire, ["position"])
    values.write(
        {
            "n_rows": len(read.rows),
            "n_subset": len(subset),
            "n_superseded": superseded,
            "n_read": len(kept),
            "n_linked": int(frame["customer_id"].notna().sum()),
            "n_items": len(instrument.items),
            "n_attributes": len(instrument.attributes),
            "n_products": len(instrument.products),
            "n_kano_pairs": len(instrument.with_role("kano_functional")),
            "wordings": instrument.wordings,
            "wordings_note": instrument.note.model_dump() if instrument.note else None,
            "na_note": instrument.na_note.model_dump() if instrument.na_note else None,
            "respondent": instrument.respondent.model_dump(),
            "seconds_planned": instrument.seconds,
            "seconds_median": frame["seconds"].median() if frame["seconds"].notna().any() else None,
            "first_date": frame["date"].min() if frame["date"].notna().any() else None,
            "last_date": frame["date"].max() if frame["date"].notna().any() else None,
            "subset": params.subset,
        },
        output.values,
    )


if __name__ == "__main__":
    run(main, snakemake)
