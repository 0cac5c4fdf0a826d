"""What differs between two builds: values, ranks, verdicts, warnings and sentences, as pure functions."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.audit import builds, changes, compare_runs, rankings, sentences
from scripts.audit.changes import NONE, Change
from scripts.audit.rankings import Groups, Ranking
from scripts.audit.sentences import Pair, Sentence
from scripts.chapters.shown import Table
from scripts.lib.job import InputError
from scripts.lib.sources import sha256

NOBODY = Groups({}, frozenset(), frozenset(), {})
NEEDS = Ranking("Needs", "needs/needs.csv", "attribute", "rank", rankings.INTERVAL)
plain = st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab/~", max_size=2)
documents = st.dictionaries(
    st.sampled_from(["a", "b/c", "d~", "status"]),
    st.recursive(plain, lambda one: st.lists(one, max_size=2), max_leaves=4),
)


def table(rows):
    """A table with its key in the first column."""
    columns = list(rows[0]) if rows else []
    return Table(columns, [{name: str(cell) for name, cell in row.items()} for row in rows], columns[:1])


@given(before=documents, after=documents)
def test_what_differs_leads_from_one_document_to_the_other(before, after):
    patched = dict(changes.flatten(before))
    for name, old, new in changes.differing(patched, dict(changes.flatten(after))):
        assert patched.get(name) == old
        if new is None:
            patched.pop(name, None)
        else:
            patched[name] = new
    assert {k: v for k, v in patched.items() if v is not None} == {
        k: v for k, v in changes.flatten(after) if v is not None
    }


@given(document=documents)
def test_a_document_does_not_differ_from_itself(document):
    assert changes.values("x.json", document, json.loads(json.dumps(document))) == []


def test_settings_are_named_as_in_the_study():
    before = {"strategy": {"cr_limit": 0.2, "apart": ["a"]}, "seed": 1}
    after = {"strategy": {"cr_limit": 0.1, "apart": ["a", "b"]}, "seed": 1}
    told = [(one.pointer, one.before, one.after) for one in changes.settings(before, after)]
    assert told == [("strategy.cr_limit", "0.2", "0.1"), ("strategy.apart.1", NONE, "b")]


def test_a_status_and_a_truth_value_are_verdicts_and_a_text_counts_once():
    before = {"status": "ok", "clear": True, "n": 3, "first": {"en": "one", "zh": "一"}, "warnings": [{"code": "a"}]}
    after = {"status": "refused", "clear": False, "n": 4, "first": {"en": "two", "zh": "二"}, "warnings": []}
    told = {one.pointer: (one.kind, one.before, one.after) for one in changes.values("needs/x.json", before, after)}
    assert told == {
        "/status": ("verdict", "ok", "refused"),
        "/clear": ("verdict", "yes", "no"),
        "/n": ("value", "3", "4"),
        "/first/en": ("value", "one", "two"),
    }


def test_warnings_come_and_go_by_their_code():
    one, two = ({"code": code, "severity": "note", "text": {"en": f"{code}.", "zh": ""}} for code in ("a", "b"))
    again = {**one, "text": {"en": "a, in other words.", "zh": ""}}
    told = changes.warnings("needs/x.json", {"warnings": [one, two]}, {"warnings": [again, again]})
    assert [(c.pointer, c.before, c.after) for c in told] == [("a", NONE, "a, in other words."), ("b", "b.", NONE)]


def test_cells_are_told_by_row_and_column():
    before = table(
        [{"k": "a", "label_en": "A", "label_zh": "甲", "n": 1, "ok": "yes", "position": 1}, {"k": "b", "n": 2}]
    )
    after = table(
        [{"k": "a", "label_en": "A!", "label_zh": "乙", "n": 5, "ok": "no", "position": 2}, {"k": "c", "n": 2}]
    )
    for part in (before, after):
        part.rows[1].update(dict.fromkeys(["label_en", "label_zh", "ok", "position"], ""))
    told = {
        one.pointer: (one.kind, one.label, one.before, one.after)
        for one in changes.cells("s/x.csv", before, after, NOBODY)
    }
    assert told == {
        "k=a → label_en": ("value", "A!", "A", "A!"),
        "k=a → n": ("value", "A!", "1", "5"),
        "k=a → ok": ("verdict", "A!", "yes", "no"),
        "k=b → row": ("value", "", changes.ROW, NONE),
        "k=c → row": ("value", "", NONE, changes.ROW),
    }


@given(
    cells=st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 3)), unique_by=lambda cell: cell[0], min_size=1)
)
def test_a_table_in_another_order_is_the_same_table(cells):
    rows = [{"k": key, "n": number} for key, number in cells]
    assert changes.cells("s/x.csv", table(rows), table(rows[::-1]), NOBODY) == []


def test_rows_are_the_same_by_what_they_are_about_and_not_by_their_place():
    before = table(
        [
            {"position": 1, "group": "all", "product": "a", "n": 5},
            {"position": 2, "group": "all", "product": "b", "n": 4},
        ]
    )
    after = table(
        [
            {"position": 1, "group": "all", "product": "b", "n": 4},
            {"position": 2, "group": "all", "product": "a", "n": 3},
        ]
    )
    assert changes.identity(before, after) == ["group", "product"]
    told = [(one.pointer, one.before, one.after) for one in changes.cells("s/x.csv", before, after, NOBODY)]
    assert told == [("position=2 → n", "5", "3")]


def test_a_measured_column_is_no_identity():
    before, after = (
        table([{"position": 1, "share": "0.5"}, {"position": 2, "share": other}]) for other in ("0.25", "0.75")
    )
    assert changes.identity(before, after) == ["position"]
    assert [one.pointer for one in changes.cells("s/x.csv", before, after, NOBODY)] == ["position=2 → share"]


def test_draws_are_not_compared():
    before, after = (table([{"draw": 0, "weight": weight}]) for weight in (1, 2))
    assert changes.cells("needs/need_draws.csv", before, after, NOBODY) == []


def test_groups_are_matched_by_name_and_the_rest_by_number():
    before = [{"group": number, "label_en": name} for number, name in (("1", "A"), ("2", "B"), ("3", "C"))]
    after = [{"group": number, "label_en": name} for number, name in (("1", "B"), ("2", "A"), ("3", "D"))]
    assert rankings.match(before, after).same == {"1": "2", "2": "1", "3": "3"}
    fewer = rankings.match(before, after[:1])
    assert (fewer.same, fewer.gone, fewer.new) == ({"2": "1"}, {"1", "3"}, frozenset())
    assert fewer.first([{"group": "2"}, {"group": "3"}, {"group": "all"}, {"n": "1"}]) == [
        {"group": "1"},
        {"group": "all"},
        {"n": "1"},
    ]
    more = rankings.match(before[:1], after)
    assert (more.new, more.second([{"group": "3"}, {"group": "2"}])) == ({"1", "3"}, [{"group": "2"}])


def place_rows(*ranks):
    """Rows of a ranking; an interval of one place to either side."""
    return [
        {
            "group": "all",
            "attribute": name,
            "label_en": name.upper(),
            "rank": str(rank),
            "rank_low": str(rank - 1) if rank else "",
            "rank_high": str(rank + 1) if rank else "",
        }
        for name, rank in ranks
    ]


def test_moves_come_with_the_interval_and_the_largest_first():
    before = place_rows(("a", 1), ("b", 2), ("c", 3), ("d", 4), ("e", ""))
    after = place_rows(("a", 2), ("b", 1), ("c", 5), ("d", 4), ("f", 3))
    found = rankings.places(NEEDS, before, after, {})
    told = [(one.label, one.before, one.after, one.note, one.inside) for one in rankings.moved(found)]
    assert told == [
        ("F", None, 3, "enters", False),
        ("C", 3, 5, "down 2; interval 2 to 4, now 4 to 6", False),
        ("A", 1, 2, "down 1; interval 0 to 2, now 1 to 3", True),
        ("B", 2, 1, "up 1; interval 1 to 3, now 0 to 2", True),
    ]
    assert len(found) == 5  # e has no place in either
    assert [rankings.head(found, second) for second in (False, True)] == ["A; B; C", "B; A; F"]


@given(order=st.permutations("abcdef"))
def test_places_won_are_places_lost(order):
    before, after = (place_rows(*((name, place) for place, name in enumerate(names, 1))) for names in ("abcdef", order))
    moved = rankings.moved(rankings.places(NEEDS, before, after, {}))
    assert sum((one.before or 0) - (one.after or 0) for one in moved) == 0
    sizes = [abs((one.before or 0) - (one.after or 0)) for one in moved]
    assert sizes == sorted(sizes, reverse=True)
    assert (moved == []) == (list(order) == list("abcdef"))


def test_measures_ranked_apart_have_no_place_among_the_others():
    ranking = Ranking("Measures", "strategy/ranking.csv", "measure", "rank_weighted_sum")
    rows = [
        {"measure": name, "label_en": name, "rank_weighted_sum": "1", "apart": apart}
        for name, apart in (("a", "no"), ("b", "yes"))
    ]
    assert [one.label for one in rankings.places(ranking, rows, rows, {})] == ["a"]


CHAPTER = """# A chapter {#sec:a}

