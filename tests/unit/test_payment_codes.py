"""Outlets by bank from payment-system codes. The list below is SYNTHETIC: its banks, cities and codes are made up."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.environment.city_comparison import compare
from scripts.environment.ingest_environment import table_of
from scripts.environment.measure_concentration import OWN_CODE, WHOLE, from_codes, warn
from scripts.environment.payment_codes import firm_by_name, firm_of, read_payment_codes
from scripts.environment.shares_known import hhi
from scripts.lib.job import InputError

HEADER = "LName,BankCode,BankName,BankId,CityCode,CityName,ProvinceName,ProvinceCode"
BANK = {"en": "First", "zh": "甲银行"}
POOL = "999999999993"
WANTED = {"cnaps_home": ["9001"], "cnaps_peer": ["乙市"]}


def outlets(
    prefix: str, city: str, place: str, n: int, name: str, bank: str, clearing: str, start: int = 0
) -> list[str]:
    """Rows of one firm in one city."""
    return [f"{name}第{i}支行,{prefix}{city}{start + i:05d},{bank},{clearing},{city},{place},某省,99" for i in range(n)]


ROWS = [
    *outlets("901", "9001", "甲市", 6, "甲银行股份有限公司甲市", "甲银行", "901100000001"),
    *outlets("902", "9001", "甲市", 3, "乙银行甲市", "乙银行", "902100000001"),
    *outlets("913", "9001", "甲市", 4, "丙银行股份有限公司", "C 城市商业银行", POOL),
    *outlets("913", "9001", "甲市", 2, "丁银行有限责任公司", "C 城市商业银行", POOL, start=50),
    *outlets("926", "9001", "甲市", 1, "戊土地银行甲市", "乙银行", "902100000001"),
    *outlets("913", "9001", "甲市", 4, "无名", "C 城市商业银行", POOL, start=80),
    *outlets("901", "9002", "乙市", 5, "甲银行股份有限公司乙市", "甲银行", "901100000001"),
    *outlets("903", "9002", "乙市", 5, "己银行乙市", "D 己银行（中国）有限公司", "903100000001"),
    *outlets("901", "9003", "丙市", 7, "甲银行股份有限公司丙市", "甲银行", "901100000001"),
]


def write(path: Path, rows: list[str], header: str = HEADER) -> str:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return str(path)


def read(path: str, wanted: dict[str, list[str]] = WANTED) -> Any:
    return table_of(read_payment_codes(path, "x", wanted, BANK))


def test_codes_are_counted_by_firm_in_the_cities_of_the_study(tmp_path: Path) -> None:
    out = read(write(tmp_path / "cnaps.csv", ROWS))
    home = out[out["city_key"] == "cnaps_home"].set_index("label_zh")
    assert home["n"].to_dict() == {"甲银行": 6, "丙银行": 4, "": 4, "乙银行": 3, "丁银行": 2, "戊土地银行": 1}
    assert home["kind"].to_dict()["丙银行"] == "by name", "a heading of many banks is no firm"
    assert home["kind"].to_dict()["戊土地银行"] == "by name", "the bank that clears for it is another one"
    assert home.index[home["own"]].tolist() == ["甲银行"]
    assert set(home["city"]) == {"甲市"}
    peer = out[out["city_key"] == "cnaps_peer"]
    assert peer["label_zh"].tolist() == ["己银行(中国)有限公司", "甲银行"]


def test_a_city_and_its_counties_are_one_place(tmp_path: Path) -> None:
    out = read(write(tmp_path / "cnaps.csv", ROWS), {"cnaps_home": ["9002", "9003"], "cnaps_peer": []})
    assert out.set_index("label_zh")["n"].to_dict() == {"甲银行": 12, "己银行(中国)有限公司": 5}


def test_a_firm_is_its_name_without_the_legal_form() -> None:
    assert firm_by_name("丙银行股份有限公司城东支行") == "丙银行"
    assert firm_by_name("丙银行 有限责任公司") == "丙银行"
    assert firm_by_name("某县农村信用合作联社城关信用社") == "某县农村信用合作联社"
    assert firm_by_name("某某支行") == ""
    assert firm_of("甲", "901900100001", "D 甲银行", "901100000001") == ("甲银行", "own code")


def test_codes_without_a_firm_make_an_interval(tmp_path: Path) -> None:
    table = from_codes(
        read(write(tmp_path / "cnaps.csv", ROWS)).assign(own=lambda rows: rows["own"].map({True: "yes", False: "no"}))
    )
    rows = table.set_index(["place", "set"])
    whole = rows.loc[("甲市", WHOLE)]
    known = [6, 4, 3, 2, 1]
    assert whole["hhi_low"] == pytest.approx(hhi([n / 20 for n in known]))
    assert whole["hhi_high"] == pytest.approx(hhi([n / 20 for n in [10, 4, 3, 2, 1]]))
    assert (whole["cr4_low"], whole["cr4_high"]) == (pytest.approx(0.75), pytest.approx(0.95))
    assert (whole["own_share"], whole["n_firms"], whole["total"]) == (pytest.approx(0.3), 5, 20)
    assert [one["code"] for one in warn(table)] == ["concentration_unattributed"]


def test_cities_are_compared_on_the_banks_with_a_code_of_their_own(tmp_path: Path) -> None:
    table = from_codes(read(write(tmp_path / "cnaps.csv", ROWS)).assign(own="no"))
    rows = table.set_index(["place", "set"])
    assert rows.loc[("甲市", OWN_CODE), "hhi"] == pytest.approx(hhi([6 / 9, 3 / 9]))
    assert rows.loc[("乙市", OWN_CODE), "hhi"] == pytest.approx(5000)
    assert rows.loc[("甲市", OWN_CODE), "n_compared"] == 3, "a bank without an outlet here counts as none"
    said = compare(table, "payment codes", "甲市", "乙市")["comparison"]
    assert said["status"] == "ok"
    assert "Outlets are a proxy" in said["sentence"]["en"]
    assert "Among the same 3 providers (of them 2 in 甲市, 2 in 乙市) the four" in said["sentence"]["en"]


@given(st.lists(st.integers(0, 9), min_size=1, max_size=6), st.integers(0, 9))
def test_the_interval_holds_every_way_to_give_the_unknown_codes_away(known: list[int], rest: int) -> None:
    """However the unknown codes fall on firms, new ones included, HHI stays inside."""
    counts = table_of({"label_zh": [f"f{i}" for i in range(len(known))], "n": known, "kind": ["by name"] * len(known)})
    loose = table_of({"label_zh": [""], "n": [rest], "kind": ["not attributed"]})
    if not sum(known):
        return
    frame = pd.concat([counts, loose]).assign(city_key="cnaps_home", city="甲市", own="no")
    row = from_codes(frame).iloc[0]
    total = sum(known) + rest
    for spread in ([rest], [1] * rest):
        assert row["hhi_low"] - 1e-6 <= hhi([n / total for n in [*known, *spread]])
        for i in range(len(known)):
            given_to = [n + (rest if place == i else 0) for place, n in enumerate(known)]
            assert hhi([n / total for n in given_to]) <= row["hhi_high"] + 1e-6


GOOD = ROWS[0]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([GOOD.replace("901900100000", "90190010000")], "row 2, column code: found '90190010000'; allowed: 12 digits"),
        ([GOOD.replace(",9001,", ",9002,")], "row 2, column city code: found '9002'; allowed: 9001, digits 4 to 7 of"),
        ([GOOD.replace("901100000001", "none")], "row 2, column clearing code: found 'none'; allowed: 12 digits"),
        ([GOOD, GOOD], "row 3, column code: found 901900100000, as in row 2; allowed: each code once"),
        ([GOOD.replace(",甲银行,", ",,")], "row 2: found no name, bank or city; allowed: all three"),
        ([GOOD.removesuffix(",99")], "row 2: found 7 cells; allowed: 8, as in the header"),
    ],
)
def test_faults_of_the_list_name_row_and_column(tmp_path: Path, rows: list[str], told: str) -> None:
    with pytest.raises(InputError) as fault:
        read(write(tmp_path / "cnaps.csv", rows))
    assert told in str(fault.value)
    assert str(fault.value).startswith("study x, file ")
    assert "\n" not in str(fault.value)


def test_another_layout_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="row 1: found 2 columns; allowed: eight columns"):
        read(write(tmp_path / "a.csv", ["a,b"], header="name,code"))
    with pytest.raises(InputError, match="row 1: found a code in place of a header"):
        read(write(tmp_path / "b.csv", ROWS[1:], header=ROWS[0]))
    (tmp_path / "c.csv").write_bytes("\n".join([HEADER, GOOD]).encode("gb18030"))
    with pytest.raises(InputError, match="not UTF-8 text"):
        read(str(tmp_path / "c.csv"))


def test_a_city_that_the_list_does_not_have_is_told_with_near_ones(tmp_path: Path) -> None:
    path = write(tmp_path / "cnaps.csv", ROWS)
    with pytest.raises(
        InputError, match=r"key region\.cnaps_home: found '丁市'; allowed: four digits or the name of a city"
    ):
        read(path, {"cnaps_home": ["丁市"], "cnaps_peer": []})
    with pytest.raises(InputError, match=r"such as .*9001"):
        read(path, {"cnaps_home": ["9011"], "cnaps_peer": []})
    twin = outlets("901", "9004", "甲市", 1, "甲银行", "甲银行", "901100000001")
    with pytest.raises(InputError, match=r"found '甲市', the name of 2 cities \(9001, 9004\)"):
        read(write(tmp_path / "twin.csv", ROWS + twin), {"cnaps_home": ["甲市"], "cnaps_peer": []})
