"""The door: what it shows, what it logs, what it refuses; and the lint behind it."""

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.audit.formats import Files, read_cells
from scripts.chapters import lint, shown
from scripts.chapters.door import Door
from scripts.chapters.exhibits import col
from scripts.chapters.shown import Column
from scripts.chapters.write import check, environment, render
from scripts.lib.job import InputError

NEEDS = """group,attribute,label_en,label_zh,weight,low,high,n,suppressed
1,speed,Speed,速度,0.31,0.25,0.37,120,no
1,price,Price | fees,价格,,,,,yes
all,speed,Speed,速度,0.302,0.26,0.344,240,no
all,price,Price | fees,,-0.0004,-0.1,0.1,236,no
"""
VALUES = {
    "status": "refused",
    "reason": {"en": "Only 12 answers.", "zh": "仅十二份。"},
    "warnings": [{"code": "few", "severity": "serious", "text": {"en": "Few answers (12).", "zh": "少"}}],
    "n": {"all": 12},
    "share": 0.1234,
    "none": None,
    "list": [1, 2],
    "a/b": 7,
}
WORDS = {
    "words": {"customers": {"en": "major customers", "zh": "大客户"}},
    "chapters": [
        {"id": "4", "title": {"en": "Needs", "zh": "需求"}, "sections": {"sample": {"en": "Sample", "zh": ""}}}
    ],
    "limits": ["In *2024* only."],
}


@pytest.fixture
def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Door:
    monkeypatch.chdir(tmp_path)
    Path("needs.csv").write_text(NEEDS, encoding="utf-8")
    Path("rank_needs.json").write_text(json.dumps(VALUES), encoding="utf-8")
    return Door(
        4,
        values={"rank_needs": "rank_needs.json"},
        tables={"needs": "needs.csv"},
        figures={},
        kinds={"needs.csv": ["published", "synthetic"], "rank_needs.json": ["collected"]},
        study={"title": {"en": "Study 1", "zh": "研究"}, "min_cell": 5},
        words=WORDS,
    )


def written(door: Door, text: str) -> str:
    """A chapter from a template of the given text."""
    Path("4_x.md.j2").write_text(text, encoding="utf-8")
    return render("4_x.md.j2", door)


def test_a_value_is_shown_and_logged(door: Door) -> None:
    assert door.v("rank_needs:/share", "{:.1%}") == "[12.3%]{#c4-v1 .val}"
    use = door.uses[0]
    assert (use["raw"], use["value"], use["shown"], use["pointer"]) == (0.1234, "0.1234", "12.3%", "/share")
    assert (use["kind"], use["ref"], use["file"]) == ("value", "rank_needs:/share", "rank_needs.json")
    assert (use["kinds"], len(use["sha256"])) == (["collected"], 64)
    assert door.v("rank_needs:/a~1b", "{:d}") == "[7]{#c4-v2 .val}"


def test_a_cell_is_logged_with_the_key_of_its_row(door: Door) -> None:
    row = door.one("needs", where={"group": "all", "attribute": "price"})
    assert row.v("weight", "{:.2f}") == "[0.00]{#c4-v1 .val}"
    assert door.uses[0]["pointer"] == {"key": {"group": "all", "attribute": "price"}, "column": "weight"}
    assert door.uses[0]["ref"] == "needs[group=all, attribute=price].weight"
    assert row.t("label_en") == "[Price \\| fees]{.txt}"
    assert row.both() == "[Price \\| fees]{.txt}"
    assert (row["group"], row["n"], row["weight"]) == ("all", 236, -0.0004)


def test_a_group_is_text_even_where_it_looks_like_a_number(door: Door) -> None:
    assert door.rows("needs", where={"group": "1"})[0]["group"] == "1"
    assert len(door.rows("needs", where={"group": 1})) == 2
    assert len(door.rows("needs", where={"suppressed": True})) == 1
    assert [row["weight"] for row in door.rows("needs", sort="-weight")] == [0.31, 0.302, -0.0004, None]
    assert [row["n"] for row in door.rows("needs", where={"attribute": ["price", "x"]}, sort="n", limit=1)] == [236]


