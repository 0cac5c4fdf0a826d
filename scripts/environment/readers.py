"""Reading a study's figures, strictly: indicators by region, shares by type of institution, outlets by provider.

What the columns mean stands in ``ingest_environment``. Each reader gives its columns as lists, numbers with NaN where
a figure is missing, and ``row``, the row of the file. A unit is that of a measure: the one that most of its figures
carry; another one is a fault. A share lies between 0 and 100 and is sourced or derived; single firms of one region,
period and measure share out at most the whole.

Plain Python without pandas: the Snakefile reads with it before anything runs.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from scripts.lib.job import InputError
from scripts.lib.sheet import BETWEEN, Sheet

INDICATOR = ["indicator_id", "name_en", "name_zh", "region", "region_zh", "period", "period_type", "value", "unit"]
INDICATOR += ["source", "quality"]
INDICATOR_ALSO = ["period_start", "value_as_printed", "unit_as_printed", "note", "input_file"]
SHARE = ["period", "region", "institution_type", "measure", "share_percent", "source", "quality"]
SHARE_ALSO = ["institution_type_zh", "n_institutions", "largest", "derived", "indicator_id", "note"]
OUTLET = ["city", "bank_en", "type", "n_codes"]
OUTLET_ALSO = ["bank_zh", "city_code", "complete", "note"]
PERIOD = r"\d{4}(-(0[1-9]|1[0-2]))?"
PERIOD_TYPES = ("point", "year", "month", "ytd", "average", "page_date")
QUALITIES = ("official", "press", "secondary", "machine-summary", "count", "missing")
UNCOUNTED = ("not counted", "not in file")
ROUNDING = 0.5  # percentage points by which printed shares may add up to more than 100
Columns = dict[str, list[Any]]


def measure_of(indicator_id: str, period: str, period_type: str) -> str | None:
    """The measure inside an indicator's id, or None when the id does not fit its period."""
    ending = period.replace("-", "") + ("_ytd" if period_type == "ytd" else "")
    match = re.fullmatch(rf"[A-Za-z0-9]+_([A-Za-z0-9_]+)_{ending}", indicator_id)
    return match[1] if match else None


def role_of(region: str, study: Mapping[str, Any], bank: Mapping[str, str]) -> str:
    """What a region is to the study."""
    for role, names in (("home", study["home"]), ("peer", study["peers"]), ("coast", study["coast"])):
        if region in names:
            return role
    if region == study["country"]:
        return "country"
    return "own" if bank["en"] in region else "other"


def level_of(region: str, study: Mapping[str, Any]) -> str:
    """Country, province, city or district, as the study declares it; ``unknown`` where it does not."""
    return "country" if region == study["country"] else str(study["levels"].get(region, "unknown"))


def read_indicators(path: str, study: str, region: Mapping[str, Any], bank: Mapping[str, str]) -> Columns:
    """The indicators, checked, with measure, role and level; every region that the study compares has a figure.

    Raises
    ------
    InputError
        If anything is wrong with the file, or with the regions that the study names, one line a fault.
    """
    sheet = Sheet(path, study, INDICATOR, INDICATOR_ALSO)
    columns = sheet.columns
    sheet.filled("indicator_id", "name_en", "region", "period", "period_type", "unit", "quality")
    sheet.unique("indicator_id")
    sheet.one_of("period_type", PERIOD_TYPES)
    sheet.one_of("quality", QUALITIES)
    for column in ("period", "period_start"):
        sheet.matches(column, PERIOD, "YYYY or YYYY-MM")
    value = sheet.number("value")
    measures = []
    for i, row in enumerate(sheet.rows):
        cell = {name: cells[i] for name, cells in columns.items()}
        measures.append(measure_of(cell["indicator_id"], cell["period"], cell["period_type"]) or "")
        if cell["indicator_id"] and not measures[-1]:
            form = "<code>_<measure>_<period without hyphen>, with _ytd where period_type is ytd"
            sheet.fault(row, "indicator_id", repr(cell["indicator_id"]), form, "correct the id or the period")
        if cell["value"] and not cell["source"]:
            sheet.fault(row, "source", "nothing", "where it was seen", "give the source or remove the row")
        if (cell["quality"] == "missing") != (not cell["value"]):
            sheet.fault(row, "value", repr(cell["value"]), "blank exactly where quality is missing", "correct one")
    units: dict[str, Counter[str]] = defaultdict(Counter)
    for name, unit in zip(measures, columns["unit"], strict=True):
        if name and unit:
            units[name][unit] += 1
    for row, name, unit in zip(sheet.rows, measures, columns["unit"], strict=True):
        usual = min(units[name], key=lambda one: (-units[name][one], one)) if units[name] else unit
        if unit and unit != usual:
            allowed = f"{usual!r}, as elsewhere for {name}"
            sheet.fault(row, "unit", repr(unit), allowed, "convert the value or rename the measure in the id")
    sheet.stop()
    _check_regions(set(columns["region"]), path, study, region)
    return columns | {
        "row": list(sheet.rows),
        "value": value,
        "measure": measures,
        "role": [role_of(name, region, bank) for name in columns["region"]],
        "level": [level_of(name, region) for name in columns["region"]],
        "label_en": columns["name_en"],
        "label_zh": columns["name_zh"],
    }


