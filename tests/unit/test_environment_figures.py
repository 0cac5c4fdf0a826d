"""Environment: reading figures, comparing regions, concentration."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.environment.compare_regions import compare, warn
from scripts.environment.development import develop, judge
from scripts.environment.ingest_environment import missing_figures, table_of
from scripts.environment.measure_concentration import WHOLE, comparable_types, from_outlets, mark_main
from scripts.environment.readers import level_of, measure_of, read_indicators, read_outlets, read_shares, role_of
from scripts.environment.shares_known import class_of, cr4, from_shares, hhi, hhi_bounds, known_are_largest
from scripts.lib.job import InputError

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "concentration.json").read_text(encoding="utf-8"))
REGION = {"home": ["Hill"], "peers": ["Dale"], "coast": ["Bay"], "country": "Land"}
REGION |= {"levels": {"Hill": "province", "Dale": "province", "Bay": "province", "Hilltown": "city"}}
ALONE = {"home": ["Hill"], "peers": [], "coast": [], "country": None, "levels": {}, "home_city": "H", "peer_city": None}
BANK = {"en": "Own House", "zh": "本行"}
HEADER = "indicator_id,name_en,name_zh,region,region_zh,period,period_type,value,unit,source,quality,note\n"
GDP = "H_gdp_2020,GDP,,Hill,,2020,year,10,EUR,a page,official,\n"


def write(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_id_of_an_indicator_holds_its_measure() -> None:
    assert measure_of("H_gdp_per_head_2020", "2020", "year") == "gdp_per_head"
    assert measure_of("H_loans_202003_ytd", "2020-03", "ytd") == "loans"
    assert measure_of("H_loans_202003", "2020-06", "point") is None


def test_a_region_has_one_role() -> None:
    roles = [role_of(name, REGION, BANK) for name in ("Hill", "Dale", "Bay", "Land", "Own House (group)", "Else")]
    assert roles == ["home", "peer", "coast", "country", "own", "other"]


def test_indicators_are_read_with_measure_role_and_level(tmp_path: Path) -> None:
    out = table_of(read_indicators(write(tmp_path / "i.csv", HEADER + GDP), "x", ALONE, BANK))
    assert out.loc[0, ["row", "measure", "role", "level", "value"]].tolist() == [2, "gdp", "home", "unknown", 10.0]
    assert [level_of(name, REGION) for name in ("Hilltown", "Land", "Elsewhere")] == ["city", "country", "unknown"]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("H_gdp_2020,GDP,,Hill,,2020,year,ten,EUR,p,official,\n", "column value: found 'ten'; allowed: a number"),
        ("H_gdp_2020,GDP,,Hill,,2020,year,10,EUR,,official,\n", "column source: found nothing"),
        ("H_gdp_2020,GDP,,Hill,,2020,year,10,,p,official,\n", "column unit: found nothing"),
        ("H_gdp_2020,GDP,,Hill,,2020,year,,EUR,p,official,\n", "blank exactly where quality is missing"),
        ("H_gdp_2020,GDP,,Hill,,2020,decade,10,EUR,p,official,\n", "column period_type: found 'decade'"),
        ("H_gdp_2021,GDP,,Hill,,2020,year,10,EUR,p,official,\n", "column indicator_id: found 'H_gdp_2021'"),
        (GDP + "B_gdp_2020,GDP,,Bay,,2020,year,10,USD,p,official,\n", "column unit: found 'USD'"),
        (GDP + GDP, "column indicator_id: found 'H_gdp_2020', as in row 2"),
    ],
)
def test_faults_of_indicators_name_row_and_column(tmp_path: Path, rows: str, told: str) -> None:
    with pytest.raises(InputError) as fault:
        read_indicators(write(tmp_path / "i.csv", HEADER + rows), "x", ALONE, BANK)
    assert told in str(fault.value)
    assert "study x, file" in str(fault.value)
    assert "\n" not in str(fault.value)


def test_a_missing_or_unknown_column_and_an_unreadable_file_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="column unit: found no such column"):
        read_indicators(write(tmp_path / "a.csv", HEADER.replace("unit,", "")), "x", ALONE, BANK)
    with pytest.raises(InputError, match="column colour: found an unknown column"):
        read_indicators(write(tmp_path / "b.csv", "colour," + HEADER), "x", ALONE, BANK)
    (tmp_path / "c.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not UTF-8 text"):
        read_indicators(str(tmp_path / "c.csv"), "x", ALONE, BANK)


def test_a_region_of_the_study_needs_a_figure(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"key region\.peers: found 'Dale'; allowed: regions of .*i\.csv \(Hill\)"):
        read_indicators(write(tmp_path / "i.csv", HEADER + GDP), "x", REGION, BANK)


SHARE_HEADER = "period,region,institution_type,measure,share_percent,n_institutions,derived,source,quality,note\n"


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("2020,Hill,large,assets,101,4,no,p,press,\n", "column share_percent: found '101'; allowed: a number from 0"),
        ("2020,Hill,large,assets,40,4,no,,press,\n", "column source: found nothing"),
        ("2020,Hill,A,assets,60,1,no,p,press,\n2020,Hill,B,assets,50,1,no,p,press,\n", "found 110 in all for assets"),
        (
            "2020,Hill,A,assets,60,1,no,p,press,\n2020,Hill,A,assets,50,1,no,p,press,\n",
            "as in row 2; allowed: once each",
        ),
        (",Hill,A,assets,60,1,no,p,press,\n", "column period: found nothing"),
    ],
)
def test_faults_of_shares(tmp_path: Path, rows: str, told: str) -> None:
    with pytest.raises(InputError) as fault:
        read_shares(write(tmp_path / "s.csv", SHARE_HEADER + rows), "x")
    assert told in str(fault.value)


def test_missing_figures_say_what_to_supply(tmp_path: Path) -> None:
    shares = read_shares(
        write(tmp_path / "s.csv", SHARE_HEADER + ",Hill,large,loans,,,no,,missing,ask the bureau\n"), "x"
    )
    path = write(tmp_path / "o.csv", "city,bank_en,type,n_codes,note\nH,A,large,not counted,no time\n")
    outlets = read_outlets(path, "x", ALONE, BANK)
    empty = pd.DataFrame({"value": pd.Series(dtype=float), "note": pd.Series(dtype=str)})
    out = missing_figures(empty, table_of(shares), table_of(outlets))
    assert out["file"].tolist() == ["institutions", "outlets"]
    assert out["supply"].tolist() == ["ask the bureau", "not counted; no time"]
    assert out["row"].tolist() == [2, 2]


def indicator(measure: str, region: str, period: str, value: float, **also: object) -> dict[str, object]:
    role = role_of(region, REGION, BANK)
    row = {"measure": measure, "region": region, "region_zh": "", "period": period, "value": value, "role": role}
    row |= {"level": level_of(region, REGION)}
    row |= {"unit": "EUR", "period_type": "year", "source": "p", "quality": "official", "note": None}
    row |= {"label_en": measure, "label_zh": "", "home_order": 0 if region == "Hill" else 1}
    return row | also


def test_regions_are_compared_on_one_measure_and_the_year_is_said() -> None:
    rows = [
        indicator("gdp", "Hill", "2018", 8),
        indicator("gdp", "Hill", "2020", 10),
        indicator("gdp", "Bay", "2020", 50),
        indicator("gdp", "Dale", "2010", 9),
        indicator("gdp", "Dale", "2017", 9),
        indicator("rate", "Land", "2020", 2),
    ]
    out = compare(pd.DataFrame(rows)).set_index(["region", "period"])
    assert ("Land", "2020") not in out.index, "no figure at home"
    assert ("Dale", "2010") not in out.index, "another figure is nearer"
    assert out.loc[("Bay", "2020"), "comparable"]
    assert out.loc[("Bay", "2020"), "partner_value"] == 10
    assert not out.loc[("Dale", "2017"), "comparable"]
    assert "another year than Hill 2018" in out.loc[("Dale", "2017"), "note"]
    assert out.loc[("Hill", "2020"), "comparable"]
    assert not out.loc[("Hill", "2018"), "comparable"]


def test_other_kinds_and_dates_of_pages_are_not_comparable() -> None:
    rows = [
        indicator("gdp", "Hill", "2020", 10, period_type="point"),
        indicator("gdp", "Bay", "2020", 50),
        indicator("people", "Hill", "2021-04", 26, period_type="page_date"),
        indicator("people", "Hill", "2021", 25, period_type="point"),
        indicator("people", "Bay", "2023", 60, period_type="point"),
        indicator("codes", "Hill", "2026", 14, period_type="page_date", source="list"),
        indicator("codes", "Bay", "2026", 38, period_type="page_date", source="list"),
        indicator("codes", "Dale", "2026", 9, period_type="page_date", source="other list"),
    ]
    out = compare(pd.DataFrame(rows))
    bay = out[out["region"] == "Bay"].set_index("measure")
    assert bay["comparable"].to_dict() == {"codes": True, "gdp": False, "people": False}
    assert bay.loc["people", "partner_value"] == 25, "the figure with its own date is chosen"
    assert not out.loc[(out["region"] == "Dale") & (out["measure"] == "codes"), "comparable"].item()


def test_a_city_stands_beside_a_province_only_where_size_does_not_matter_and_it_is_said() -> None:
    rows = [
        indicator("gdp", "Hill", "2020", 100),
        indicator("gdp", "Bay", "2020", 50, level="city"),
        indicator("gdp", "Land", "2020", 1000),
        indicator("gdp_per_head", "Hill", "2020", 4),
        indicator("gdp_per_head", "Bay", "2020", 8, level="city"),
        indicator("gdp_growth", "Hill", "2020", 5, unit="%"),
        indicator("gdp_growth", "Bay", "2020", 7, level="city", unit="%"),
    ]
    out = compare(pd.DataFrame(rows)).set_index(["measure", "region"])
    assert not out.loc[("gdp", "Bay"), "comparable"]
    assert out.loc[("gdp", "Bay"), "note"] == "a city beside a province (Hill 2020); no difference is formed"
    assert np.isnan(out.loc[("gdp", "Bay"), "ratio"])
    assert out.loc[("gdp", "Land"), "ratio"] == pytest.approx(0.1)
    assert "the country, of which the region is a part" in out.loc[("gdp", "Land"), "note"]
    assert out.loc[("gdp_per_head", "Bay"), ["ratio", "note"]].tolist() == [
        0.5,
        "same year as Hill 2020; a city beside a province",
    ]
    assert out.loc[("gdp_growth", "Bay"), "difference"] == -2
    assert np.isnan(out.loc[("gdp_growth", "Bay"), "ratio"]), "a rate is compared in points"


def test_home_is_compared_at_its_own_level_where_it_can_be() -> None:
    rows = [
        indicator("gdp", "Hill", "2020", 100),
        indicator("gdp", "Hilltown", "2020", 30, role="home", home_order=1),
        indicator("gdp", "Bay", "2020", 60, level="city"),
    ]
    out = compare(pd.DataFrame(rows)).set_index("region")
    assert out.loc["Bay", ["partner_region", "ratio"]].tolist() == ["Hilltown", 0.5]


def test_regions_without_a_level_are_named() -> None:
    rows = [indicator("gdp", "Hill", "2020", 1), indicator("gdp", "Bay", "2020", 2, level="unknown")]
    assert "these regions are: Bay." in warn(compare(pd.DataFrame(rows)))[0]["text"]["en"]
    assert warn(compare(pd.DataFrame([rows[0], indicator("gdp", "Bay", "2020", 2)]))) == []


def beside(*rows: dict[str, object]) -> pd.DataFrame:
    frame = pd.DataFrame([indicator("gdp_per_head", "Hill", "2021", 40), *rows])
    return develop(frame, compare(frame), "gdp_per_head", REGION)


def test_the_region_is_behind_when_its_figure_is_below_the_share_of_the_countrys() -> None:
    found = beside(
        indicator("gdp_per_head", "Land", "2021", 80),
        indicator("gdp_per_head", "Bay", "2021", 160),
        indicator("gdp_per_head", "Dale", "2019", 50),
    )
    assert found[["role", "region"]].to_numpy().tolist() == [["country", "Land"], ["peer", "Dale"], ["coast", "Bay"]]
    assert found["ratio"].tolist() == pytest.approx([0.5, np.nan, 0.25], nan_ok=True)
    assert found.loc[1, ["value", "supply"]].tolist() == [50, "gdp_per_head of Dale for 2021"]
    judged = judge(found, 0.75)
    assert (judged["status"], judged["behind"], judged["ratio"], judged["n_missing"]) == ("ok", True, 0.5, 1)
    assert judged["spans"]["coast"] == {"n": 1, "low": 0.25, "high": 0.25}
    assert not judge(found, 0.4)["behind"]


def test_without_the_countrys_figure_the_question_stays_open_and_says_what_to_supply() -> None:
    judged = judge(beside(indicator("gdp_per_head", "Land", "2023", 80)), 0.75)
    assert judged["status"] == "refused"
    assert judged["reason"]["en"].endswith("to be supplied: gdp_per_head of Land for 2021.")
    other = pd.DataFrame([indicator("gdp", "Hill", "2021", 40)])
    nothing = develop(other, compare(other), "gdp_per_head", REGION)
    assert nothing.empty
    assert judge(nothing, 0.75)["status"] == "absent"


def test_units_are_never_mixed() -> None:
    rows = [indicator("gdp", "Hill", "2020", 10), indicator("gdp", "Bay", "2020", 50, unit="USD")]
    assert compare(pd.DataFrame(rows)).empty


def test_golden_concentration() -> None:
    golden = GOLDEN["concentration"]
    assert hhi(golden["shares"]) == pytest.approx(golden["hhi"], abs=1e-8)
    assert 100 * cr4(golden["shares"]) == pytest.approx(golden["cr4"], abs=1e-8)


def test_one_firm_is_a_monopoly() -> None:
    assert hhi([1.0]) == 10000
    assert hhi_bounds([1.0], largest=True) == (10000, 10000)


PARTS = st.lists(st.integers(1, 50), min_size=1, max_size=12)


@given(PARTS)
def test_hhi_lies_between_equal_shares_and_monopoly(parts: list[int]) -> None:
    shares = np.array(parts) / sum(parts)
    assert 10000 / len(parts) - 1e-6 <= hhi(shares) <= 10000 + 1e-6
    assert cr4(shares) <= 1 + 1e-12


@given(PARTS, st.integers(1, 12))
def test_the_bounds_hold_the_true_hhi(parts: list[int], known: int) -> None:
    shares = np.sort(np.array(parts) / sum(parts))[::-1]
    low, high = hhi_bounds(shares[:known], largest=True)
    assert low <= hhi(shares) + 1e-6
    assert hhi(shares) <= high + 0.5**2 + 1e-6, "a printed whole may lack half a point"


def test_bounds_of_known_shares() -> None:
    low, high = hhi_bounds([0.4, 0.2], largest=True)
    assert (low, high) == (pytest.approx(2000), pytest.approx(2000 + 2 * 400))
    assert math.isnan(hhi_bounds([0.4, 0.2], largest=False)[1])
    assert known_are_largest([0.5, 0.3])
    assert not known_are_largest([0.4, 0.2])


def test_classes_by_vintage() -> None:
    assert class_of(1400, 1400, 2010) == "unconcentrated"
    assert class_of(1400, 1400, 2023) == "moderately concentrated"
    assert class_of(1900, math.nan, 2023) == "highly concentrated"
    assert class_of(900, math.nan, 2010) == "open"
    assert class_of(1500, 2500, 2010) == "moderately concentrated"


def test_shares_of_a_group_give_a_lower_bound_only() -> None:
    shares = pd.DataFrame(
        {
            "region": "Hill",
            "period": "2020",
            "measure": "assets",
            "label_en": ["four", "A", "many"],
            "label_zh": "",
            "share": [0.56, 0.2, 0.3],
            "n_institutions": [4, 1, np.nan],
            "largest": "",
        }
    )
    out = from_shares(shares).set_index("set")
    assert out.index.tolist() == ["single firms", "four"]
    assert out.loc["four", "hhi_low"] == pytest.approx(56**2 / 4)
    assert math.isnan(out.loc["four", "hhi_high"])
    assert out.loc["four", "cr4_low"] == pytest.approx(0.56)
    assert out.loc["single firms", "hhi_low"] == pytest.approx(400)


def test_the_known_shares_are_the_largest_where_the_study_says_so() -> None:
    shares = pd.DataFrame(
        {"region": "Hill", "period": "2020", "measure": "loans", "label_en": ["A", "B"], "label_zh": ""}
    )
    shares = shares.assign(share=[0.4, 0.2], n_institutions=1)
    told = from_shares(shares.assign(largest="yes")).iloc[0]
    assert told[["hhi_low", "hhi_high"]].tolist() == pytest.approx([2000, 2800])
    assert math.isnan(from_shares(shares.assign(largest="")).iloc[0]["hhi_high"])


def test_of_the_latest_shares_of_a_place_those_that_bind_most_are_shown() -> None:
    rows = [
        ("Hill", "loans", "2018", 900.0, math.nan),
        ("Hill", "loans", "2020", 300.0, math.nan),
        ("Hill", "assets", "2019", 100.0, math.nan),
        ("Hill", "assets of six", "2019", 700.0, 700.0),
        ("Bay", "loans", "2015", 50.0, 80.0),
    ]
    table = pd.DataFrame(rows, columns=["place", "measure", "period", "hhi_low", "hhi_high"]).assign(set="a")
    assert mark_main(table)["main"].tolist() == [False, True, False, True, True]


def outlets(rows: list[tuple[str, str, str, float, str]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["city", "label_en", "type", "n", "counted"])
    return frame.assign(own=["yes" if name == "A" else "no" for name in frame["label_en"]])


def test_cities_are_compared_on_the_same_providers() -> None:
    frame = outlets(
        [
            ("Hilltown", "A", "large", 30, "yes"),
            ("Hilltown", "B", "large", 10, "yes"),
            ("Hilltown", "C", "small", 20, "yes"),
            ("Hilltown", "D", "local", np.nan, "not in file"),
            ("Bayport", "A", "large", 50, "yes"),
            ("Bayport", "B", "large", 50, "yes"),
            ("Bayport", "C", "small", 0, "yes"),
            ("Bayport", "D", "local", np.nan, "not counted"),
        ]
    )
    assert comparable_types(frame, ["Hilltown", "Bayport"]) == ["large", "small"]
    out = from_outlets(frame, "Hilltown", "Bayport").set_index(["place", "set"])
    assert set(out.index) == {("Hilltown", "large + small"), ("Bayport", "large + small"), ("Hilltown", WHOLE)}
    here = out.loc[("Hilltown", "large + small")]
    assert here[["hhi", "cr4", "own_share"]].tolist() == pytest.approx([hhi([0.5, 1 / 6, 1 / 3]), 1.0, 0.5])
    assert out.loc[("Bayport", "large + small"), "n_firms"] == 2
    assert out.loc[("Hilltown", WHOLE), "missing"] == "D"


def test_outlets_are_counts_or_words(tmp_path: Path) -> None:
    path = write(tmp_path / "o.csv", "city,bank_en,bank_zh,type,n_codes\nH,A,本行甲,large,3\nH,B,,large,not in file\n")
    out = read_outlets(path, "x", ALONE, BANK)
    assert out["counted"] == ["yes", "not in file"]
    assert out["own"] == [True, False]
    with pytest.raises(InputError, match="column n_codes: found 'some'; allowed: a whole number from 0"):
        read_outlets(write(tmp_path / "p.csv", "city,bank_en,type,n_codes\nH,A,large,some\n"), "x", ALONE, BANK)
    with pytest.raises(
        InputError, match=r"key region\.home_city: found 'K'; allowed: cities of the outlets file \(H\)"
    ):
        read_outlets(path, "x", ALONE | {"home_city": "K"}, BANK)


def test_the_default_study_gives_the_counts_of_its_notes() -> None:
    """Codes, share of four and HHI as tallied by hand in regions.md, last section."""
    path = Path(__file__).parents[2] / "data/raw/citic-lanzhou/outlets_by_bank.csv"
    frame = table_of(read_outlets(str(path), "x", ALONE | {"home_city": "Lanzhou"}, BANK)).assign(own="no")
    out = from_outlets(frame, "Lanzhou", "Hangzhou").set_index(["set", "place"])
    told = {
        ("large + joint-stock", "Lanzhou"): (450, 70.2, 1402),
        ("large + joint-stock", "Hangzhou"): (1031, 65.8, 1248),
        ("large + joint-stock + postal", "Lanzhou"): (472, 66.9, 1296),
        ("large + joint-stock + postal", "Hangzhou"): (1095, 61.9, 1140),
    }
    for place, (total, four, index) in told.items():
        row = out.loc[place]
        assert (row["total"], round(100 * row["cr4"], 1), round(row["hhi"])) == (total, four, index)
    assert out.loc[(WHOLE, "Lanzhou"), ["n_firms", "total"]].tolist() == [27, 793]
    assert (WHOLE, "Hangzhou") not in out.index
