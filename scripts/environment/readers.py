"""Reading a study's figures: indicators by region, shares by type of institution, outlets by provider.

What the columns mean and which faults are told stands in ``ingest_environment``. Each reader gives a frame whose index
is the row in the file and whose missing figures are missing.
"""

import re
from typing import Any

import pandas as pd

from scripts.lib.job import InputError
from scripts.lib.sheet import Sheet

INDICATOR = ["indicator_id", "name_en", "name_zh", "region", "region_zh", "period", "period_type", "value", "unit"]
INDICATOR += ["source", "quality"]
INDICATOR_ALSO = ["period_start", "value_as_printed", "unit_as_printed", "note", "input_file"]
SHARE = ["period", "region", "institution_type", "measure", "share_percent", "source", "quality"]
SHARE_ALSO = ["institution_type_zh", "n_institutions", "derived", "indicator_id", "note"]
OUTLET = ["city", "bank_en", "type", "n_codes"]
OUTLET_ALSO = ["bank_zh", "city_code", "complete", "note"]
PERIOD = r"\d{4}(-(0[1-9]|1[0-2]))?"
PERIOD_TYPES = ("point", "year", "month", "ytd", "average", "page_date")
QUALITIES = ("official", "press", "secondary", "machine-summary", "count", "missing")
UNCOUNTED = ("not counted", "not in file")
ROUNDING = 0.5  # percentage points by which printed shares may add up to more than 100


def measure_of(indicator_id: str, period: str, period_type: str) -> str | None:
    """The measure inside an indicator's id, or None when the id does not fit its period."""
    ending = period.replace("-", "") + ("_ytd" if period_type == "ytd" else "")
    match = re.fullmatch(rf"[A-Za-z0-9]+_([A-Za-z0-9_]+)_{ending}", indicator_id)
    return match[1] if match else None


def role_of(region: str, study: dict[str, Any], bank: dict[str, str]) -> str:
    """What a region is to the study."""
    for role, names in (("home", study["home"]), ("peer", study["peers"]), ("coast", study["coast"])):
        if region in names:
            return role
    if region == study["country"]:
        return "country"
    return "own" if bank["en"] in region else "other"


def read_indicators(path: str, study: str, region: dict[str, Any], bank: dict[str, str]) -> pd.DataFrame:
    """The indicators, checked, with measure and role; a missing value is missing."""
    sheet = Sheet(path, study, INDICATOR, INDICATOR_ALSO)
    frame = sheet.frame
    for column in ("indicator_id", "name_en", "region", "unit", "period_type", "quality"):
        sheet.filled(column)
    sheet.unique("indicator_id")
    sheet.one_of("period_type", PERIOD_TYPES)
    sheet.one_of("quality", QUALITIES)
    for column in ("period", "period_start"):
        sheet.matches(column, PERIOD, "YYYY or YYYY-MM")
    value = sheet.number("value")
    frame["measure"] = ""
    for row in frame.itertuples():
        measure = measure_of(row.indicator_id, row.period, row.period_type)
        if measure is None and row.indicator_id:
            form = "<code>_<measure>_<period without hyphen>, with _ytd where period_type is ytd"
            sheet.fault(row.Index, "indicator_id", repr(row.indicator_id), form, "correct the id or the period")
        frame.loc[row.Index, "measure"] = measure or ""
        if not row.source and row.value:
            sheet.fault(row.Index, "source", "nothing", "where it was seen", "give the source or remove the row")
        if (row.quality == "missing") != (not row.value):
            sheet.fault(row.Index, "value", repr(row.value), "blank exactly where quality is missing", "correct one")
    units = frame[frame["measure"] != ""].groupby("measure")["unit"].agg(lambda unit: unit.mode()[0])
    for row in frame[frame["measure"] != ""].itertuples():
        if row.unit and row.unit != units[row.measure]:
            allowed = f"{units[row.measure]!r}, as elsewhere for {row.measure}"
            sheet.fault(row.Index, "unit", repr(row.unit), allowed, "convert the value or rename the measure in the id")
    sheet.stop()
    frame["value"] = value
    frame["role"] = [role_of(name, region, bank) for name in frame["region"]]
    return frame.rename(columns={"name_en": "label_en", "name_zh": "label_zh"})


