"""Set the study's region beside its country, its peers and the coast.

Method. Only figures of one measure and one unit stand side by side. For each pair of a home region and another one the
two figures that lie closest are chosen: first pairs that are comparable, then figures whose date is their own (not that
of a web page), then the nearest in time. A figure is *comparable* to its partner when both are of one kind (balance at
a point in time, sum over a year, ...) and of one calendar year; figures dated by a page must come from one source and
one date. What is not comparable is shown with both years and carries no difference. No ratio, growth or share is formed
across rows.

Says that there is nothing to compare when no measure is known both at home and elsewhere.
"""

from typing import Any

import pandas as pd

from scripts.lib import tables, values
from scripts.lib.job import run

ROLES = ("home", "country", "peer", "coast")
COLUMNS = ["measure", "label_en", "label_zh", "unit", "region", "region_zh", "role", "period", "value", "source"]
COLUMNS += ["quality", "comparable", "note", "note_zh", "caution", "partner_region", "partner_period", "partner_value"]
KEY = ["measure", "role", "region", "period"]


def months(period: pd.Series) -> pd.Series:
    """Months since year 0 of a period YYYY or YYYY-MM; a year counts as its end."""
    return period.str[:4].astype(int) * 12 + period.str[5:7].replace("", "12").astype(int)


def pair(indicators: pd.DataFrame) -> pd.DataFrame:
    """Every home figure with every other figure of its measure and unit, the best pair of each two regions first.

    Parameters
    ----------
    indicators
        Columns measure, unit, role, region, period, period_type, value, source, home_order.
    """
    frame = indicators[indicators["role"].isin(ROLES)].assign(month=lambda rows: months(rows["period"]))
    home, other = frame[frame["role"] == "home"], frame[frame["role"] != "home"]
    both = other.merge(home, on=["measure", "unit"], suffixes=("", "_home"))
    dated_by_page = both["period_type"] == "page_date"
    both["same_kind"] = both["period_type"] == both["period_type_home"]
    both["same_year"] = both["period"].str[:4] == both["period_home"].str[:4]
    one_page = (both["source"] == both["source_home"]) & (both["period"] == both["period_home"])
    both["comparable"] = both["same_kind"] & both["same_year"] & (~dated_by_page | one_page)
    both["apart"] = (both["month"] - both["month_home"]).abs()
    both["by_page"] = (dated_by_page | (both["period_type_home"] == "page_date")) & ~both["comparable"]
    order = both.assign(worse=~both["comparable"], mixed=~both["same_kind"])
    ranking = ["measure", "region", "worse", "by_page", "home_order_home", "mixed", "apart", "period", "period_home"]
    ordered = order.sort_values(ranking, kind="stable")
    return ordered.groupby(["measure", "region", "region_home"], sort=False).head(1)


def explain(row: Any) -> tuple[str, str]:
    """Why a figure may or may not be set against its partner, in two languages."""
    there = f"{row.region_home} {row.period_home}"
    if row.comparable:
        return f"same year as {there}", f"与{there}同年"
    if not row.same_kind:
        return f"another kind of figure than {there}; no difference is formed", f"与{there}口径不同；不计算差异"
    if row.same_year:
        return f"dated by its page only, like {there}; no difference is formed", f"与{there}仅有网页日期；不计算差异"
    return f"another year than {there}; no difference is formed", f"与{there}年份不同；不计算差异"


def compare(indicators: pd.DataFrame) -> pd.DataFrame:
    """One row a figure that has a counterpart: those of home, and those of country, peers and coast with their partner.

    A figure of another region stands with its best partner at home; a home figure is there when it is a partner.
    """
    pairs = pair(indicators)
    if pairs.empty:
        return tables.empty(COLUMNS)
    best = pairs.groupby(["measure", "region", "period"], sort=False).head(1)
    notes = [explain(row) for row in best.itertuples()]
    others = best.assign(
        note=[note[0] for note in notes],
        note_zh=[note[1] for note in notes],
        caution=best["note"],
        partner_region=best["region_home"],
        partner_period=best["period_home"],
        partner_value=best["value_home"],
    )
    used = pairs[["measure", "region_home", "period_home"]].drop_duplicates()
    used.columns = pd.Index(["measure", "region", "period"])
    home = indicators[indicators["role"] == "home"].merge(used, on=["measure", "region", "period"])
    good = pairs.loc[pairs["comparable"], ["measure", "region_home", "period_home"]]
    agreeing = set(good.itertuples(index=False, name=None))
    marks = [(row.measure, row.region, row.period) in agreeing for row in home.itertuples()]
    home = home.assign(comparable=pd.Series(marks, index=home.index, dtype=bool), caution=home["note"], note=None)
    out = pd.concat([home.reindex(columns=COLUMNS), others.reindex(columns=COLUMNS)])
    return out.astype({"comparable": bool}).drop_duplicates(KEY)


def summary(table: pd.DataFrame) -> dict[str, Any]:
    """Counts and one sentence on what stands side by side."""
    others = table[table["role"] != "home"]
    agreeing = int(others["comparable"].sum())
    en = (
        f"{table['measure'].nunique()} measures are known for the study's region and for somewhere else. "
        f"Of {len(others)} figures of other regions {agreeing} are of the same kind and year as a figure of the "
        "region; the others are shown with both years, and no difference is formed."
    )
    zh = (
        f"共有{table['measure'].nunique()}个指标同时有本地区和其他地区的数据。其他地区的{len(others)}个数据中，"
        f"{agreeing}个与本地区数据口径和年份一致；其余并列年份，不计算差异。"
    )
    by_role = others.groupby("role")["comparable"].agg(["size", "sum"]).reindex(ROLES[1:], fill_value=0)
    return {
        "n_measures": table["measure"].nunique(),
        "n_figures": len(others),
        "n_comparable": agreeing,
        "by_role": {role: {"n": n, "n_comparable": good} for role, n, good in by_role.itertuples()},
        "sentence": values.text(en, zh),
    }


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    indicators = tables.read(snakemake.input.indicators, text=["period", "period_start", "indicator_id"])
    home = snakemake.params.region["home"]
    order = {name: position for position, name in enumerate(home)}
    indicators["home_order"] = indicators["region"].map(order).fillna(len(home))
    table = compare(indicators)
    tables.write(table, snakemake.output.regions, KEY)
    if indicators.empty:
        found = values.absent(
            "This study has no figures on its region, so it is compared with no other.",
            "本研究没有地区统计数据，因此不与其他地区比较。",
        )
    elif table.empty:
        found = values.refused(
            "No figure is known both for the study's region and for another one, so none is compared.",
            "没有同时适用于本地区和其他地区的数据，因此不作比较。",
        )
    else:
        found = summary(table)
    values.write(found, snakemake.output.values)


if __name__ == "__main__":
    run(main, snakemake)
