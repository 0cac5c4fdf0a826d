"""Rules that the prose of every chapter keeps, read in the built chapters: what a reader sees, not how it is made."""

import json
import re
from collections import Counter

import pytest

pytestmark = pytest.mark.xdist_group("workflow")

CHAPTERS = range(1, 8)
SPAN = re.compile(r"\[((?:[^\[\]\\]|\\.)*)\]\{[^{}]*\}")
QUESTION = re.compile(r"\*[^*]+\?\*")
CLOSING = re.compile(r"^\*\*(In short|Not answered)\.\*\* \S", re.MULTILINE)
FIELD = re.compile(r"\*[^*]+:\*")  # "Lead:", which measures have in common
COUNTED = "answer|attribute|customer|factor|figure|group|item|measure|problem|product|record|respondent|risk|sample"
LONG = 8  # words; a shorter sentence may be said twice


def plain(text: str) -> str:
    """A chapter without spans and escapes."""
    return re.sub(r"\\(.)", r"\1", SPAN.sub(r"\1", text))


def prose(text: str) -> list[str]:
    """Paragraphs and points of lists; no tables, captions, figures, headings."""
    lines = [line.strip() for line in text.splitlines() if not re.match(r"\||:|!\[|#", line)]
    return [" ".join(part.split("\n")) for part in re.split(r"\n\s*\n|\n- ", "\n".join(lines)) if part.strip()]


def sections(text: str) -> dict[str, str]:
    """Sections of level 2 by title."""
    parts = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    return {part.split("\n", 1)[0]: part.split("\n", 1)[1].strip() for part in parts}


def unnamed(text: str) -> list[str]:
    """Tables and figures that no sentence names."""
    exhibits = re.findall(r"\{#((?:tbl|fig):[\w-]+)", text)
    return [name for name in exhibits if not re.search(rf"@{name}(?![\w-])", text)]


def twice(text: str) -> list[str]:
    """Long sentences that stand twice."""
    parts = [sentence for part in prose(text) for sentence in re.split(r"(?<=[.?!]) (?=[A-Z*@])", part)]
    said = Counter(part.strip() for part in parts if len(part.split()) >= LONG and not FIELD.match(part.strip("- ")))
    return [sentence for sentence, times in said.items() if times > 1]


def slips(text: str) -> list[str]:
    """Doubled words and blanks, marks without a word, a number that does not agree with its noun."""
    patterns = (r"\b([A-Za-z]+) \1\b", r"\S {2,}\S", r" [.,;:](?= |$)", r"\(\)|;\.|:\.|, ?\.", rf"(?<![\d.,])\b1 ({COUNTED})s\b")
    return [
        f"{part[max(0, found.start() - 30) : found.end() + 30]!r}"
        for part in prose(text)
        for pattern in patterns
        for found in re.finditer(pattern, part)
    ]


@pytest.fixture(scope="module")
def chapters(built) -> dict[int, str]:
    folder = built.path("results/minimal/report")
    return {number: plain((folder / f"chapter_{number}.md").read_text(encoding="utf-8")) for number in range(8)}


@pytest.mark.parametrize("number", CHAPTERS)
def test_each_section_opens_with_its_question_and_closes_with_its_answer(chapters, number):
    found = sections(chapters[number])
    assert found
    assert {title: part[:60] for title, part in found.items() if not QUESTION.match(part)} == {}
    assert {title: len(CLOSING.findall(part)) for title, part in found.items() if not CLOSING.search(part)} == {}


@pytest.mark.parametrize("number", range(8))
def test_each_exhibit_is_named_in_the_text_of_its_chapter(chapters, number):
    assert unnamed(chapters[number]) == []


@pytest.mark.parametrize("number", CHAPTERS)
def test_no_sentence_stands_twice_in_a_chapter(chapters, number):
    assert twice(chapters[number]) == []


@pytest.mark.parametrize("number", range(8))
def test_the_text_has_no_slips(chapters, number):
    assert slips(chapters[number]) == []


def test_the_summary_has_five_numbers_three_findings_three_actions_each_with_its_section(chapters):
    for name, several in (("numbers", 5), ("findings", 3), ("actions", 3)):
        points = re.search(rf"::: \{{\.{name}\}}\n(.*?)\n:::", chapters[0], re.DOTALL)[1].split("\n- ")[1:]
        assert len(points) == several
        assert [point for point in points if "@sec:" not in point] == []


def test_a_real_list_beside_synthetic_answers_is_not_called_synthetic(chapters, project):
    both = "The survey answers and the list of major customers were made by a program"
    assert both in chapters[1] and "In the synthetic list" in chapters[1]
    project.replace("data/raw/minimal/SOURCES.csv", "customers.csv,synthetic", "customers.csv,collected")
    run = project.snakemake("results/minimal/report/chapter_1.md")
    assert run.returncode == 0, run.stdout + run.stderr
    text = plain(project.path("results/minimal/report/chapter_1.md").read_text(encoding="utf-8"))
    assert "The survey answers were made by a program" in text
    assert "In the synthetic list" not in text


def shown(built, number: int) -> set[tuple[str, str]]:
    """What a chapter shows: files with pointers of values, cells and sentences; every cell of its tables."""
    path = built.path(f"results/minimal/report/chapter_{number}.uses.json")
    found = set()
    for use in json.loads(path.read_text(encoding="utf-8")):
        if use["kind"] == "table":
            names = [column["names"] for column in use["columns"]]
            cells = [{"key": row["key"], "column": name} for row in use["rows"] for part in names for name in part]
            found |= {(use["file"], json.dumps(cell, sort_keys=True)) for cell in cells}
        elif use["kind"] != "figure":
            found.add((use["file"], json.dumps(use["pointer"], sort_keys=True)))
    return found


def test_the_conclusion_brings_no_number_that_was_not_shown_before(built):
    before = set().union(*(shown(built, number) for number in range(1, 7)))
    assert sorted(shown(built, 7) - before) == []


@pytest.mark.parametrize(
    ("check", "text", "found"),
    [
        (unnamed, "See @tbl:a-b.\n\n::: {#tbl:a .table}\n:::\n\n::: {#tbl:a-b .table}\n:::", ["tbl:a"]),
        (twice, "One two three four five six seven eight. One two three four five six seven eight.\n\nNo. No.", 1),
        (slips, "It is is there.", 1),
        (slips, "It is  there, in 1 groups ().", 3),
        (slips, "Of 11 groups 1 deals with it.", 0),
    ],
)
def test_the_rules_find_what_they_look_for(check, text, found):
    assert check(text) == found if isinstance(found, list) else len(check(text)) == found
