"""The document that goes to Typst: words, values and tables as calls of the book's functions."""

import json
import re
from typing import Any

import pytest

from scripts.lib.job import InputError
from scripts.report.book import prepare
from scripts.report.typst_words import UNBROKEN, markup, words

USES = {"c1-v1": {"id": "c1-v1"}, "c1-t1": {"id": "c1-t1"}, "c1-f1": {"id": "c1-f1", "alt": 'A "bar" chart'}}


def string(text: str) -> dict[str, Any]:
    return {"t": "Str", "c": text}


def code(text: str) -> dict[str, Any]:
    return {"t": "RawInline", "c": ["typst", text]}


def prepared(*blocks: Any) -> Any:
    document = {"pandoc-api-version": [1, 23, 1], "meta": {}, "blocks": blocks}
    return json.loads(prepare(json.dumps(document), USES))["blocks"]


def paragraph(*inlines: Any) -> Any:
    return {"t": "Para", "c": list(inlines)}


def test_words_keep_their_signs() -> None:
    assert words("plain") == [string("plain")]
    assert words("3.14") == [string("3.14")]
    assert words("wait...") == [code('#"wait...";')]
    assert words("2022-03") == [code('#"2022-03";')]
    assert words("‘quoted’") == [code('#"‘quoted’";')]


def test_a_call_ends_before_what_follows_it() -> None:
    """Typst would read ``#zh("..")(`` as a second call."""
    assert words("大客户(key)") == [code('#zh("大客户");'), string("(key)")]
    assert prepared(paragraph({"t": "Code", "c": [["", [], []], 'a"b\\c']}, string(".x"))) == [
        paragraph(code('#code("a\\"b\\\\c");'), string(".x"))
    ]


def test_a_word_that_no_line_holds_may_break() -> None:
    (word,) = words("W" * (UNBROKEN + 1))
    assert word["c"].replace("\u200b", "") == "W" * (UNBROKEN + 1)
    assert max(map(len, word["c"].split("\u200b"))) < UNBROKEN
    (among,) = words(f"see {'W' * (UNBROKEN + 1)} here")
    assert among["c"] == f"see {word['c']} here"
    assert "\u200b" not in words("needs/rank_needs/and/so/on/for/a/long/way/to.csv")[0]["c"]


def test_a_value_leads_to_its_row() -> None:
    span = {"t": "Span", "c": [["c1-v1", ["val"], []], [string("12%")]]}
    assert prepared(paragraph(span)) == [paragraph(code('#val("c1-v1")[#none;'), string("12%"), code("]"))]


def test_a_value_that_the_log_does_not_know_is_named() -> None:
    with pytest.raises(InputError, match="the log of uses does not know c9-v9"):
        prepared(paragraph({"t": "Span", "c": [["c9-v9", ["val"], []], [string("1")]]}))


def test_a_question_keeps_to_what_answers_it() -> None:
    header = {"t": "Header", "c": [2, ["a", [], []], [string("Title")]]}
    asked = paragraph({"t": "Emph", "c": [string("Why?")]})
    _, question = prepared(header, asked)
    assert question["t"] == "Plain"
    assert question["c"][0] == code("#keep-with-next[")
    (alone,) = prepared(asked)
    assert alone == asked


def test_a_title_in_bold_or_a_colon_keeps_to_what_it_names() -> None:
    bold = {"t": "Strong", "c": [string("Title")]}
    title, words_too, listing = prepared(paragraph(bold), paragraph(bold, string("b")), paragraph(string("These:")))
    assert title["c"][0] == listing["c"][0] == code("#keep-with-next[")
    assert words_too["t"] == "Para"


def table(lines: str, rows: int) -> Any:
    cell = [["", [], []], {"t": "AlignDefault"}, 1, 1, [{"t": "Plain", "c": [string("a")]}]]
    body = [["", [], []], 0, [], [[["", [], []], [cell]] for _ in range(rows)]]
    none = ["", [], []]
    column = [{"t": "AlignLeft"}, {"t": "ColWidthDefault"}]
    caption = [None, [{"t": "Plain", "c": [string("Caption")]}]]
    head = [none, [[none, [cell]]]]
    made = {"t": "Table", "c": [none, caption, [column], head, [body], [none, []]]}
    pairs = [["use", "c1-t1"], ["label", "Table 1.1"], ["widths", "40"], ["lines", lines]]
    return {"t": "Div", "c": [["tbl:a", ["table"], pairs], [made]]}