## Section

*Which comes first?*

The share is [12%]{#c1-v1 .val} of all. It stays.

**Measure one**

- *How sure:* rank [1]{#c1-v2 .val} of [9]{#c1-v3 .val}.

**Measure two**

- *How sure:* rank [2]{#c1-v4 .val} of [9]{#c1-v5 .val}.

**In short.** Measure one leads.

| a | b |
|---|---|
| 1 | 2 |
"""


def test_sentences_know_their_section_and_their_measure():
    assert sentences.sentences(CHAPTER) == [
        Sentence("Section", "Which comes first?"),
        Sentence("Section", "The share is 12% of all."),
        Sentence("Section", "It stays."),
        Sentence("Section, Measure one", "How sure: rank 1 of 9."),
        Sentence("Section, Measure two", "How sure: rank 2 of 9."),
        Sentence("Section", ["In short", "Measure one leads."][0] + "."),
        Sentence("Section", "Measure one leads."),
    ]
    assert sentences.sentences("") == []


def test_two_measures_that_change_places_are_two_changes():
    other = CHAPTER.replace("[2]{", "[0]{").replace("[1]{", "[2]{").replace("[0]{", "[1]{").replace("12%", "14%")
    other = other.replace("It stays.", "Nothing of this kind was asked.")
    assert sentences.changed(sentences.sentences(CHAPTER), sentences.sentences(other)) == [
        Pair("Section", "The share is 12% of all.", "The share is 14% of all."),
        Pair("Section", "", "Nothing of this kind was asked."),
        Pair("Section", "It stays.", ""),
        Pair("Section, Measure one", "How sure: rank 1 of 9.", "How sure: rank 2 of 9."),
        Pair("Section, Measure two", "How sure: rank 2 of 9.", "How sure: rank 1 of 9."),
    ]


@given(order=st.permutations(["One.", "Two.", "Two.", "Three."]))
def test_a_sentence_that_only_moved_is_no_change(order):
    before, after = ([Sentence("s", text) for text in texts] for texts in (["One.", "Two.", "Two.", "Three."], order))
    assert sentences.changed(before, after) == []


def test_numbers_that_differ_most_come_first_and_small_ones_by_their_difference():
    sizes = [changes.relative(Change("value", "", "", "", *pair)) for pair in (("2", "4"), ("0.0", "0.5"), ("a", "b"))]
    assert sizes == [0.5, 0.5, 0.0]
    assert changes.relative(Change("value", "", "", "", "0", "0.001")) == pytest.approx(0.001)


def test_the_screen_shows_the_beginning_of_a_part_and_the_file_all():
    found = [Change("verdict", "needs/ipa.csv", f"row {n}", "", "yes", "no") for n in range(9)]
    assert compare_runs.page("a → b", found, {}, 5).count("yes → no") == 5
    assert "... and 4 more" in compare_runs.page("a → b", found, {}, 5)
    assert compare_runs.page("a → b", found, {}).count("yes → no") == 9
    assert compare_runs.table(found, {"needs/ipa.csv": "map"})["rule"].tolist() == ["map"] * 9


def write_build(folder, files, **record):
    """A build with the given files of results/s/, as its audit records it."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    document = {
        "study": {"name": "s", "settings": {"min_cell": 5}, "seed": 7},
        "files": {f"results/s/{name}": {"sha256": sha256(folder / name), "rule": "make"} for name in files},
        "rules": {"make": {"code": {"scripts/make.py": "0" * 64}}},
        "raw": {},
        "environment": {"file": "requirements.lock", "sha256": "1" * 64},
        "uses": [],
    } | record
    (folder / "audit").mkdir(exist_ok=True)
    (folder / "audit/provenance.json").write_text(json.dumps(document), encoding="utf-8")
    return str(folder)


FILES = {
    "needs/x.csv": "k,n\na,1\n",
    "needs/x.json": '{"status": "ok", "warnings": []}',
    "confidential/c.csv": "k\n1\n",
    "index.html": "<p>the same line</p>\n<p>the same line</p>\n",
}


def test_a_build_is_compared_without_its_confidential_files_and_its_guide(tmp_path):
    places = [
        write_build(tmp_path / name, FILES | more)
        for name, more in (("a", {}), ("b", {"confidential/c.csv": "k\n2\n", "index.html": "<p>\n<p>\n"}))
    ]
    for place in places:
        (tmp_path / place / "confidential/c.csv").unlink()
    assert compare_runs.compare(*map(builds.read, places)) == []


def test_what_the_report_shows_comes_first(tmp_path):
    use = {"kind": "cell", "file": "results/s/survey/y.csv", "pointer": {"key": {"k": "a"}, "column": "n"}}
    before = builds.read(write_build(tmp_path / "a", FILES | {"survey/y.csv": "k,n\na,1\n"}))
    after = builds.read(
        write_build(tmp_path / "b", FILES | {"survey/y.csv": "k,n\na,2\n", "needs/x.csv": "k,n\na,9\n"}, uses=[use])
    )
    assert [(one.file, one.shown) for one in compare_runs.compare(before, after)] == [
        ("survey/y.csv", True),
        ("needs/x.csv", False),
    ]


def test_a_half_done_build_and_another_record_are_refused_in_one_line(tmp_path):
    place = write_build(tmp_path / "a", FILES)
    (tmp_path / "a/needs/x.csv").write_text("k,n\na,2\n")
    with pytest.raises(InputError, match=r"found another needs/x\.csv than the build recorded"):
        builds.read(place)
    (tmp_path / "a/needs/x.csv").unlink()
    with pytest.raises(InputError, match=r"found another needs/x\.csv than the build recorded, or none"):
        builds.read(place)
    (tmp_path / "a/audit/provenance.json").write_text('{"files": {}}')
    with pytest.raises(InputError, match="cannot be read"):
        builds.read(place)
    with pytest.raises(InputError, match=r"found no audit/provenance\.json"):
        builds.read(str(tmp_path / "b"))


def test_names_of_builds_are_checked(tmp_path):
    place, studies = write_build(tmp_path / "a", FILES), ["one", "two"]
    assert builds.faults(None, None, studies) == []
    assert builds.faults("one", place, studies) == builds.faults("results/two", "one", studies) == []
    assert "found one; allowed: two" in builds.faults("one", "", studies)[0]
    assert "found one twice" in builds.faults("one", "results/one/", studies)[0]
    assert [fault.split(";")[0] for fault in builds.faults("tree", "leaf", studies)] == [
        "compare_runs, build tree: found no tree/audit/provenance.json",
        "compare_runs, build leaf: found no leaf/audit/provenance.json",
    ]
    assert [builds.title(place) for place in ("results/one", "kept/a", "../x/kept")] == ["one", "kept-a", "x-kept"]
