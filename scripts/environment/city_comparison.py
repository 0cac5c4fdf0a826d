"""The concentration of one city's market against that of another, counted in outlets."""

from typing import Any

import pandas as pd

from scripts.lib import values


def compare(table: pd.DataFrame, basis: str, home: str | None, peer: str | None) -> dict[str, Any]:
    """The widest comparison of the two cities, as values and a sentence."""
    same = table[(table["basis"] == basis) & ~table["whole"]]
    if same.empty:
        return {
            "comparison": values.absent(
                "Outlets were not counted alike in two cities, so concentration is compared with no other city.",
                "未在两个城市以相同口径统计网点，因此不与其他城市比较集中度。",
            )
        }
    widest = same[same["n_compared"] == same["n_compared"].max()]["set"].iloc[-1]
    here, there = (same[(same["set"] == widest) & (same["place"] == city)].iloc[0] for city in (home, peer))
    fewer = [(city, int(row.n_firms)) for city, row in ((home, here), (peer, there)) if row.n_firms < row.n_compared]
    present = f" (of them {', '.join(f'{count} in {city}' for city, count in fewer)})" if fewer else ""
    present_zh = f"（其中{'，'.join(f'{city}有{count}家' for city, count in fewer)}）" if fewer else ""
    en = (
        f"Among the same {int(here.n_compared)} providers{present} the four largest have {here.cr4:.1%} of the outlets "
        f"in {home} and {there.cr4:.1%} in {peer}; the HHI is {here.hhi:.0f} against {there.hhi:.0f}. "
        "Outlets are a proxy and say nothing of volumes."
    )
    zh = (
        f"在相同的{int(here.n_compared)}家机构{present_zh}中，前四大在{home}占网点的{here.cr4:.1%}，"
        f"在{peer}占{there.cr4:.1%}；HHI为{here.hhi:.0f}对{there.hhi:.0f}。网点仅为替代指标，不反映业务量。"
    )
    return {
        "comparison": {
            "status": "ok",
            "basis": basis,
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