def test_a_table_keeps_what_is_needed_to_show_it_again(door: Door) -> None:
    columns = [
        col(["label_en", "label_zh"], "Need"),
        col("weight", "Weight", "{:.2f}"),
        col(["low", "high"], door.lit("95%") + " interval", "{:.1f} to {:.1f}"),
        col("suppressed", "Held", words={"yes": "held", "no": "open"}),
    ]
    text = door.table("needs", columns, caption="Weights.", id="weights", where={"group": "1"})
    assert '::: {#tbl:weights .table use="c4-t1"' in text
    assert "| Price \\| fees 价格 | withheld | withheld | held |" in text
    assert ": Weights\\. [Synthetic data 模拟数据]{.kind}" in text
    use = door.uses[0]
    again = [Column(**column) for column in use["columns"]]
    rows = shown.select(shown.read_table(use["file"]), use["where"], use["sort"], use["limit"])
    assert [[shown.show_cell(row, column) for column in again] for row in rows] == [row["shown"] for row in use["rows"]]
    assert use["rows"][0] == {
        "key": {"group": "1", "attribute": "speed"},
        "raw": [["Speed", "速度"], ["0.31"], ["0.25", "0.37"], ["no"]],
        "shown": ["Speed 速度", "0.31", "0.2 to 0.4", "open"],
    }


def test_a_whole_number_needs_no_decimal_and_words_stand_for_codes_in_each_column() -> None:
    assert [shown.show(raw, "{:,.1w}") for raw in (35.0, 1234.0, 3.512, -0.04, 0)] == ["35", "1,234", "3.5", "0.0", "0"]
    row = {"kind": "pest", "direction": "threat", "value": "35.0", "unit": "groups"}
    column = Column(["kind", "direction"], "Part", "{}: {}", words={"pest": "policy", "threat": "hinders"})
    assert shown.show_cell(row, column) == "policy: hinders"
    assert shown.show_cell(row, Column(["value", "unit"], "Base", "{:,.1w} {}")) == "35 groups"


def test_reasons_and_warnings_are_logged_sentences(door: Door) -> None:
    assert door.status("rank_needs") == "refused"
    assert door.reason("rank_needs") == "[Only 12 answers\\.]{#c4-s1 .sentence}"
    assert "::: {.warning .serious}\n**Serious.** [Few answers \\(12\\)\\.]{#c4-s2 .sentence}" in door.warnings(
        "rank_needs"
    )
    assert [use["kind"] for use in door.uses] == ["text", "text"]
    assert door.kinds_of("needs") == ["published", "synthetic"]


def test_titles_words_and_citations(door: Door) -> None:
    assert door.titles("4") == "[Needs]{.txt} [需求]{.txt .zh}"
    assert door.titles(4, "sample") == "[Sample]{.txt}"
    assert door.cite(["kano1984", "oliver_1980"]) == "[@kano1984; @oliver_1980]"
    assert door.cite([]) == ""


