"""The document that goes to Word: text as runs of our own, bookmarks, and what opens a page."""

import json
import re
from typing import Any

import pytest

from scripts.lib.job import InputError
from scripts.report.word_blocks import prepare
from scripts.report.word_text import Look, Text, run, runs

USES = {"c1-v1": {"id": "c1-v1"}}
META = {name: {"t": "MetaInlines", "c": [{"t": "Str", "c": name}]} for name in ("title", "author", "lang")}


def string(text: str) -> dict[str, Any]:
    return {"t": "Str", "c": text}


def header(level: int, identifier: str, *classes: str) -> Any:
    return {"t": "Header", "c": [level, [identifier, list(classes), []], [string(identifier)]]}


def paragraph(*inlines: Any) -> Any:
    return {"t": "Para", "c": list(inlines)}


def prepared(*blocks: Any) -> list[Any]:
    meta = META | {"labels": {"t": "MetaList", "c": [{"t": "MetaInlines", "c": [string("Synthetic")]}]}}
    document = {"pandoc-api-version": [1, 23, 1], "meta": meta, "blocks": blocks}
    made: list[Any] = prepare(json.dumps(document), USES)["blocks"]
    return made


def test_chinese_is_marked_and_neither_bold_nor_slanted() -> None:
    made = runs("the 大客户 <key>", Look(bold=True, italic=True))
    assert re.findall("<w:t[^>]*>([^<]*)</w:t>", made) == ["the ", "大客户", " &lt;key&gt;"]
    latin, chinese, _ = re.findall("<w:rPr>.*?</w:rPr>", made)
    assert "<w:b/>" in latin
    assert "<w:i/>" in latin
    assert '<w:b w:val="0"/><w:i w:val="0"/>' in chinese
    assert 'eastAsia="zh-CN"' in chinese


def test_signs_that_xml_forbids_are_left_out() -> None:
    assert ">ab\t</w:t>" in run("a\x00\x1fb\t\ufffe")


def test_words_in_a_row_are_one_run_over_citations_and_quotes() -> None:
    quoted = {"t": "Quoted", "c": [{"t": "DoubleQuote"}, [string("b")]]}
    cited = {"t": "Cite", "c": [[], [string("c")]]}
    (made,) = Text({}).inlines([string("a"), {"t": "Space"}, quoted, {"t": "Space"}, cited])
    assert made["c"][1] == '<w:r><w:t xml:space="preserve">a “b” c</w:t></w:r>'


def test_names_of_bookmarks_fit_the_format_and_never_meet() -> None:
    text = Text({})
    names = [text.bookmark(name) for name in ("sec:a-b", "sec:A-b", "1st", "大客户", "x" * 50, "x" * 51, "sec:a-b")]
    assert names[0] == names[-1] == "sec_a_b"
    assert len({name.lower() for name in names}) == len(names) - 1
    assert all(re.fullmatch("[A-Za-z][A-Za-z0-9_]{0,39}", name) for name in names)


def test_a_value_has_its_bookmark_and_leads_to_its_row() -> None:
    value = {"t": "Span", "c": [["c1-v1", ["val"], []], [string("12%")]]}
    made = Text(USES).of([value])
    assert '<w:hyperlink w:anchor="prov_c1_v1" w:history="1">' in made
    assert 'w:name="c1_v1"' in made
    with pytest.raises(InputError, match="does not know c9-v9"):
        Text(USES).of([{"t": "Span", "c": [["c9-v9", ["val"], []], [string("1")]]}])


def test_a_formula_is_left_to_pandoc_and_refused_in_a_cell() -> None:
    formula = {"t": "Math", "c": [{"t": "InlineMath"}, "x^2"]}
    assert Text({}).inlines([string("a"), formula])[1] == formula
    with pytest.raises(InputError, match="no formula, note or address may stand in: ax\\^2"):
        Text({}).of([string("a"), formula])


def test_chapters_open_a_page_and_so_does_the_abstract_behind_the_chinese_one() -> None:
    chinese = {"t": "Div", "c": [["", ["chinese"], []], [paragraph(string("摘要"))]]}
    small = ("unnumbered", "unlisted")
    blocks = [
        header(1, "sec:abstract"),
        header(2, "zh", *small),
        chinese,
        header(2, "en", *small),
        paragraph(string("words")),
        header(2, "later", *small),
        header(1, "sec:one"),
        header(1, "sec:a", "appendix"),
        header(1, "sec:b", "appendix"),
    ]
    made = [block["c"][1] for block in prepared(*blocks) if block["t"] == "RawBlock"]
    opens = ["pageBreakBefore" in text for text in made]
    assert opens == [True, False, True, False, True, True, False]


def test_a_title_in_bold_or_a_colon_keeps_to_what_it_names() -> None:
    bold = {"t": "Strong", "c": [string("Title")]}
    title, words_too, listing = prepared(paragraph(bold), paragraph(bold, string("b")), paragraph(string("These:")))
    for kept in (title, listing):
        assert kept["c"][0][2] == [["custom-style", "Keep With Next"]]
    assert words_too["t"] == "Para"


def test_the_summary_is_set_closer_in_lists_too_and_nothing_else_is() -> None:
    def items() -> Any:
        return {"t": "BulletList", "c": [[{"t": "Plain", "c": [string("item")]}]]}

    findings = {"t": "Div", "c": [["", ["findings"], []], [paragraph(string("Findings")), items()]]}
    made = prepared(header(1, "sec:summary"), paragraph(string("a")), findings, header(1, "sec:one"), items())
    style = [["custom-style", "Summary"]]
    assert made[1]["c"][0][2] == style
    assert made[2]["c"][1][0]["c"][0][2] == style
    (item,) = made[2]["c"][1][1]["c"][0]
    assert item["c"][0][2] == style
    assert item["c"][1][0]["t"] == "Para"
    assert made[-1]["c"][0][0]["t"] == "Plain"