@pytest.mark.parametrize(
    ("lines", "whole", "whole_rows", "footer"),
    [
        ("1 1", "true", "true", 0),
        ("1 1 1 1 1", "true", "true", 2),
        ("3 3 3 3 3", "false", "true", 2),
        ("1 1 1 1 40", "false", "false", 0),
    ],
)
def test_a_short_table_stays_whole_and_a_long_one_keeps_its_end(
    lines: str, whole: str, whole_rows: str, footer: int
) -> None:
    rows = len(lines.split())
    blocks = prepared(table(lines, rows))
    opening = next(block for block in blocks if block["t"] == "Plain")["c"][0]["c"][1]
    assert re.fullmatch(
        rf'#exhibit-table\({rows}, .*whole: {whole}, whole-rows: {whole_rows}\)\[#exhibit-label\("c1-t1"\).*', opening
    )
    drawn = blocks[-2]["c"][1]
    assert drawn.startswith('#table(columns: (40%,),\nalign: (left,),\ntable.header([#"a";]),\ntable.hline(),\n')
    assert drawn.count('[#"a";]') == 1 + rows
    assert drawn.partition("table.footer(")[2].count('[#"a";]') == footer
    assert blocks[-1]["c"][1] == "]<tbl:a>"


def test_cells_hold_text_and_its_looks() -> None:
    link = {"t": "Link", "c": [["", [], []], [string("Table 1")], ["#tbl:a", ""]]}
    quoted = {"t": "Quoted", "c": [{"t": "DoubleQuote"}, [string("so")]]}
    inlines = [string('a "b" [c]'), {"t": "Space"}, {"t": "Emph", "c": [string("d")]}, quoted, link, code("#zh();")]
    assert markup(inlines) == ('#"a \\"b\\" [c]"; #emph[#"d";]#"“";#"so";#"”";#link(label("tbl:a"))[#"Table 1";]#zh();')
    with pytest.raises(InputError, match="no formula, note or address may stand in: E=mc"):
        markup([{"t": "Math", "c": [{"t": "InlineMath"}, "E=mc"]}])


def test_a_figure_has_its_words() -> None:
    image = {"t": "Image", "c": [["", [], [["use", "c1-f1"], ["width", "80%"]]], [], ["figures/a.svg", ""]]}
    caption = [None, [{"t": "Plain", "c": [string("Caption")]}]]
    attributes = ["fig:a", [], [["label", "Figure 1.1"]]]
    (plain,) = prepared({"t": "Figure", "c": [attributes, caption, [{"t": "Plain", "c": [image]}]]})
    assert plain["c"][0] == code(
        '#exhibit-figure("/figures/a.svg", "A \\"bar\\" chart", 80%)[#exhibit-label("c1-f1")[Figure 1.1]'
    )
    assert plain["c"][-1] == code("]<fig:a>")


def test_the_running_head_leaves_the_chinese_title_out() -> None:
    chinese = {"t": "Span", "c": [["", ["zh"], []], [string("绪论")]]}
    header = {"t": "Header", "c": [1, ["sec:introduction", [], []], [string("Introduction"), {"t": "Space"}, chinese]]}
    opening, _, running = prepared(header)
    assert opening["c"][1] == "#chapter-room"
    assert running["c"] == [code("#running.update(["), string("Introduction"), {"t": "Space"}, code("])")]


@pytest.mark.parametrize(("uses", "footer"), [(4, False), (5, True)])
def test_a_table_of_provenance_has_a_call_a_use(uses: int, footer: bool) -> None:
    log = {
        f"c1-v{number}": {
            "id": f"c1-v{number}",
            "kind": "value",
            "shown": "a-b",
            "pointer": "/a",
            "file": "results/s/x.json",
            "sha256": "ab" * 32,
            "chapter": 1,
            "rule": "rank",
        }
        for number in range(uses)
    }
    made = table(" ".join("1" * uses), 0)
    made["c"][0][2] = [["provenance", "1"], ["root", "results/s/"], *made["c"][0][2][1:]]
    document = {"pandoc-api-version": [1, 23, 1], "meta": {}, "blocks": [made]}
    blocks = json.loads(prepare(json.dumps(document), log))["blocks"]
    drawn = blocks[-2]["c"][1]
    call = '..traced("c1-v0", "c1-v0", [#"a-b";], ("x.json", "/a", ), ("rank", "abababababab", ))'
    assert drawn.startswith("#table(columns: (40%,),\nalign: left,\ntable.header(")
    assert call in drawn
    assert drawn.count("..traced(") == uses
    assert ("table.footer(..traced(" in drawn) is footer