FAULTS = {
    'v("rank_need:/x")': "not among the inputs of the chapter; there is rank_needs",
    'v("rank_needs:/n/al", "{:d}")': "no 'al'; there is all",
    'v("rank_needs:/list/5")': "no '5'; there is 0..1",
    'v("rank_needs:/none", "{:d}")': 'there is no value; ask with missing="not available"',
    'v("rank_needs:/n", "{:d}")': "found a dict, not one value",
    'v("rank_needs:/share", "{:d}")': "cannot be shown as '{:d}'",
    'v("rank_needs:/share", "{:.1%} {}")': "cannot be shown as",
    'rows("need")': "not among the inputs of the chapter; there is needs",
    'rows("needs", where={"grup": "1"})': "no column grup; there is group, attribute",
    'rows("needs", sort="-wait")': "no column wait",
    'one("needs", where={"group": "1"}).v("weight")': "found 2 rows; one is asked for",
    'rows("needs")[0].v("wait")': "no column wait",
    'rows("needs")[0]["wait"]': "no column wait",
    'rows("needs")[1].v("weight")': "there is no value",
    'table("needs", [col("wait", "W")], caption="x")': "no column wait",
    'table("needs", [col("n", "N")], caption="x", where={"group": "9"})': "no row to show",
    'table("needs", [col("label_en", "N", "{:.2f}")], caption="x")': "a cell cannot be shown",
    'figure("map", caption="x")': "no values of a draw rule",
    'titles("9")': "no such chapter in the words; there is 4",
    'titles("4", "x")': "no such section in the words; there is sample",
    'cite(["a; @b"])': "allowed: keys of the bibliography",
    "w.customer": "no attribute 'customer'",
    "unknown": "'unknown' is undefined",
    "s.min_cell": "numbers come through",
    'get("rank_needs:/share")': "numbers come through",
    'get("rank_needs:/share") * 2': "a template computes nothing",
    '"%.2f" | format(0.5)': "No filter named 'format'",
}


@pytest.mark.parametrize("asked", FAULTS)
def test_what_does_not_exist_is_told_with_chapter_line_and_choice(door: Door, asked: str) -> None:
    with pytest.raises(InputError) as fault:
        written(door, f"# T\n\nA {{{{ {asked} }}}}.\n")
    assert FAULTS[asked] in str(fault.value)
    assert "chapter 4" in str(fault.value)
    assert "line 3" in str(fault.value)
    assert "\n" not in str(fault.value)


def test_a_missing_value_shows_what_the_template_says(door: Door) -> None:
    assert door.v("rank_needs:/none", "{:d}", missing="not available") == "[not available]{.txt}"
    assert door.v("rank_needs:/nowhere", "{:d}", missing="not available") == "[not available]{.txt}"
    assert door.get("rank_needs:/nowhere", 3) == 3
    assert door.uses == []


def test_a_template_escapes_data_and_keeps_macros(door: Door) -> None:
    text = written(
        door,
        '{% macro said(x) %}*{{ x }}*{% endmacro %}# {{ titles("4") }}\n\n{# #sec:x}\n'
        "{{ said(w.customers) }} {{ texts.limits[0] }} {{ s.title }} {{ w.customers | zh }}{# x "
        '{{ "*" ~ w.customers }}\n',
    )
    assert "*[major customers]{.txt}* [In \\*2024\\* only\\.]{.txt} [Study 1]{.txt} [大客户]{.txt}" in text
    assert "{# #sec:x}" in text
    assert "\\*[major customers]{.txt}" in text


def test_a_confidential_file_does_not_pass(door: Door) -> None:
    with pytest.raises(InputError, match="shows aggregates only"):
        Door(1, {}, {"x": "results/s/confidential/x.csv"}, {}, {}, study={}, words={})


