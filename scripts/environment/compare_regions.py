"""Set the study's region beside its country, its peers and the coast.

Method. Only figures of one measure and one unit stand side by side. For each pair of a home region and another one the
two figures that lie closest are chosen: first pairs that are comparable, then figures whose date is their own (not that
of a web page), then the nearest in time. A figure is *comparable* to its partner when both are of one kind (balance at
a point in time, sum over a year, ...) and of one calendar year; figures dated by a page must come from one source and
one date. A size must also be of one level (province, city, district), as the study declares it, or be the country's, of
which the region is a part; a rate (unit ``%``) and a figure per head are free of size and may stand beside another
level, which is then said. A comparable figure carries the ratio home / other, or for rates the difference in points;
what is not comparable is shown with both years and levels and carries neither.

How far the region is behind stands in ``development.py``.

Says that there is nothing to compare when no measure is known both at home and elsewhere.
"""

from typing import Any

import pandas as pd

from scripts.environment.development import develop, judge
from scripts.lib import tables, values
from scripts.lib.job import run

ROLES = ("home", "country", "peer", "coast")
COLUMNS = ["measure", "label_en", "label_zh", "unit", "region", "region_zh", "role", "level", "period", "period_type"]
COLUMNS += ["value", "source", "quality", "comparable", "ratio", "difference", "note", "note_zh", "caution"]
COLUMNS += ["partner_region", "partner_level", "partner_period", "partner_value"]
KEY = ["measure", "role", "region", "period"]
LEVELS = {"country": "全国", "province": "省", "city": "市", "district": "区", "unknown": "级别未说明"}


def months(period: pd.Series) -> pd.Series:
    """Months since year 0 of a period YYYY or YYYY-MM; a year counts as its end."""
    return period.str[:4].astype(int) * 12 + period.str[5:7].replace("", "12").astype(int)


def free_of_size(frame: pd.DataFrame) -> pd.Series:
    """Rates and figures per head: they do not grow with the region."""
    return frame["unit"].eq("%") | frame["measure"].str.contains("per_head")


def pair(indicators: pd.DataFrame) -> pd.DataFrame:
    """Every home figure with every other figure of its measure and unit, the best pair of each two regions first.

    Parameters
    ----------
    indicators
        Columns measure, unit, role, level, region, period, period_type, value, source, home_order.
    """
    frame = indicators[indicators["role"].isin(ROLES)].assign(month=lambda rows: months(rows["period"]))
    home, other = frame[frame["role"] == "home"], frame[frame["role"] != "home"]
    both = other.merge(home, on=["measure", "unit"], suffixes=("", "_home"))
    dated_by_page = both["period_type"] == "page_date"
    both["same_kind"] = both["period_type"] == both["period_type_home"]
    both["same_year"] = both["period"].str[:4] == both["period_home"].str[:4]
    both["same_level"] = both["level"].eq(both["level_home"]) | both["level"].eq("country") | free_of_size(both)
    one_page = (both["source"] == both["source_home"]) & (both["period"] == both["period_home"])
    timely = both["same_kind"] & both["same_year"] & (~dated_by_page | one_page)
    both["comparable"] = timely & both["same_level"]
    both["apart"] = (both["month"] - both["month_home"]).abs()
    both["by_page"] = (dated_by_page | (both["period_type_home"] == "page_date")) & ~timely
    order = both.assign(worse=~both["comparable"], mixed=~both["same_kind"], crossed=~both["same_level"])
    ranking = ["measure", "region", "worse", "crossed", "by_page", "home_order_home", "mixed", "apart", "period"]
    ordered = order.sort_values([*ranking, "period_home"], kind="stable")
    return ordered.groupby(["measure", "region", "region_home"], sort=False).head(1)