def check_regions(frame: pd.DataFrame, path: str, study: str, region: dict[str, Any]) -> None:
    """Every region that the study compares has a figure."""
    named = {
        "region.home": region["home"],
        "region.peers": region["peers"],
        "region.coast": region["coast"],
        "region.country": [region["country"]] if region["country"] else [],
    }
    there = sorted(set(frame["region"]))
    faults = [
        f"study {study}, file config/studies/{study}.yaml, key {key}: found {name!r}; allowed: regions of {path} "
        f"({' | '.join(there)}); correct the name or add a figure"
        for key, names in named.items()
        for name in names
        if name not in there
    ]
    if faults:
        raise InputError(" ;; ".join(faults))


def read_shares(path: str, study: str) -> pd.DataFrame:
    """Shares by type of institution, as fractions; a missing share is missing."""
    sheet = Sheet(path, study, SHARE, SHARE_ALSO)
    frame = sheet.frame
    for column in ("region", "institution_type", "measure"):
        sheet.filled(column)
    sheet.one_of("quality", QUALITIES)
    sheet.one_of("derived", ["yes", "no"])
    sheet.matches("period", PERIOD, "YYYY or YYYY-MM")
    frame["share"] = sheet.number("share_percent", 0, 100) / 100
    frame["n_institutions"] = sheet.number("n_institutions", 1, whole=True)
    for row in frame.itertuples():
        if row.share_percent and not row.source and row.derived != "yes":
            sheet.fault(row.Index, "source", "nothing", "where it was seen", "give the source or remove the row")
        if row.share_percent and not row.period:
            sheet.fault(row.Index, "period", "nothing", "YYYY or YYYY-MM", "say when")
    whole = ["region", "period", "measure", "institution_type"]
    for index in frame.index[frame.duplicated(whole)]:
        found = repr(frame.loc[index, "institution_type"])
        sheet.fault(index, "institution_type", found, "each type once a region, period and measure", "remove one")
    single = frame[frame["n_institutions"] == 1]
    for (region, period, measure), part in single.groupby(["region", "period", "measure"]):
        total = 100 * part["share"].sum()
        if total > 100 + ROUNDING:
            found = f"{total:.4g} in all for {measure}, {region}, {period}"
            allowed = "at most 100 over single firms"
            sheet.fault(int(part.index[-1]), "share_percent", found, allowed, "correct the shares")
    sheet.stop()
    frame["position"] = range(1, len(frame) + 1)
    return frame.rename(columns={"institution_type": "label_en", "institution_type_zh": "label_zh"})


def read_outlets(path: str, study: str, bank: dict[str, str]) -> pd.DataFrame:
    """Outlets by provider and city; ``counted`` says whether there is a count, and if not why."""
    sheet = Sheet(path, study, OUTLET, OUTLET_ALSO)
    frame = sheet.frame
    for column in ("city", "bank_en", "type", "n_codes"):
        sheet.filled(column)
    words = frame["n_codes"].isin(UNCOUNTED)
    frame["counted"] = frame["n_codes"].where(words, "yes")
    frame["n_codes"] = frame["n_codes"].mask(words, "")
    frame["n"] = sheet.number("n_codes", 0, whole=True)
    for index in frame.index[frame.duplicated(["city", "bank_en"])]:
        sheet.fault(index, "bank_en", repr(frame.loc[index, "bank_en"]), "each once a city", "remove one of them")
    sheet.stop()
    frame["own"] = [
        bool(bank["en"] and bank["en"] in en) or bool(bank["zh"] and bank["zh"] in zh)
        for en, zh in zip(frame["bank_en"], frame["bank_zh"], strict=True)
    ]
    frame["position"] = range(1, len(frame) + 1)
    return frame.rename(columns={"bank_en": "label_en", "bank_zh": "label_zh"})