def test_rows_that_nobody_can_tell_apart_are_refused(door: Door) -> None:
    Path("needs.csv").write_text("a,b\n1,2\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="two rows are the same"):
        door.rows("needs")


BARE = {
    "It has 12 answers.": "prose: '12'",
    "## Part 2\n": "heading 'Part 2': '2'",
    "三家银行 and more.": "'三家银行'",
    "１２ wide.": "'１２'",
    "a^[Note 5.]": "'5.'",
    "[9](http://x)": "'9'",
    "A text\n## Heading\n": "'##' was not read as a mark",
    "A text\n::: {.warning}\nx\n:::": "':::' was not read as a mark",
    "[7]{.val #c4-v9}": "'c4-v9', which the door did not show",
    "[13.0%]{.val #c4-v1}": "'13.0%' is marked as the value 'c4-v1'",
    "::: {#tbl:x}\n| A5 |\n|----|\n| 1 |\n\n: Of 4.\n:::": "caption of tbl:x: '4.'; head of tbl:x: 'A5'",
}


@pytest.mark.parametrize("prose", BARE)
def test_a_bare_number_is_refused(door: Door, prose: str) -> None:
    door.v("rank_needs:/share", "{:.1%}")
    with pytest.raises(InputError, match="bare numbers") as fault:
        check(f"# T\n\n{prose}", door)
    assert BARE[prose] in str(fault.value)


def test_what_may_carry_digits(door: Door) -> None:
    text = written(
        door,
        '# T {#sec:t}\n\n{{ v("rank_needs:/share", "{:.1%}") }} {{ lit("1977") }} {{ esc("5 forces") }} '
        '[@kano1984, p. 3] `x1` $x^2$ @tbl:weights1 {{ reason("rank_needs") }}\n\n1. one\n2. two\n\n'
        '{{ table("needs", [col("n", "N")], caption="Of " ~ lit("2"), id="weights1", where={"group": "all"}) }}',
    )
    check(text, door)


@pytest.mark.parametrize("text", ["no heading", "## Second\n\n# First\n", "# One\n\n# Two\n"])
def test_a_chapter_opens_with_its_heading(door: Door, text: str) -> None:
    with pytest.raises(InputError, match="one of level 1, and first"):
        check(text, door)


def test_arithmetic_is_found_where_it_stands() -> None:
    made = environment(".")
    assert lint.computing("{{ a }}\n{% if b > -1 %}{{ c ~ d }}{% endif %}", made) == []
    assert lint.computing("x\n{{ a - b }}\n{% set c = 1 + d %}", made)[0].startswith("line 2:")
    assert len(lint.computing("x\n{{ a - b }}\n{% set c = 1 + d %}", made)) == 2


SHOWN: list[tuple[Any, str, str]] = [
    (0.1234, "{:.1%}", "12.3%"),
    (-0.5, "{:.2f}", "−0.50"),
    (-0.001, "{:.2f}", "0.00"),
    (0.5, "{:+.2f}", "+0.50"),
    (5.0, "{:d}", "5"),
    (12345.6, "{:,.0f}", "12,346"),
    ("a\n b", "{}", "a b"),
    (0.0004, "p", "< 0.001"),
    (0.0312, "p", "= 0.031"),
    ([0.1, -0.2], "{:.1f} to {:.1f}", "0.1 to −0.2"),
    (True, "{}", "True"),
]


@pytest.mark.parametrize(("raw", "form", "wanted"), SHOWN)
def test_formats(raw: Any, form: str, wanted: str) -> None:
    assert shown.show(raw, form) == wanted


@pytest.mark.parametrize(("cell", "wanted"), [("0.031", "0.031"), ("4e-05", "< 0.001"), ("0", "< 0.001"), ("", "–")])
def test_a_column_of_p_values_is_shown_alike_by_door_and_audit(door: Door, cell: str, wanted: str) -> None:
    Path("needs.csv").write_text(f"variable,p_bh\nsize,{cell}\n", encoding="utf-8")
    columns = [col("variable", "Variable"), col("p_bh", "p", "p")]
    assert wanted in door.table("needs", columns, "P.").replace("\\", "")
    assert door.uses[0]["rows"][0]["shown"] == ["size", wanted]
    assert read_cells(door.uses[0], Files()) == [["size", wanted]]


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [("", None), ("0102", "0102"), ("-3", -3), ("1.50", 1.5), ("1e-06", 1e-06), ("1-2", "1-2"), ("yes", "yes")],
)
def test_cells(cell: str, wanted: Any) -> None:
    assert shown.parse(cell) == wanted


def test_the_key_is_the_leftmost_columns_that_tell_rows_apart(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b,c\n1,1,x\n1,2,x\n2,1,x\n", encoding="utf-8")
    assert shown.read_table(path).key == ["a", "b"]
    path.write_text("a,b\n", encoding="utf-8")
    assert shown.read_table(path).rows == []
