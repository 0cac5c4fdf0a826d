"""What comes from a file is text: pandoc must give back every sign of it, in prose, table and heading alike."""

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from scripts.chapters import lint, markdown
from scripts.chapters.markdown import Data, Text
from scripts.chapters.shown import clean
from scripts.report.pandoc import MARKDOWN, pandoc

NASTY = [
    "<script>alert(1)</script>",
    "{{ 7 * 7 }} {% raw %} {# id #}",
    "=cmd|' /C calc'!A0",
    "*a* _b_ **c** `d` ~e~ ^f^ [g](http://h) ![i](j) $k$ \\l",
    "1. item",
    "- item",
    "# heading",
    "> quote",
    "a | b || c",
    "@key [@key] @fig:x",
    "---",
    ": definition",
    "Table: caption",
    "line one\n\nline two\r\n    code",
    "::: {.warning}",
    "[x]{.val #c1-v1}",
    "quotes \"double\" 'single' ... -- ---",
    "&amp; &lt; &#35;",
    "right\u202eto left\u200b",
    "emoji-free 4 bytes: 𠮷𡈽",
    "x" * 10_000,
    "http://example.org <mail@example.org>",
    "\\newcommand{\\x}{y} \\begin{a}",
    "(a) (@) i. A)",
    "...",
    "% title",
    "+++ === ~~~ ```",
]


def said(document: str) -> list[str]:
    """The plain text of each paragraph's first span."""
    tree = json.loads(pandoc(document, "-f", MARKDOWN, "-t", "json"))
    return [lint.plain(block) for block in tree["blocks"]]


def folded(text: str) -> str:
    return " ".join(clean(text).split())


@pytest.mark.parametrize("text", NASTY)
def test_a_text_stays_a_text(text: str) -> None:
    assert said(str(markdown.marked(text, "txt"))) == [folded(text)]


def test_a_text_without_mark_stays_a_text_too() -> None:
    for text in NASTY:
        assert said(markdown.escape(text)) == [folded(text)], text


def test_a_table_keeps_its_cells() -> None:
    rows = [[text, str(number)] for number, text in enumerate(NASTY)]
    tree = json.loads(pandoc(markdown.pipe_table(["A", "B"], rows, [False, True]), "-f", MARKDOWN, "-t", "json"))
    assert [block["t"] for block in tree["blocks"]] == ["Table"]
    body = tree["blocks"][0]["c"][4][0][3]
    assert [[lint.plain(cell[4]) for cell in row[1]] for row in body] == [[folded(a), b] for a, b in rows]


@given(st.lists(st.text(min_size=1, max_size=40), min_size=1, max_size=40))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_stays_a_text(texts: list[str]) -> None:
    wanted = [folded(text) for text in texts if folded(text)]
    document = "\n\n".join(str(markdown.marked(text, "txt")) for text in texts)
    assert [" ".join(text.split()) for text in said(document)] == wanted


def test_joining_keeps_what_is_markdown_and_escapes_the_rest() -> None:
    words, value = Text(Data("major *customers*"), Data("大客户")), Markup("[12%]{.val #c1-v1}")
    assert markdown.join(["a", "b"]) == "ab"
    assert not isinstance(markdown.join(["a", "b"]), Markup)
    assert markdown.join(["Needs of ", words, ": ", value, "*"]) == (
        "Needs of [major \\*customers\\*]{.txt}\\: [12%]{.val #c1-v1}\\*"
    )


def test_numbers_do_not_print() -> None:
    for value in (3, 0.5, None, True, ["a"], {"en": "a"}):
        with pytest.raises(TypeError, match="numbers come through"):
            markdown.markdown(value)


def test_words_print_in_both_languages() -> None:
    word = Text(Data("major customer"), Data("大客户"))
    assert str(word) == "major customer"
    assert markdown.both(word) == "[major customer \\(大客户\\)]{.txt}"
    assert markdown.both(Text(Data("alone"))) == "[alone]{.txt}"
    assert markdown.chinese(word) == "[大客户]{.txt}"
    assert markdown.capital(word) == "Major customer"
    assert markdown.heading(word) == "[major customer]{.txt} [大客户]{.txt .zh}"


def test_columns_fit_the_page() -> None:
    narrow = markdown.column_widths([["a", "1"]], ["Name", "n"])
    assert sum(narrow) < 30
    wide = markdown.column_widths([["word " * 60, "大客户" * 40, "1.000"]], ["A", "B", "Value"])
    assert 97 <= sum(wide) <= 101
    assert wide[2] * markdown.PAGE / 100 >= len("1.000") + 2


def test_the_shape_of_a_table_counts_the_lines_of_its_rows() -> None:
    assert markdown.shape([["a", "1"], ["b", "2"]], ["Name", "n"]).endswith('lines="1 1"')
    found = re.search(r'lines="(\d+) (\d+)"', markdown.shape([["word " * 60, "1.000"], ["short", "2.000"]], ["A", "B"]))
    assert found is not None
    assert 3 <= int(found[1]) <= 5
    assert int(found[2]) == 1
