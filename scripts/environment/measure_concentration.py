"""Concentration of the market: Herfindahl-Hirschman index and share of the four largest, exact or as an interval.

HHI = sum of squared shares in percent, 0 to 10000; CR4 = share of the four largest (a fraction in tables). From outlets
both are exact for the providers that were counted, and a proxy: an outlet says nothing of volumes. The home city and
the city it is compared with are measured on the *same* providers: the two types with most outlets, then with the next
type, and so on, where a type enters only when the same providers of it stand in both lists and all were counted in
both. The whole list of a city is measured when every provider in it was looked for; those that the source does not hold
are named, and every share is then an upper bound.

With only some shares known HHI lies in an interval: at least the known part with the rest atomised, at most the rest in
firms as large as the smallest known one, if the known ones are the largest (certain when the rest together is not
larger than the smallest known); else there is no upper bound. A share S of n firms together counts at least S^2 / n.

Classes by the thresholds of the US merger guidelines of 2010 (1500, 2500) and of 2023 (1000, 1800), by name of vintage.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from scripts.environment.shares_known import class_of, cr4, from_shares, hhi
from scripts.lib import tables, values
from scripts.lib.job import InputError, run

COLUMNS = ["basis", "place", "set", "measure", "period", "n_compared", "n_firms", "total", "hhi", "hhi_low", "hhi_high"]
COLUMNS += ["cr4", "cr4_low", "cr4_high", "own_share", "class_2010", "class_2023", "whole", "label_en", "label_zh"]
COLUMNS += ["missing"]
KEY = ["basis", "place", "period", "measure", "set"]
WHOLE = "whole list"


def comparable_types(outlets: pd.DataFrame, cities: Sequence[str]) -> list[str]:
    """Types whose providers are the same in all cities and were all counted there, the most outlets first."""
    part = outlets[outlets["city"].isin(cities)]
    types = []
    for name, rows in part.groupby("type"):
        lists = [tuple(sorted(rows.loc[rows["city"] == city, "label_en"])) for city in cities]
        if len(set(lists)) == 1 and (rows["counted"] == "yes").all() and rows["n"].sum() > 0:
            types.append((-rows["n"].sum(), str(name)))
    return [name for _, name in sorted(types)]


def measure(rows: pd.DataFrame, place: str, name: str, missing: str = "") -> dict[str, Any]:
    """One row of the table from counted outlets."""
    counted = rows[rows["n"] > 0]
    share = (counted["n"] / counted["n"].sum()).to_numpy()
    index = hhi(share)
    own = (counted["own"] == "yes").to_numpy()
    return {
        "basis": "outlets",
        "place": place,
        "set": name,
        "measure": "outlets",
        "n_compared": int(rows["n"].notna().sum()),
        "n_firms": len(counted),
        "total": counted["n"].sum(),
        "hhi": index,
        "hhi_low": index,
        "hhi_high": index,
        "cr4": cr4(share),
        "cr4_low": cr4(share),
        "cr4_high": cr4(share),
        "own_share": share[own].sum() if own.any() else np.nan,
        "class_2010": class_of(index, index, 2010),
        "class_2023": class_of(index, index, 2023),
        "whole": name == WHOLE,
        "label_en": name,
        "label_zh": "全部名单" if name == WHOLE else name,
        "missing": missing,
    }


def from_outlets(outlets: pd.DataFrame, home: str | None, peer: str | None) -> pd.DataFrame:
    """Concentration by city: on the same providers in the two cities, and on the whole list where it was counted."""
    rows = []
    cities = [city for city in (home, peer) if city]
    types = comparable_types(outlets, cities) if len(cities) == 2 else []
    for size in range(min(2, len(types)), len(types) + 1):
        chosen = outlets[outlets["type"].isin(types[:size])]
        rows += [measure(chosen[chosen["city"] == city], city, " + ".join(types[:size])) for city in cities]
    for city, part in outlets.groupby("city"):
        if (part["counted"] != "not counted").all() and part["n"].sum() > 0:
            missing = "; ".join(part.loc[part["counted"] != "yes", "label_en"])
            rows.append(measure(part, str(city), WHOLE, missing))
    return pd.DataFrame(rows, columns=COLUMNS)


def check_cities(outlets: pd.DataFrame, study: str, home: str | None, peer: str | None) -> None:
    """The cities that the study names stand in the outlets."""
    there = sorted(set(outlets["city"]))
    for key, city in (("region.home_city", home), ("region.peer_city", peer)):
        if city and city not in there:
            raise InputError(
                f"study {study}, file config/studies/{study}.yaml, key {key}: found {city!r}; "
                f"allowed: cities of the outlets file ({' | '.join(there)}); correct it"
            )


def sentences(table: pd.DataFrame, home: str | None, peer: str | None) -> dict[str, Any]:
    """The widest comparison of the two cities, as values and a sentence."""
    same = table[(table["basis"] == "outlets") & (table["set"] != WHOLE)]
    if same.empty:
        return {
            "comparison": values.absent(
                "Outlets were not counted alike in two cities, so concentration is compared with no other city.",
                "未在两个城市以相同口径统计网点，因此不与其他城市比较集中度。",
            )
        }
    widest = same[same["n_compared"] == same["n_compared"].max()]["set"].iloc[-1]
    here, there = (same[(same["set"] == widest) & (same["place"] == city)].iloc[0] for city in (home, peer))
    en = (
        f"Among the same {int(here.n_compared)} providers the four largest have {here.cr4:.1%} of the outlets in {home}"
        f" and {there.cr4:.1%} in {peer}; the HHI is {here.hhi:.0f} against {there.hhi:.0f}. "
        "Outlets are a proxy and say nothing of volumes."
    )
    zh = (
        f"在相同的{int(here.n_compared)}家机构中，前四大在{home}占网点的{here.cr4:.1%}，在{peer}占{there.cr4:.1%}；"
        f"HHI为{here.hhi:.0f}对{there.hhi:.0f}。网点仅为替代指标，不反映业务量。"
    )
    return {
        "comparison": {
            "status": "ok",
            "set": widest,
            "home": home,
            "peer": peer,
            "cr4_home": here.cr4,
            "cr4_peer": there.cr4,
            "cr4_difference": here.cr4 - there.cr4,
            "hhi_home": here.hhi,
            "hhi_peer": there.hhi,
            "n_compared": int(here.n_compared),
            "n_home": int(here.n_firms),
            "n_peer": int(there.n_firms),
            "sentence": values.text(en, zh),
        }
    }


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    outlets = tables.read(snakemake.input.outlets)
    shares = tables.read(snakemake.input.shares, text=["period"])
    home, peer = (snakemake.params.region[key] for key in ("home_city", "peer_city"))
    parts = []
    if len(outlets):
        check_cities(outlets, snakemake.params.study, home, peer)
        parts.append(from_outlets(outlets, home, peer))
    if len(shares):
        parts.append(from_shares(shares))
    table = pd.concat([part for part in parts if len(part)] or [tables.empty(COLUMNS)]).reindex(columns=COLUMNS)
    whole = table.astype(dict.fromkeys(["n_compared", "n_firms", "total"], "Int64"))
    tables.write(whole.fillna({"period": "", "missing": ""}), snakemake.output.concentration, KEY)
    if table.empty:
        found = values.absent(
            "This study has no figures on its market's shares or outlets, so concentration is not measured.",
            "本研究没有市场份额或网点数据，因此不测量集中度。",
        )
    else:
        incomplete = table[(table["basis"] == "outlets") & (table["missing"].fillna("") != "")]
        warnings = [
            values.warning(
                "concentration_list_incomplete",
                "caution",
                f"The list of outlets in {row.place} lacks {row.missing}: every share of the list is an upper bound.",
                f"{row.place}的网点名单缺少{row.missing}：名单中的份额均为上限。",
            )
            for row in incomplete.itertuples()
        ]
        found = {
            "n_from_outlets": int((table["basis"] == "outlets").sum()),
            "n_from_shares": int((table["basis"] == "shares").sum()),
            "thresholds": {"2010": [1500, 2500], "2023": [1000, 1800]},
            "warnings": warnings,
        } | sentences(table, home, peer)
    values.write(found, snakemake.output.values)


if __name__ == "__main__":
    run(main, snakemake)
