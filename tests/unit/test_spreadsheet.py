"""Texts in tables: no formula for a spreadsheet, the same for every reader, no sign that prints nothing."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.chapters import shown
from scripts.lib import tables
from scripts.lib.job import readable
from scripts.lib.signs import located
from scripts.lib.spreadsheet import FORMULA, HARMFUL, NUMBER, RETURN, bare, guarded

RUN = ["=1+1", "+86 931", "-2+3+cmd|'/C calc'!A0", "@SUM(1)", "\t=1", "= A1", "-none-"]
PLAIN = ["-0.5", "+3", "-1e-05", "=~", "---", "-", "", "a=b", "'quoted'", "–", "2026-05-01", "重要"]


@pytest.mark.parametrize("text", RUN)
def test_what_a_spreadsheet_would_run_is_guarded(text):
    assert guarded(text) == f"'{text}"
    assert bare(guarded(text)) == text


@pytest.mark.parametrize("text", PLAIN)
def test_what_is_no_formula_stays_as_it_is(text):
    assert guarded(text) == bare(text) == text


@given(st.text(alphabet="'=+-@ \ta1.\u200b", max_size=8) | st.text(max_size=20))
def test_every_text_is_read_back_as_it_was_written(text):
    held = guarded(text)
    assert bare(held) == HARMFUL.sub("", RETURN.sub("\n", text))
    assert held.startswith("'") or NUMBER.fullmatch(held) or not FORMULA.match(held)


def test_a_table_is_safe_in_a_spreadsheet_and_the_same_to_both_readers(tmp_path):
    texts = [*RUN, "'=1", "one\r\ntwo\rthree", "zero\x00\u202ewidth\u200b", "plain"]
    frame = pd.DataFrame(
        {"row": range(len(texts)), "label": texts, "n": -1.5, "mixed": [-2, *["+x"] * (len(texts) - 1)]}
    )
    path = tmp_path / "table.csv"
    tables.write(frame, path, key=["row"])
    wanted = [HARMFUL.sub("", RETURN.sub("\n", text)) for text in texts]
    assert "-1.5,-2" in path.read_text(encoding="utf-8")
    assert tables.read(path)["label"].tolist() == wanted
    assert [row["label"] for row in shown.read_table(path).rows] == wanted
    assert tables.read(path)["n"].eq(-1.5).all()


def test_a_fault_with_a_text_of_thousands_of_signs_fits_on_a_screen():
    told = readable(f"row 3: found {'x' * 10_000!r}; allowed: yes")
    assert len(told) < 200
    assert told.startswith("row 3: found 'xxx")
    assert told.endswith("signs) allowed: yes")


def test_a_sign_is_located_in_the_files_of_a_person(tmp_path):
    one, other = tmp_path / "a.yaml", tmp_path / "b.csv"
    one.write_text('a: 1\nb: "\\u0E01"\nc: "\\U0001f9ff"\n', encoding="utf-8")
    other.write_text("x\nกก\n", encoding="utf-8")
    files = [str(one), str(other)]
    assert located("no face has ก (U+0E01 THAI)", files) == (
        f"no face has ก (U+0E01 THAI). U+0E01 stands in {one}, line 2; {other}, line 2"
    )
    assert located("no face has (U+1F9FF)", files).endswith(f"U+1F9FF stands in {one}, line 3")
    assert located("no face has (U+2603)", files) == "no face has (U+2603)"
