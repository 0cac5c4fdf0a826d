"""The page: whole in itself, safe, numbered, every number with its way back."""

import base64
import hashlib
import json
import re
import shutil
from pathlib import Path

import pytest
from conftest import Project, draw_html
from lxml import html

from scripts.lib.job import InputError


def test_the_page_asks_nothing_of_any_network(built: Project) -> None:
    tree = html.document_fromstring(built.page)
    assert not tree.xpath("//link | //iframe | //object | //script[@src]")
    assert all(source.startswith("data:") for source in tree.xpath("//@src"))
    assert not re.search(r"url\((?!data:|#)|@import", built.page)


def test_the_policy_allows_this_style_and_this_script_only(built: Project) -> None:
    tree = html.document_fromstring(built.page)
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert policy.startswith("default-src 'none';")
    for name in ("style", "script"):
        (text,) = re.findall(rf"<{name}>(.*?)</{name}>", built.page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert not tree.xpath("//@style | //@onclick"), "the policy would refuse them"


def test_text_of_the_study_never_becomes_markup(built: Project) -> None:
    tree = html.document_fromstring(built.page)
    assert len(tree.xpath("//script[not(@type)]")) == 1
    assert "<b>interest</b>" in tree.text_content()
    assert "{{ care }} *of* [x](http://y) $z$ @someone" in tree.text_content()
    assert tree.xpath("//meta[@name='author']/@content") == ['A "quoted" author & son_s']


def test_numbers_and_references(built: Project) -> None:
    tree = html.document_fromstring(built.page)
    assert [node.text_content() for node in tree.xpath("//h1/span[@class='number']")][:2] == [
        "Chapter 1\u2002",
        "Appendix A\u2002",
    ]
    links = {
        node.get("href"): node.text_content() for node in tree.xpath("//main//a[@class='ref' or @data-class='ref']")
    }
    found = {
        node.text_content()
        for node in tree.xpath("//main//a[starts-with(@href, '#tbl:') or starts-with(@href, '#sec:')]")
    }
    assert {"Table\u00a01.1", "Section\u00a01.2"} <= found, links
    assert tree.xpath("//figure[@id='tbl:needs']//a[contains(@class, 'label')]")[0].text == "Table\u00a01.1"
    assert tree.xpath("//figure[@id='tbl:raw']//figcaption/strong")[0].text_content() == "Table\u00a0E.1"


def test_every_use_leads_to_its_row_and_back(built: Project) -> None:
    tree = html.document_fromstring(built.page)
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    targets = {target.removeprefix("#") for target in tree.xpath("//@href") if target.startswith("#")}
    assert targets <= set(ids)
    for use in built.uses:
        assert f"prov-{use['id']}" in targets, use
        assert use.get("label", use["id"]) in targets, use


def test_tables_and_figures_are_accessible(built: Project) -> None:
    tree = html.document_fromstring(built.page)
    assert set(tree.xpath("//figure//thead//th/@scope")) == {"col"}
    assert set(tree.xpath("//figure//tbody//th/@scope")) == {"row"}
    assert tree.xpath("//figure[@id='tbl:needs']//tbody/tr/@data-key")[0] == "attribute=speed, group=all"
    alt = tree.xpath("//figure[@id='fig:needs']//*[@role='img']/@aria-label")[0]
    assert alt.startswith('Dot plot: "speed" of approval (审批速度)')
    for region in tree.xpath("//div[@class='scroll']"):
        assert region.get("tabindex") == "0"
        assert region.get("aria-labelledby") in tree.xpath("//@id")


def test_the_kind_of_data_stands_in_head_cover_and_captions(built: Project) -> None:
    tree = html.document_fromstring(built.page)
    both = ["Synthetic data 模拟数据", "Illustrative judgements 示例"]
    for place in ("//header", "//section[@id='title']", "//figure[@id='tbl:groups']/figcaption"):
        assert [node.text_content() for node in tree.xpath(f"{place}//span[@class='kind']")] == both
    assert [node.text_content() for node in tree.xpath("//figure[@id='tbl:needs']//*[@class='kind']")] == both[:1]


def test_chinese_is_marked_and_set_in_the_embedded_face(built: Project) -> None:
    tree = html.document_fromstring(built.page)
    marked = {node.text_content() for node in tree.xpath("//*[@lang='zh']")}
    assert {"大客户", "审批速度", "模拟数据"} <= marked
    assert "font/ttf;base64," in built.page


def test_references_follow_the_style(built: Project) -> None:
    text = html.document_fromstring(built.page).text_content()
    assert "MARTILLA J A, JAMES J C. Importance-performance analysis[J]" in text
    assert "高桥文夫, 等. 魅力质量与必备质量[J]" in text


def test_two_drawings_are_the_same_bytes(project: Project) -> None:
    assert draw_html() == project.page
    assert str(project.folder) not in project.page


SPOILT = {
    "See @fig:nothing.": "unresolved reference @fig:nothing",
    "See [@nobody1999].": "citation nobody1999 not found",
    "See [@tbl:needs; @kano1984].": "one bracket holds a reference and a citation",
    "## Again {#sec:needs}": "Duplicate identifier 'sec:needs'",
    "[1]{.val #c9-v1}": "the log of uses does not know c9-v1",
    "罕見𪚥字": "has no 𪚥",
}


@pytest.mark.parametrize("added", SPOILT)
def test_what_is_wrong_is_an_error(project: Project, added: str) -> None:
    path = Path("results/tiny/report/report.md")
    path.write_text(f"{path.read_text(encoding='utf-8')}\n\n{added}\n", encoding="utf-8")
    with pytest.raises(InputError) as fault:
        draw_html()
    assert SPOILT[added] in str(fault.value)


def test_a_study_without_weak_data_has_no_banner(project: Project) -> None:
    path = Path("results/tiny/report/front.json")
    front = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(front | {"labels": [], "statement": ["Real."]}), encoding="utf-8")
    tree = html.document_fromstring(draw_html())
    assert tree.xpath("//header/@class") == ["bar"]
    assert not tree.xpath("//header//span[@class='kind']")
    shutil.rmtree(project.folder)
