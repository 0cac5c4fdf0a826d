"""Outlets by bank from a list of payment-system codes (联行号) in the public CNAPS layout, for the cities of a study.

The layout, by position under any header: name of the outlet, its code of 12 digits, bank, clearing code of that bank,
city code, city, province, province code. Digits 1 to 3 of a code are the bank's, 4 to 7 the city's. A user downloads
the list and names the cities, each by its four digits or its name in the list; the list itself is not part of a study
here.

Which firm an outlet belongs to. Where code and clearing code begin with the same three digits, the bank named. Where
they differ the bank column names another one: a class of small banks under one heading (``城市商业银行``, clearing code
9999...) or the bank through which a foreign one clears; the firm is then the name of the outlet up to its legal form,
the form left out. An outlet whose name has none is not attributed.

A code is a proxy: clearing centres have one, some outlets have none, and it says nothing of volumes.

Fails with one line a fault for a row that is not of this layout, a code that stands twice, a code whose digits 4 to 7
are not the city's, and a city that the list does not have. Plain Python without pandas: the Snakefile reads with it
before anything runs.
"""

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from scripts.environment.readers import is_own
from scripts.lib.cells import read_cells
from scripts.lib.job import InputError
from scripts.lib.sheet import end_with

LAYOUT = ("name", "code", "bank", "clearing code", "city code", "city", "province", "province code")
FIRM = re.compile(r"(.*?)(股份有限公司|有限责任公司|有限公司|公司)|(.*?(?:联社|联合社|合作社|信用社))|(.*?银行)")
KINDS = ("own code", "by name", "not attributed")


@cache
def firm_by_name(name: str) -> str:
    """The firm inside an outlet's name, without its legal form; blank where there is none."""
    match = FIRM.match(unicodedata.normalize("NFKC", name).replace(" ", ""))
    return next((part for part in (match[1], match[3], match[4]) if part), "") if match else ""


def firm_of(name: str, code: str, bank: str, clearing: str) -> tuple[str, str]:
    """The firm that an outlet belongs to, and how it is known: one of ``KINDS``."""
    if code[:3] == clearing[:3]:
        return re.sub(r"^[A-Z] ", "", unicodedata.normalize("NFKC", bank)), KINDS[0]
    firm = firm_by_name(name)
    return (firm, KINDS[1]) if firm else ("", KINDS[2])


def read_payment_codes(
    path: str, study: str, wanted: Mapping[str, Sequence[str]], bank: Mapping[str, str]
) -> dict[str, list[Any]]:
    """Codes by firm in each of the study's cities: city_key, city, label_zh, kind, n, own.

    Parameters
    ----------
    path, study
        The list, and the study whose file it is.
    wanted
        Cities by the key of the study that names them; several are one place (a city with its counties).
    bank
        Short name of the study's own bank.

    Raises
    ------
    InputError
        If anything is wrong with the list or the cities, one line a fault.
    """
    place = f"study {study}, file {path}"
    try:
        header, rows = read_cells(path)
    except ValueError as error:
        raise InputError(f"{place}, {error}") from error
    allowed = f"eight columns ({', '.join(LAYOUT)})"
    if len(header) != len(LAYOUT):
        raise InputError(f"{place}, row 1: found {len(header)} columns; allowed: {allowed}; export the list as it is")
    if re.fullmatch(r"\d{12}", header[1]):
        raise InputError(f"{place}, row 1: found a code in place of a header; allowed: {allowed}; put a header first")
    end_with([f"{place}, {fault}" for fault in _faults(rows)])
    names = {row[4]: row[5] for row in rows}
    codes = {
        key: [_city(city, names, f"study {study}", key, path) for city in cities] for key, cities in wanted.items()
    }
    key_of = {code: key for key, listed in codes.items() for code in listed}
    counts: dict[str, Counter[tuple[str, str]]] = {key: Counter() for key in wanted}
    for row in rows:
        if row[4] in key_of:
            counts[key_of[row[4]]][firm_of(*row[:4])] += 1
    out: dict[str, list[Any]] = {name: [] for name in ("city_key", "city", "label_zh", "kind", "n", "own")}
    for key, counted in counts.items():
        for (firm, kind), n in sorted(counted.items(), key=lambda item: (-item[1], item[0])):
            cells = (key, names[codes[key][0]], firm, kind, n, is_own("", firm, bank))
            for column, cell in zip(out.values(), cells, strict=True):
                column.append(cell)
    return out


def _faults(rows: Sequence[Sequence[str]]) -> list[str]:
    """What is wrong with single rows. Lists have more than 100,000 of them, so a sound row is passed over quickly."""
    faults: list[str] = []
    first: dict[str, int] = {}
    for number, (name, code, bank, clearing, city_code, city, *_) in enumerate(rows, start=2):
        digits = code + clearing
        sound = len(code) == 12 and len(digits) == 24 and digits.isdecimal() and code[3:7] == city_code
        if sound and name and bank and city and first.setdefault(code, number) == number:
            continue
        if not (len(code) == 12 and code.isdecimal()):
            faults.append(f"row {number}, column code: found {code!r:.40}; allowed: 12 digits; correct it")
        elif not (len(clearing) == 12 and clearing.isdecimal()):
            faults.append(f"row {number}, column clearing code: found {clearing!r:.40}; allowed: 12 digits; correct it")
        elif code[3:7] != city_code:
            faults.append(
                f"row {number}, column city code: found {city_code!r:.40}; allowed: {code[3:7]}, digits 4 to 7 of the "
                "code; correct one of them"
            )
        elif not (name and bank and city):
            faults.append(f"row {number}: found no name, bank or city; allowed: all three; fill them in")
        else:
            found = f"{code}, as in row {first[code]}"
            faults.append(f"row {number}, column code: found {found}; allowed: each code once; remove one of them")
    return faults


def _city(named: str, names: Mapping[str, str], study: str, key: str, path: str) -> str:
    """The code of a city named by code or by name."""
    if named in names:
        return named
    found = [code for code, name in names.items() if name == named]
    if len(found) == 1:
        return found[0]
    near = difflib.get_close_matches(named, [*names, *names.values()], n=3)
    hint = f", such as {' | '.join(near)}" if near else ""
    told = f"{named!r}, the name of {len(found)} cities ({', '.join(sorted(found))})" if found else repr(named)
    raise InputError(
        f"study {study}, file config/studies/{study}.yaml, key region.{key}: found {told}; allowed: four digits or the "
        f"name of a city of {path}{hint}; correct it"
    )
