"""Survey stage: reading answers, careless indices, missing answers, sample."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.lib.cells import read_cells
from scripts.lib.instrument import Instrument
from scripts.survey.complete_responses import blank_not_applicable, missing_table, usable
from scripts.survey.describe_sample import Z95, margin_of_error, required_sample
from scripts.survey.ingest_responses import codebook, latest, to_frame
from scripts.survey.responses import read_answers

GOLDEN = json.loads(Path("tests/golden/survey.json").read_text(encoding="utf-8"))

POINTS = [{"code": code, "label": {"en": f"p{code}", "zh": f"分{code}"}} for code in range(1, 6)]
QUESTIONS = {
    "id": "tiny",
    "version": "1",
    "title": {"en": "Tiny"},
    "respondent": {"en": "anyone"},
    "introduction": {"en": "hello"},
    "wordings": "published",
    "missing_codes": [-3, -2],
    "scales": {
        "five": {"kind": "ordinal", "points": POINTS, "na": {"code": 9, "label": {"en": "n/a", "zh": "不适用"}}},
        "percent": {"kind": "numeric", "min": 0, "max": 100},
    },
    "aspects": [{"id": "a", "label": {"en": "A"}}],
    "attributes": [{"id": "x", "aspect": "a", "label": {"en": "X"}}, {"id": "y", "aspect": "a", "label": {"en": "Y"}}],
    "products": [
        {"id": "loan", "group": "g", "label": {"en": "Loan", "zh": "贷款"}},
        {"id": "bill", "group": "g", "label": {"en": "Bill", "zh": "票据"}},
    ],
    "sections": [{"id": "s", "title": {"en": "S"}}],
    "items": [
        {
            "id": "hold",
            "section": "s",
            "type": "multi",
            "role": "holding",
            "text": {"en": "Used", "zh": "已使用"},
            "column": "1",
            "options_ref": "products",
            "scope": "own",
        },
        {
            "id": "demand",
            "section": "s",
            "type": "multi",
            "role": "demand",
            "text": {"en": "Wanted", "zh": "有需求"},
            "column": "2",
            "options_ref": "products",
        },
        *(
            {
                "id": f"imp_{name}",
                "section": "s",
                "type": "likert",
                "role": "importance",
                "scale": "five",
                "attribute": name,
                "text": {"en": name, "zh": f"{{bank}}{name}"},
                "column": f"3.{row}",
            }
            for row, name in enumerate("xy", start=1)
        ),
        {
            "id": "wallet",
            "section": "s",
            "type": "number",
            "role": "outcome",
            "scale": "percent",
            "text": {"en": "share", "zh": "占比"},
            "column": "4",
        },
        {
            "id": "size",
            "section": "s",
            "type": "single",
            "role": "firmographic",
            "text": {"en": "size", "zh": "规模"},
            "column": "5",
            "options": [
                {"code": "1", "key": "large", "label": {"en": "Large", "zh": "大型"}},
                {"code": "2", "key": "small", "label": {"en": "Small", "zh": "小型"}},
            ],
        },
    ],
}
HEADER = "序号,所用时间,来源详情,1、已使用(可多选),2、有需求,3、重要—甲行x,3、重要—甲行y,4、占比,5、规模"
SURVEY = {
    "layout": "wenjuanxing_text",
    "token_column": "来源详情",
    "seconds_column": "所用时间",
    "date_column": None,
    "id_column": "序号",
}


@pytest.fixture
def instrument() -> Instrument:
    return Instrument.model_validate(QUESTIONS)


def answers(tmp_path, instrument, *lines, header=HEADER, encoding="utf-8-sig"):
    path = tmp_path / "responses.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding=encoding)
    return read_answers(path, instrument, SURVEY, "甲行")


def test_wenjuanxing_export_is_read(tmp_path, instrument):
    read = answers(
        tmp_path,
        instrument,
        "1,703秒,C0001,贷款┋票据,-3,分5,不适用,40,大型",
        "2,80秒,C0002,,,分1,分2,,小型〖其他〗",
    )
    assert read.faults == []
    frame = to_frame(read.rows, instrument)
    assert frame.loc[0, ["hold__loan", "hold__bill", "demand__loan"]].tolist() == [1, 1, 0]
    assert frame.loc[1, ["hold__loan", "hold__bill"]].isna().all(), "nothing ticked in either question is missing"
    assert frame["imp_x"].tolist() == [5, 1]
    assert frame["imp_y"].tolist() == [9, 2], "not applicable keeps its code"
    assert frame["size"].tolist() == ["large", "small"]
    assert frame["seconds"].tolist() == [703, 80]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "1,7秒,C1,支票,,分5,分5,40,大型",
            "row 2, column '1、已使用(可多选)' (hold): found '支票'; allowed: 贷款 | 票据",
        ),
        ("1,7秒,C1,,,6,分5,40,大型", "row 2, column '3、重要—甲行x' (imp_x): found '6'; allowed: 分1 | 分2"),
        ("1,7秒,C1,,,分5,分5,140,大型", "(wallet): found '140'; allowed: a number from 0 to 100"),
        ("1,7秒,C1,,,分5,分5,40,中型", "(size): found '中型'; allowed: 大型 | 小型"),
        ("1,soon,C1,,,分5,分5,40,大型", "column '所用时间': found 'soon'; allowed: whole seconds"),
        ("1,7秒,C1,,,分5,分5", "row 2: found 7 cells; allowed: 9"),
    ],
)
def test_a_wrong_cell_is_told_with_row_column_found_and_allowed(tmp_path, instrument, line, said):
    (fault,) = answers(tmp_path, instrument, line).faults
    assert said in fault


def test_a_header_with_another_text_is_told(tmp_path, instrument):
    read = answers(tmp_path, instrument, "1,7秒,C1,,,分5,分5,40,大型", header=HEADER.replace("甲行x", "乙行x"))
    assert "found the text '重要—乙行x'; allowed: the text of the instrument, '甲行x'" in read.faults[0]


def test_a_missing_column_is_told(tmp_path, instrument):
    read = answers(tmp_path, instrument, "1,7秒,C1,,,分5,分5,40", header=HEADER.removesuffix(",5、规模"))
    assert "column 5 (size): found no such column" in read.faults[0]


def test_a_file_in_another_encoding_is_told(tmp_path, instrument):
    read = answers(tmp_path, instrument, "1,7秒,C1,,,分5,分5,40,大型", encoding="gb18030")
    assert "not UTF-8 text" in read.faults[0]


def test_an_empty_file_is_told(tmp_path):
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(ValueError, match="an empty file"):
        read_cells(tmp_path / "empty.csv")


def test_the_last_answer_of_a_token_counts():
    rows = [{"_token": "C1", "_row": 2}, {"_token": None, "_row": 3}, {"_token": "C1", "_row": 4}]
    kept, superseded = latest(rows)
    assert [row["_row"] for row in kept] == [3, 4]
    assert superseded == 1


def test_not_applicable_is_counted_apart_from_missing(tmp_path, instrument):
    lines = ["1,7秒,C1,贷款,,分5,不适用,40,大型", "2,7秒,C2,贷款,,分5,,40,大型", "3,7秒,C3,贷款,,分4,分1,40,大型"]
    frame, book = to_frame(answers(tmp_path, instrument, *lines).rows, instrument), codebook(instrument)
    missing = missing_table(frame, book, limit=0.4).set_index("item")
    counts = missing.loc["imp_y", ["n_answered", "n_not_applicable", "n_missing"]]
    assert counts.tolist() == [1, 1, 1]
    assert missing.loc["imp_y", "leaves_models"]
    assert not missing.loc["imp_x", "leaves_models"]
    complete = blank_not_applicable(frame, book)
    assert complete["imp_y"].isna().tolist() == [True, True, False]


def test_flagged_answers_leave_only_when_the_study_says_so():
    responses = pd.DataFrame({"respondent": ["R1", "R2"], "x": [1, 2]})
    flags = pd.DataFrame({"respondent": ["R1", "R2"], "flagged": ["yes", "no"]})
    assert usable(responses, flags, "drop")["respondent"].tolist() == ["R2"]
    assert usable(responses, flags, "keep")["respondent"].tolist() == ["R1", "R2"]


@pytest.mark.parametrize("population", sorted(GOLDEN["finite_population"]["krejcie_morgan"]))
def test_golden_required_sample(population):
    golden = GOLDEN["finite_population"]["krejcie_morgan"][population]
    assert required_sample(int(population)) == pytest.approx(golden["calc"], abs=1e-8)


@pytest.mark.parametrize("case", sorted(GOLDEN["finite_population"]["margin_of_error_p50"]))
def test_golden_margin_of_error(case):
    n, population = (int(part[1:]) for part in case.split("_"))
    golden = GOLDEN["finite_population"]["margin_of_error_p50"][case]
    assert margin_of_error(n, population) == pytest.approx(golden, abs=1e-8)


def test_golden_standard_error_of_a_share():
    golden = GOLDEN["finite_population"]["svymean_apisrs"]
    n, population, p = golden["n"], golden["N"], golden["pr"]
    # survey::svymean divides by n - 1 and corrects by (N - n) / N; the margin by n and (N - n) / (N - 1)
    expected = golden["pr_se"] * np.sqrt((n - 1) / n * population / (population - 1))
    assert margin_of_error(n, population, p) / Z95 == pytest.approx(expected, abs=1e-8)


@given(st.integers(min_value=2, max_value=5000))
def test_a_census_has_no_sampling_error(population):
    assert margin_of_error(population, population) == 0


@given(st.integers(2, 400), st.integers(1, 4000))
def test_more_answers_never_widen_the_margin(n, more):
    population = n + more
    assert margin_of_error(n, population) >= margin_of_error(n + 1, population)
