"""Concentration of the market: Herfindahl-Hirschman index and share of the four largest, exact or as an interval.

HHI = sum of squared shares in percent, 0 to 10000; CR4 = share of the four largest (a fraction in tables). From outlets
both are exact for the providers that were counted, and a proxy: an outlet says nothing of volumes. The home city and
the city it is compared with are measured on the *same* providers: the two types with most outlets, then with the next
type, and so on, where a type enters only when the same providers of it stand in both lists and all were counted in
both. The whole list of a city is measured when every provider in it was looked for; those that the source does not hold
are named, and every share is then an upper bound.

From payment-system codes likewise: the whole list of a city, and both cities on the banks that have a code of their
own, where a bank without an outlet in one city counts as none there. Codes that belong to no known firm make an
interval: at least as if each were a firm of its own, at most as if all were the largest firm's.

With only some shares known HHI lies in an interval: at least the known part with the rest atomised, at most the rest in
firms as large as the smallest known one, if the known ones are the largest (said by the study, or certain when the rest
together is not larger than the smallest known); else there is no upper bound. A share S of n firms together counts at
least S^2 / n.

Classes by the thresholds of the US merger guidelines of 2010 (1500, 2500) and of 2023 (1000, 1800), by name of vintage.
``main`` marks what the report shows: every count of outlets, and of shares the latest that bind most.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from scripts.environment.city_comparison import compare
from scripts.environment.shares_known import THRESHOLDS, class_of, cr4, from_shares, hhi
from scripts.lib import tables, values
from scripts.lib.job import run

COLUMNS = ["basis", "place", "set", "measure", "period", "n_compared", "n_firms", "total", "hhi", "hhi_low", "hhi_high"]
COLUMNS += ["cr4", "cr4_low", "cr4_high", "own_share", "class_2010", "class_2023", "whole", "label_en", "label_zh"]
COLUMNS += ["missing", "main"]
KEY = ["basis", "place", "period", "measure", "set"]
WHOLE = "whole list"
OWN_CODE = "banks with a code of their own"
SETS = {WHOLE: "全部名单", OWN_CODE: "有独立行号的银行"}


def comparable_types(outlets: pd.DataFrame, cities: Sequence[str]) -> list[str]:
    """Types whose providers are the same in all cities and were all counted there, the most outlets first."""
    part = outlets[outlets["city"].isin(cities)]
    types = []
    for name, rows in part.groupby("type"):
        lists = [tuple(sorted(rows.loc[rows["city"] == city, "label_en"])) for city in cities]
        if len(set(lists)) == 1 and (rows["counted"] == "yes").all() and rows["n"].sum() > 0:
            types.append((-rows["n"].sum(), str(name)))
    return [name for _, name in sorted(types)]


def measure(
    counts: pd.DataFrame, basis: str, place: str, name: str, rest: float = 0, missing: str = ""
) -> dict[str, Any]:
    """One row of the table from counts of outlets.

    Parameters
    ----------
    counts
        One row a firm: n, own (yes/no).
    basis, place, name
        Kind of count, where, and which set of firms.
    rest
        Outlets of the place that belong to no known firm.
    missing
        Firms that the source does not hold.
    """
    present = counts[counts["n"] > 0]
    total = present["n"].sum() + rest
    share = (present["n"] / total).to_numpy(dtype=float)
    low, high, own = hhi(share), hhi(share), (present["own"] == "yes").to_numpy()
    highest = np.sort(share)[::-1]
    if rest:
        highest[:1] += rest / total
        high = hhi(highest)
    return {
        "basis": basis,
        "place": place,
        "set": name,
        "measure": "outlets",
        "n_compared": int(counts["n"].notna().sum()),
        "n_firms": len(present),
        "total": total,
        "hhi": low if low == high else np.nan,
        "hhi_low": low,
        "hhi_high": high,
        "cr4": cr4(share) if low == high else np.nan,
        "cr4_low": cr4(share),
        "cr4_high": cr4(highest),
        "own_share": share[own].sum() if own.any() else np.nan,
        "class_2010": class_of(low, high, 2010),
        "class_2023": class_of(low, high, 2023),
        "whole": name == WHOLE,
        "label_en": name,
        "label_zh": SETS.get(name, name),
        "missing": missing,
        "main": True,
    }


def from_outlets(outlets: pd.DataFrame, home: str | None, peer: str | None) -> pd.DataFrame:
    """Concentration by city: on the same providers in the two cities, and on the whole list where it was counted."""
    rows = []
    cities = [city for city in (home, peer) if city]
    types = comparable_types(outlets, cities) if len(cities) == 2 else []
    for size in range(min(2, len(types)), len(types) + 1):
        chosen = outlets[outlets["type"].isin(types[:size])]
        name = " + ".join(types[:size])
        rows += [measure(chosen[chosen["city"] == city], "outlets", city, name) for city in cities]
    for city, part in outlets.groupby("city"):
        if (part["counted"] != "not counted").all() and part["n"].sum() > 0:
            missing = "; ".join(part.loc[part["counted"] != "yes", "label_en"])
            rows.append(measure(part, "outlets", str(city), WHOLE, missing=missing))
    return pd.DataFrame(rows, columns=COLUMNS)


def from_codes(codes: pd.DataFrame) -> pd.DataFrame:
    """Concentration by payment-system codes: the whole list of each city, and the cities on the same banks."""
    firms = codes[codes["kind"] != "not attributed"].rename(columns={"label_zh": "firm"})
    rest = codes[codes["kind"] == "not attributed"].groupby("city_key")["n"].sum()
    named = firms[firms["kind"] == "own code"].groupby(["city_key", "firm"])["n"].sum().unstack("city_key").fillna(0)
    own = firms.groupby("firm")["own"].first()
    rows = []
    for key, part in firms.groupby("city_key"):
        city = str(part["city"].iloc[0])
        if codes["city_key"].nunique() > 1:
            same = pd.DataFrame({"n": named[key], "own": own.reindex(named.index)})
            rows.append(measure(same, "payment codes", city, OWN_CODE))
        whole = part.groupby("firm", as_index=False).agg(n=("n", "sum"), own=("own", "first"))
        rows.append(measure(whole, "payment codes", city, WHOLE, rest=float(rest.get(key, 0))))
    return pd.DataFrame(rows, columns=COLUMNS)


def mark_main(shares: pd.DataFrame) -> pd.DataFrame:
    """``main`` for two rows a place, from the latest period of each measure: the highest bound, and the highest index.

    The first holds where only a part is known, the second where all shares of a set are.
    """
    best = shares.sort_values(["hhi_low", "set", "measure"], ascending=[False, True, True], kind="stable")
    latest = best[best["period"].eq(best.groupby(["place", "measure"])["period"].transform("max"))]
    chosen = latest.groupby(["place", latest["hhi_low"].eq(latest["hhi_high"])]).head(1).index
    return shares.assign(main=shares.index.isin(chosen))


def warn(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Lists of outlets that lack a provider, and codes that belong to no known firm."""
    warnings = [
        values.warning(
            "concentration_list_incomplete",
            "caution",
            f"The list of outlets in {row.place} lacks {row.missing}: every share of the list is an upper bound.",
            f"{row.place}的网点名单缺少{row.missing}：名单中的份额均为上限。",
        )
        for row in table[table["missing"].fillna("") != ""].itertuples()
    ]
    coded = table[(table["basis"] == "payment codes") & (table["set"] == WHOLE)]
    warnings += [
        values.warning(
            "concentration_unattributed",
            "note",
            f"Some payment codes in {row.place} belong to no known firm, so its HHI is an interval: "
            f"{row.hhi_low:.0f} to {row.hhi_high:.0f}.",
            f"{row.place}有部分行号无法归属机构，因此HHI为区间：{row.hhi_low:.0f}至{row.hhi_high:.0f}。",
        )
        for row in coded[coded["hhi_low"] < coded["hhi_high"]].itertuples()
    ]
    return warnings


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, region = snakemake.input, snakemake.params.region
    outlets, codes = tables.read(source.outlets), tables.read(source.payment_codes)
    shares = tables.read(source.shares, text=["period"])
    basis, home, peer = "outlets", region["home_city"], region["peer_city"]
    parts = []
    if len(outlets):
        parts.append(from_outlets(outlets, home, peer))
    if len(codes):
        parts.append(from_codes(codes))
        basis = "payment codes"
        home, peer = (
            next(iter(codes.loc[codes["city_key"] == key, "city"]), None) for key in ("cnaps_home", "cnaps_peer")
        )
    bounded = from_shares(shares)
    if len(bounded):
        parts.append(mark_main(bounded))
    table = pd.concat([part for part in parts if len(part)] or [tables.empty(COLUMNS)]).reindex(columns=COLUMNS)
    whole = table.astype(dict.fromkeys(["n_compared", "n_firms", "total"], "Int64")).astype({"main": bool})
    tables.write(whole.fillna({"period": "", "missing": ""}), snakemake.output.concentration, KEY)
    if table.empty:
        found = values.absent(
            "This study has no figures on its market's shares or outlets, so concentration is not measured.",
            "本研究没有市场份额或网点数据，因此不测量集中度。",
        )
    else:
        found = {
            "n_from_outlets": int((table["basis"] != "shares").sum()),
            "n_from_shares": int((table["basis"] == "shares").sum()),
            "method": "HHI on percent (0..10000) and CR4; bounds where shares are missing; US merger guidelines",
            "thresholds": {str(vintage): limits for vintage, limits in THRESHOLDS.items()},
            "warnings": warn(table),
        } | compare(table, basis, home, peer)
    values.write(found, snakemake.output.values)


if __name__ == "__main__":
    run(main, snakemake)