def compared(region: Mapping[str, Any]) -> dict[str, list[str]]:
    """The regions that a study compares, by the key that names them."""
    return {
        "region.home": region["home"],
        "region.peers": region["peers"],
        "region.coast": region["coast"],
        "region.country": [region["country"]] if region["country"] else [],
    }


def _check_regions(there: set[str], path: str, study: str, region: Mapping[str, Any]) -> None:
    """Every region that the study compares has a figure."""
    faults = [
        f"study {study}, file config/studies/{study}.yaml, key {key}: found {name!r}; allowed: regions of {path} "
        f"({' | '.join(sorted(there))}); correct the name or add a figure"
        for key, names in compared(region).items()
        for name in names
        if name not in there
    ]
    if faults:
        raise InputError(BETWEEN.join(faults))


def read_shares(path: str, study: str) -> Columns:
    """Shares by type of institution, as fractions; a missing share is NaN."""
    sheet = Sheet(path, study, SHARE, SHARE_ALSO)
    columns = sheet.columns
    sheet.filled("region", "institution_type", "measure")
    sheet.one_of("quality", QUALITIES)
    sheet.one_of("derived", ["yes", "no"])
    sheet.one_of("largest", ["yes", "no"])
    sheet.matches("period", PERIOD, "YYYY or YYYY-MM")
    share = [percent / 100 for percent in sheet.number("share_percent", 0, 100)]
    n_institutions = sheet.number("n_institutions", 1, whole=True)
    single: dict[tuple[str, ...], list[tuple[int, float]]] = defaultdict(list)
    for i, row in enumerate(sheet.rows):
        cell = {name: cells[i] for name, cells in columns.items()}
        if cell["share_percent"] and not cell["source"] and cell["derived"] != "yes":
            sheet.fault(row, "source", "nothing", "where it was seen", "give the source or remove the row")
        if cell["share_percent"] and not cell["period"]:
            sheet.fault(row, "period", "nothing", "YYYY or YYYY-MM", "say when")
        if n_institutions[i] == 1 and share[i] == share[i]:
            single[cell["region"], cell["period"], cell["measure"]].append((row, share[i]))
    sheet.unique("region", "period", "measure", "institution_type")
    for (where, when, what), parts in single.items():
        total = 100 * sum(part for _, part in parts)
        if total > 100 + ROUNDING:
            found = f"{total:.4g} in all for {what}, {where}, {when}"
            sheet.fault(parts[-1][0], "share_percent", found, "at most 100 over single firms", "correct the shares")
    sheet.stop()
    return columns | {
        "row": list(sheet.rows),
        "share": share,
        "n_institutions": n_institutions,
        "label_en": columns["institution_type"],
        "label_zh": columns["institution_type_zh"],
    }


def read_outlets(path: str, study: str, region: Mapping[str, Any], bank: Mapping[str, str]) -> Columns:
    """Outlets by provider and city; ``counted`` says whether there is a count, and if not why.

    The cities that the study names stand in the file.
    """
    sheet = Sheet(path, study, OUTLET, OUTLET_ALSO)
    columns = sheet.columns
    sheet.filled("city", "bank_en", "type", "n_codes")
    counted = [cell if cell in UNCOUNTED else "yes" for cell in columns["n_codes"]]
    columns["n_codes"] = ["" if cell in UNCOUNTED else cell for cell in columns["n_codes"]]
    n = sheet.number("n_codes", 0, whole=True)
    sheet.unique("city", "bank_en")
    sheet.stop()
    check_cities(columns["city"], study, {f"region.{key}": region[key] for key in ("home_city", "peer_city")})
    own = [is_own(en, zh, bank) for en, zh in zip(columns["bank_en"], columns["bank_zh"], strict=True)]
    names = {"label_en": columns["bank_en"], "label_zh": columns["bank_zh"]}
    return columns | names | {"row": list(sheet.rows), "counted": counted, "n": n, "own": own}


def is_own(en: str, zh: str, bank: Mapping[str, str]) -> bool:
    """Whether a provider is the study's own bank, by its short name."""
    return bool(bank["en"] and bank["en"] in en) or bool(bank["zh"] and bank["zh"] in zh)


def check_cities(there: Sequence[str], study: str, named: Mapping[str, str | None]) -> None:
    """The cities that the study names stand in the outlets."""
    for key, city in named.items():
        if city and city not in there:
            raise InputError(
                f"study {study}, file config/studies/{study}.yaml, key {key}: found {city!r}; "
                f"allowed: cities of the outlets file ({' | '.join(sorted(set(there)))}); correct it"
            )
