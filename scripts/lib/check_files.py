"""What is wrong inside the customer, environment and literature files of a study, told before anything runs.

Each file is read by the reader that its job uses (plain Python), and what one file says of another is checked here: an
indicator that a factor rests on, a record that a text cites, a region or city that the study names. So a fault in the
data costs no result that was built.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from scripts.customers.customer_list import read_customers
from scripts.environment.factors import FactorFile, Known, faults_of
from scripts.environment.payment_codes import read_payment_codes
from scripts.environment.readers import compared, read_indicators, read_outlets, read_shares
from scripts.lib.instrument import Instrument
from scripts.lib.job import InputError
from scripts.lib.sheet import BETWEEN, load_model
from scripts.lib.study import FilePath, Study, locate, read_yaml
from scripts.literature.coding import load_code_lists, read_coding, read_searches
from scripts.literature.records import read_both

CNAPS = ("cnaps_home", "cnaps_peer")
TEMPLATES = Path(__file__).parents[2] / "report/chapters"
CONCENTRATION = ("concentration.market", "concentration.value")  # tests that need no answers


def check_data(study: Study, name: str, instrument: Instrument) -> list[str]:
    """Faults of all these files, one line each, without the name of the study."""
    files = study.files
    faults: list[str] = []

    def read(reader: Callable[..., Any], *files_and_more: Any) -> Any:
        """What a reader gives; None when it found faults, which are noted."""
        try:
            return reader(*files_and_more)
        except InputError as error:
            faults.extend(line.removeprefix(f"study {name}, ") for line in str(error).split(BETWEEN))
            return None

    def at(file: FilePath) -> str:
        return str(locate(study, file))

    region, bank = study.region.model_dump(), study.bank.model_dump()
    faults += _check_region(study)
    if files.customers is not None:
        read(read_customers, at(files.customers), name, [product.id for product in instrument.products])
    indicators = read(read_indicators, at(files.indicators), name, region, bank) if files.indicators else None
    if files.institutions is not None:
        read(read_shares, at(files.institutions), name)
    if files.outlets is not None:
        read(read_outlets, at(files.outlets), name, region, bank)
    if files.cnaps is not None:
        read(read_payment_codes, at(files.cnaps), name, {key: region[key] for key in CNAPS}, bank)
    records = read(read_both, at(files.literature), at(files.methods), name, False)
    lists = read(load_code_lists, at(files.topics), name)
    if records is not None:
        keys = {record["key"] for record in records if record["list"] == "literature"}
        for sheet in (files.coding, files.coding_second):
            if lists is not None and sheet is not None:
                read(read_coding, at(sheet), name, lists, keys)
        if files.search_log is not None:
            read(read_searches, at(files.search_log), name, len(keys))
        faults += _check_citations(study, records)
        faults += _check_methods(study, records)
    if files.factors is not None:
        factors = read(load_model, at(files.factors), name, FactorFile)
        if factors is not None and records is not None and (indicators is not None or files.indicators is None):
            known = _known(indicators, records, instrument)
            faults += [f"file {at(files.factors)}, {fault}" for fault in faults_of(factors.factors, known)]
    return faults


def _known(indicators: dict[str, list[Any]] | None, records: Sequence[dict[str, Any]], instrument: Instrument) -> Known:
    """What the evidence of a factor may point to."""
    figures = indicators or {"indicator_id": [], "value": []}
    pairs = zip(figures["indicator_id"], figures["value"], strict=True)
    rated = [attribute.id for attribute in instrument.attributes]
    numbers = [item.id for item in instrument.items if item.type == "number"]
    tests = [f"ipa.{one}" for one in rated] + [f"whitespace.{product.id}" for product in instrument.products]
    return Known(
        indicators={key for key, value in pairs if value == value},  # a missing figure is NaN and carries nothing
        verified={record["key"] for record in records if record["verified"]},
        unverified={record["key"] for record in records if not record["verified"]},
        attributes=rated,
        tests={*tests, *numbers, *CONCENTRATION},
    )


def _check_region(study: Study) -> list[str]:
    """Levels belong to regions that are compared; payment codes and the cities to count in them come together."""
    lists = compared(study.region.model_dump()).items()
    named = sorted({one for key, names in lists for one in names if key != "region.country"})
    faults = [
        f"region.levels: found {one}; allowed: regions that are compared ({' | '.join(named)}); correct the study"
        for one in study.region.levels
        if one not in named
    ]
    if study.files.cnaps is not None and not study.region.cnaps_home:
        faults.append(
            "region.cnaps_home: found nothing; allowed: the own city in the payment codes, by four digits or by name; "
            "add it"
        )
    faults += [
        f"region.{key}: found {', '.join(getattr(study.region, key))}; allowed: nothing without files.cnaps; name the "
        "list of payment codes or remove the key"
        for key in CNAPS
        if getattr(study.region, key) and study.files.cnaps is None
    ]
    return faults


def _check_citations(study: Study, records: Sequence[dict[str, Any]]) -> list[str]:
    """Every work that the study's own words cite was seen in an independent list."""
    verified = {record["key"]: bool(record["verified"]) for record in records}
    path = locate(study, study.files.words)
    words = read_yaml(path)
    faults = []
    for section in ("background", "concepts", "theories"):
        for position, entry in enumerate(words[section], start=1):  # type: ignore[index]
            for key in entry.get("cite", []):
                if key not in verified:
                    told = (
                        f"found {key}; allowed: a key of the literature or methods file; correct it or add the record"
                    )
                elif not verified[key]:
                    told = f"found {key}, seen in no independent list; allowed: verified records; cite another work"
                else:
                    continue
                faults.append(f"file {path}, entry {section}.{position}, cite: {told}")
    return faults


@cache
def _cited_methods() -> list[str]:
    """Keys that the templates of the chapters cite."""
    brackets = [
        found for file in TEMPLATES.rglob("*.j2") for found in re.findall(r"\[@[^]]*]", file.read_text("utf-8"))
    ]
    return sorted({key for bracket in brackets for key in re.findall(r"@([\w-]+)", bracket)})


def _check_methods(study: Study, records: Sequence[dict[str, Any]]) -> list[str]:
    """Every work that the chapters cite for a method is among the records and was seen in an independent list."""
    verified = {record["key"] for record in records if record["verified"]}
    lacking = [key for key in _cited_methods() if key not in verified]
    if not lacking:
        return []
    return [
        f"file {locate(study, study.files.methods)}: found no verified record of {', '.join(lacking)}; allowed: the "
        "works that the chapters cite for their methods; copy the records from the methods file of a study that builds"
    ]