def explain(row: Any) -> tuple[str, str]:
    """Why a figure may or may not be set against its partner, in two languages."""
    there, apart, apart_zh = f"{row.region_home} {row.period_home}", "no difference is formed", "不计算差异"
    levels = f"a {row.level} beside a {row.level_home}"
    levels_zh = f"{LEVELS[row.level]}与{LEVELS[row.level_home]}并列"
    if row.comparable:
        note, note_zh = f"same year as {there}", f"与{there}同年"
        if row.level == row.level_home:
            return note, note_zh
        if row.level == "country":
            return f"{note}; the country, of which the region is a part", f"{note_zh}；全国包含本地区"
        return f"{note}; {levels}", f"{note_zh}；{levels_zh}"
    if not row.same_level:
        return f"{levels} ({there}); {apart}", f"{levels_zh}（{there}）；{apart_zh}"
    if not row.same_kind:
        return f"another kind of figure than {there}; {apart}", f"与{there}口径不同；{apart_zh}"
    if row.same_year:
        return f"dated by its page only, like {there}; {apart}", f"与{there}仅有网页日期；{apart_zh}"
    return f"another year than {there}; {apart}", f"与{there}年份不同；{apart_zh}"


def compare(indicators: pd.DataFrame) -> pd.DataFrame:
    """One row a figure that has a counterpart: those of home, and those of country, peers and coast with their partner.

    A figure of another region stands with its best partner at home; a home figure is there when it is a partner.
    """
    pairs = pair(indicators)
    if pairs.empty:
        return tables.empty(COLUMNS)
    best = pairs.groupby(["measure", "region", "period"], sort=False).head(1)
    notes = [explain(row) for row in best.itertuples()]
    rate = best["unit"] == "%"
    others = best.assign(
        note=[note[0] for note in notes],
        note_zh=[note[1] for note in notes],
        caution=best["note"],
        partner_region=best["region_home"],
        partner_level=best["level_home"],
        partner_period=best["period_home"],
        partner_value=best["value_home"],
        ratio=(best["value_home"] / best["value"]).where(best["comparable"] & ~rate & (best["value"] > 0)),
        difference=(best["value_home"] - best["value"]).where(best["comparable"] & rate),
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
    measures = table["measure"].nunique()
    en = (
        f"Known for the study's region and for somewhere else {'is' if measures == 1 else 'are'} "
        f"{values.count(measures, 'measure', 'measures')}. "
        f"Of {len(others)} figures of other regions {agreeing} {'is' if agreeing == 1 else 'are'} comparable with a "
        "figure of the region (one kind, one year, one level where size matters); for the others no difference is "
        "formed."
    )
    zh = (
        f"共有{measures}个指标同时有本地区和其他地区的数据。其他地区的{len(others)}个数据中，"
        f"{agreeing}个与本地区数据可比（口径、年份一致，规模类指标级别一致）；其余不计算差异。"
    )
    by_role = others.groupby("role")["comparable"].agg(["size", "sum"]).reindex(ROLES[1:], fill_value=0)
    return {
        "n_measures": measures,
        "n_figures": len(others),
        "n_comparable": agreeing,
        "by_role": {role: {"n": n, "n_comparable": good} for role, n, good in by_role.itertuples()},
        "sentence": values.text(en, zh),
    }


def warn(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Regions whose level the study does not declare, because sizes cannot be told apart then."""
    unknown = sorted(set(table.loc[table["level"].eq("unknown"), "region"]))
    if not unknown:
        return []
    return [
        values.warning(
            "regions_without_level",
            "caution",
            f"The study does not say of which level these regions are: {', '.join(unknown)}. A city may stand beside a "
            "province.",
            f"研究未说明以下地区的级别：{'、'.join(unknown)}。可能出现城市与省份并列。",
        )
    ]


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    output, region, settings = snakemake.output, snakemake.params.region, snakemake.params.environment
    indicators = tables.read(snakemake.input.indicators, text=["period", "period_start", "indicator_id"])
    order = {name: position for position, name in enumerate(region["home"])}
    indicators["home_order"] = indicators["region"].map(order).fillna(len(order))
    table = compare(indicators)
    beside = develop(indicators.fillna({"label_zh": ""}), table, settings["development"], region)
    tables.write(table, output.regions, KEY)
    tables.write(beside, output.development, ["position"])
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
        found = summary(table) | {"warnings": warn(table)}
        found["method"] = (
            "pairs of one measure, kind, year and, for sizes, level; behind below "
            f"{settings['underdeveloped']:.0%} of the country's {settings['development']}"
        )
    judged = judge(beside, settings["underdeveloped"])
    values.write(found | {"development": judged}, output.values)


if __name__ == "__main__":
    run(main, snakemake)
