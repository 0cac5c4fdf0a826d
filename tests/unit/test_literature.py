"""Literature: parsing, selection, maps."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.lib.job import InputError
from scripts.literature.coding import CodeLists, labels_of, read_coding
from scripts.literature.ingest_literature import parse, read_list
from scripts.literature.keywords import pairs, share_with_two
from scripts.literature.map_literature import by_topic, count_topics, cross, gap_values, key_works, trend
from scripts.literature.screen_literature import duplicates, flow, normal_doi, screen

GOOD = """@article{one, author = {N{\\"a}tti, Satu and Palo, Teea}, year = {2014}, title = {{A Title}},
  journal = {Journal}, verification = {seen in a list}}
@mastersthesis{two, author = {Unknown}, year = {n.d.}, title = {Another}, school = {School},
  verification = {unverified}}
"""


def test_parse_decodes_latex_and_reads_the_verification() -> None:
    records, faults = parse(GOOD, "literature")
    assert not faults
    assert records[0]["authors"] == "Nätti, Satu; Palo, Teea"
    assert records[0]["title"] == "A Title"
    assert [record["verified"] for record in records] == [True, False]
    assert [record["year"] for record in records] == [2014, None]
    assert records[1]["journal"] == "School"


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("@article{a, year = {2001}}", "entry a, field title: found nothing"),
        ("@article{a, title = {X}}", "entry a, field year: found nothing"),
        ("@article{a, title = {X}, year = {201}}", "field year: found '201'; allowed: four digits"),
        ("@article{a, title = {X}, year = {2001}}\n@article{a, title = {Y}, year = {2002}}", "found the key twice"),
        ("@article{a, title = {X}, title = {Y}, year = {2001}}", "found the field title twice"),
        ("@article{a title = {X}}", "line 1: found an entry that is not BibTeX"),
    ],
)
def test_faults_of_records_are_told_with_place(entry: str, told: str) -> None:
    _, faults = parse(entry, "literature")
    assert told in " ".join(faults)
    assert all("allowed" in fault and "line" in fault for fault in faults)


def test_unreadable_bibtex_is_one_line(tmp_path) -> None:
    path = tmp_path / "literature.bib"
    path.write_bytes("题名".encode("gb18030"))
    with pytest.raises(InputError, match=r"study x, file .*: found no UTF-8 text"):
        read_list(str(path), "literature", "x")


RECORDS = pd.DataFrame(
    {
        "key": ["a", "b", "c", "d", "e"],
        "doi": ["10.1/X", "https://doi.org/10.1/x", None, None, None],
        "title": ["One", "Other", "The Kano-Model", "the kano model", "the kano model"],
        "year": pd.array([2001, 2002, 1984, 1984, 1985], dtype="Int64"),
        "verified": ["no", "yes", "yes", "yes", "no"],
    }
)


def test_duplicates_share_a_doi_or_title_and_year_and_the_verified_one_stays() -> None:
    assert duplicates(RECORDS) == {"a": "b", "d": "c"}
    assert normal_doi("doi: 10.1/ABC") == "10.1/abc"


def test_selection_gives_each_record_a_decision_and_a_reason() -> None:
    out = screen(RECORDS).set_index("key")["decision"]
    assert out.to_dict() == {"a": "duplicate", "b": "included", "c": "included", "d": "duplicate", "e": "excluded"}


@given(st.lists(st.tuples(st.integers(1990, 1993), st.sampled_from("AB"), st.booleans()), min_size=1, max_size=30))
def test_the_flow_conserves_records(rows: list[tuple[int, str, bool]]) -> None:
    frame = pd.DataFrame(
        {
            "key": [f"k{i:02d}" for i in range(len(rows))],
            "doi": None,
            "title": [row[1] for row in rows],
            "year": [row[0] for row in rows],
            "verified": ["yes" if row[2] else "no" for row in rows],
        }
    )
    n = flow(screen(frame)).set_index("step")["n"]
    assert n["identified"] - n["duplicates"] == n["screened"]
    assert n["screened"] - n["excluded"] == n["included"]
    assert n["identified"] - n["duplicates"] == len({(row[0], row[1]) for row in rows})


def test_trend_keeps_empty_periods_and_leaves_undated_records_out() -> None:
    out = trend(pd.Series([1984, 1996, 1997, None], dtype="Int64"))
    assert out["period"].tolist() == ["1980-1984", "1985-1989", "1990-1994", "1995-1999"]
    assert out["n"].tolist() == [1, 0, 0, 2]
    assert trend(pd.Series([None], dtype="Int64")).empty


WORKS = pd.DataFrame(
    {
        "key": ["a", "b", "c", "d"],
        "topics": ["t1;t2", "t1", "t2", "t1"],
        "keywords": ["x;y", "x;y", "x", "y;z"],
        "year": pd.array([2000, 1990, None, 2010], dtype="Int64"),
        "region_type": ["home_kind", "unknown", "other_kind", "home_kind"],
        "customer_kind": ["major", "retail", "major", "major"],
        "own_source": ["no", "no", "no", "yes"],
        "confidence": ["high", "low", "high", "high"],
        "authors": "A",
        "title": "T",
        "journal": "J",
    }
)
TOPICS = pd.DataFrame(
    {"position": [1, 2, 3], "code": ["t1", "t2", "t3"], "label_en": ["T1", "T2", "T3"], "label_zh": ["甲", "乙", "丙"]}
)
REGIONS = pd.DataFrame(
    {
        "position": [1, 2, 3],
        "code": ["home_kind", "other_kind", "unknown"],
        "label_en": ["home", "other", "unknown"],
        "label_zh": ["", "", ""],
    }
)


def test_cross_table_keeps_every_cell_and_an_untold_code_is_no_gap() -> None:
    long = by_topic(WORKS)
    out = cross(long, TOPICS, REGIONS, "region_type")
    assert len(out) == 9
    cells = out.set_index(["topic", "region_type"])
    assert cells.loc[("t1", "home_kind"), "n"] == 2
    assert cells["n"].sum() == len(long)
    assert cells.loc[("t3", "home_kind"), "gap"]
    assert not cells.loc[("t3", "unknown"), "gap"]


def test_topics_without_a_record_are_counted_as_none() -> None:
    out = count_topics(by_topic(WORKS), TOPICS, 4).set_index("topic")
    assert out["n"].to_dict() == {"t1": 3, "t2": 2, "t3": 0}
    assert out.loc["t1", "share"] == 0.75


def test_own_source_is_no_evidence_against_a_gap() -> None:
    others = by_topic(WORKS[WORKS["own_source"] != "yes"])
    region = cross(others, TOPICS, REGIONS, "region_type")
    customer = pd.Series({"code": "major", "label_en": "majors", "label_zh": "大客户"})
    found = gap_values(WORKS, region, REGIONS.iloc[0], customer)
    assert (found["n_region"], found["n_region_customer"], found["n_own_source"]) == (1, 1, 1)
    assert found["n_topics_without_region"] == 1
    assert found["gap_sentence"]["en"].startswith("Of the 3 coded records of this list 1 deals with")


def test_key_works_are_dated_and_not_of_low_confidence() -> None:
    out = key_works(by_topic(WORKS), TOPICS)
    assert out["key"].tolist() == ["a", "d", "a"]
    assert out["topic"].tolist() == ["t1", "t1", "t2"]
    years = [1990, 1995, 2000, 2005, 2010]
    many = pd.concat([WORKS.iloc[[0]].assign(key=f"k{y}", topics="t1", year=y, confidence="high") for y in years])
    assert key_works(by_topic(many), TOPICS)["year"].tolist() == [1990, 1995, 2005, 2010]


def test_association_is_observed_over_expected() -> None:
    out = pairs(WORKS["keywords"]).set_index(["first", "second"])
    assert out.index.tolist() == [("x", "y")]
    assert out.loc[("x", "y"), "association"] == pytest.approx(2 * 4 / (3 * 3))
    assert share_with_two(WORKS["keywords"]) == 0.75


LISTS = CodeLists.model_validate({"topics": [{"id": "t1", "label": {"en": "T1"}}, {"id": "t2", "label": {"en": "T2"}}]})
HEADER = "key,topics,keywords,region_type,region,customer_kind,study_type,coded_from,confidence\n"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("zz,t1,x,none,,major,case,title,high", "column key: found 'zz'"),
        ("a,t9,x,none,,major,case,title,high", "column topics: found 't9'; allowed: t1 | t2"),
        ("a,,x,none,,major,case,title,high", "column topics: found nothing"),
        ("a,t1,x,none,,major,case,title,certain", "column confidence: found 'certain'"),
        ("a,t1,x,No Region,,major,case,title,high", "column region_type: found 'No Region'"),
    ],
)
def test_faults_of_the_coding_sheet_name_row_and_column(tmp_path, row: str, told: str) -> None:
    path = tmp_path / "coding.csv"
    path.write_text(HEADER + row + "\n", encoding="utf-8")
    with pytest.raises(InputError) as fault:
        read_coding(path, "x", LISTS, ["a"])
    assert told in str(fault.value)
    assert "study x, file" in str(fault.value)
    assert "row 2" in str(fault.value)


def test_coding_is_tidied_and_closed_lists_give_order_and_labels(tmp_path) -> None:
    path = tmp_path / "coding.csv"
    path.write_text(HEADER + "a,t1; t2;,x ;y,none,,major,case,title,high\n", encoding="utf-8")
    out = read_coding(path, "x", LISTS, ["a"])
    assert out.loc[0, "topics"] == "t1;t2"
    assert out.loc[0, "keywords"] == "x;y"
    assert out.loc[0, "own_source"] == "no"
    assert labels_of([], ["b_c", "a", "a"])["code"].tolist() == ["a", "b_c"]
    assert labels_of(list(LISTS.topics), [])["label_en"].tolist() == ["T1", "T2"]
