"""The provenance table: rows from the log of uses, and the same row in each format."""

import re
from typing import Any

import pytest
from lxml import html

from scripts.lib.job import InputError
from scripts.report import appendices
from scripts.report.dress import dress
from scripts.report.provenance import DIGITS, SHOWN, Row, rows_of
from scripts.report.typst_words import shown
from scripts.report.word_tables import traced
from scripts.report.word_text import Text

BASE: dict[str, Any] = {"file": "results/s/needs/x.csv", "sha256": "ab" * 32, "chapter": 4, "rule": "rank"}
USES = {
    use["id"]: BASE | use
    for use in (
        {"id": "c4-v1", "kind": "value", "shown": "1 | 2 <大客户>", "pointer": "/a|b"},
        {"id": "c4-v2", "kind": "cell", "shown": "x" * 80, "pointer": {"key": {"g": "1"}, "column": "w"}},
        {"id": "c4-t1", "kind": "table", "shown": "tbl:x", "label": "tbl:x", "pointer": ""},
        {
            "id": "c4-f1",
            "kind": "figure",
            "label": "fig:x",
            "pointer": "",
            "data": "results/s/f.csv",
            "data_sha256": "cd" * 32,
        },
        {"id": "c5-v1", "kind": "value", "shown": "7", "pointer": "/n", "chapter": 5},
    )
}
FOURTH = {"provenance": "4", "root": "results/s/"}
LABELS = {"tbl:x": "Table 4.1", "fig:x": "Figure 4.1"}


def test_a_chapter_has_one_row_a_use() -> None:
    number, cell, table, figure = rows_of(USES, FOURTH, LABELS)
    assert number == Row("c4-v1", "c4-v1", "1 | 2 <大客户>", ["needs/x.csv", "/a¦b"], ["rank", "ab" * (DIGITS // 2)])
    assert cell.shown == "x" * (SHOWN - 1) + "…"
    assert cell.where == ["needs/x.csv", "g=1 → w"]
    assert (table.place, table.shown, table.where) == ("tbl:x", "Table 4.1", ["needs/x.csv"])
    assert (figure.place, figure.shown, figure.where) == ("fig:x", "Figure 4.1", ["needs/x.csv", "f.csv"])
    assert figure.made == ["rank", "ab" * (DIGITS // 2), "cd" * (DIGITS // 2)]


def test_an_exhibit_that_the_report_lacks_is_named() -> None:
    with pytest.raises(InputError, match="no table or figure fig:x"):
        list(rows_of(USES, FOURTH, {"tbl:x": "Table 4.1"}))


def test_the_text_holds_a_table_a_chapter_with_the_room_for_each_row() -> None:
    text = appendices.provenance(list(USES.values()), "results/s/")
    fourth, fifth = re.findall(r"^::: \{#tbl:provenance.*\}$", text, re.MULTILINE)
    for attributes in ('provenance="4"', 'root="results/s/"'):
        assert attributes in fourth
    assert re.search(r'lines="\d \d \d \d"', fourth)
    assert 'provenance="5"' in fifth
    assert 'lines="1"' in fifth


def test_the_page_shows_the_rows() -> None:
    box = (
        '<div id="tbl:provenance-4" class="table" data-provenance="4" data-root="results/s/" data-label="Table I.1">'
        "<table><caption>C</caption><thead><tr><th>A</th><th>B</th><th>C</th></tr></thead></table></div>"
    )
    exhibits = '<div id="tbl:x" data-label="Table 4.1"><table><thead><tr><th>A</th></tr></thead></table></div>'
    figure = '<figure id="fig:x" data-label="Figure 4.1"><img data-use="c4-f1"><figcaption>C</figcaption></figure>'
    tree = dress(f"<html><body>{exhibits}{figure}{box}</body></html>", USES)
    table = tree.get_element_by_id("tbl:provenance-4")
    first, *_, last = table.findall(".//tbody/tr")
    link = tree.get_element_by_id("prov-c4-v1")
    assert (link.get("href"), link.text_content()) == ("#c4-v1", "1 | 2 <大客户>")
    assert '<a id="prov-c4-v1" href="#c4-v1">1 | 2 &lt;' in html.tostring(first, encoding="unicode")
    assert [cell.text_content() for cell in last] == ["Figure 4.1", "needs/x.csv f.csv", f"rank {'ab' * 6} {'cd' * 6}"]
    assert first[0].get("scope") == "row"


def test_word_has_the_row_within_its_bookmark() -> None:
    row = next(rows_of(USES, FOURTH, LABELS))
    first, where, _ = traced(Text(USES), row)
    opening, link = re.findall(r'w:(?:name|anchor)="(\w+)"', first)
    assert (opening, link) == ("prov_c4_v1", "c4_v1")
    assert re.findall("<w:t[^>]*>([^<]*)</w:t>", first) == ["1 | 2 &lt;", "大客户", "&gt;"]
    assert re.findall("<w:t[^>]*>([^<]*)</w:t>", where) == ["needs/x.csv", " ", "/a¦b"]


def test_an_argument_of_typst_keeps_its_signs() -> None:
    assert shown('a "#b" \\大客户') == '[#"a \\"#b\\" \\\\";#zh("大客户");]'
