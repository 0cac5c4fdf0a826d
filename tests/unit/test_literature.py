"""Literature: parsing, selection, maps."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from scripts.lib.job import InputError
from scripts.literature.agreement import agree, cohen_kappa
from scripts.literature.coding import CodeLists, read_coding, read_searches
from scripts.literature.gap import gap_values
from scripts.literature.ingest_literature import agreement_values
from scripts.literature.keywords import pairs, share_with_two
from scripts.literature.map_literature import (
    by_topic,
    count_topics,
    cross,
    key_works,
    keyword_values,
    labels_of,
    theme_values,
    trend,
)
from scripts.literature.records import parse, read_both, read_list
from scripts.literature.screen_literature import duplicates, flow, normal_doi, said, screen
from scripts.literature.themes import find_themes, terms_of

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
    quick, _ = parse(GOOD, "literature", decode=False)
    assert [record["key"] for record in quick] == ["one", "two"]


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


def test_a_key_stands_in_one_of_the_two_files(tmp_path) -> None:
    path = tmp_path / "literature.bib"
    path.write_text(GOOD, encoding="utf-8")
    with pytest.raises(
        InputError, match=r"entry one, two: found a key of .*literature\.bib; allowed: each key in one of"
    ):
        read_both(str(path), str(path), "x")


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
    out = screen(RECORDS, {"c": "another subject"}).set_index("key")
    decisions = {"a": "duplicate", "b": "included", "c": "excluded", "d": "duplicate", "e": "excluded"}
    assert out["decision"].to_dict() == decisions
    assert out["reason"].to_dict()["c"] == "another subject"


RECORD = st.tuples(st.integers(1990, 1993), st.sampled_from("AB"), st.booleans(), st.sampled_from(["", "x", "y"]))


@given(st.lists(RECORD, min_size=1, max_size=30), st.none() | st.integers(0, 50))
def test_the_flow_conserves_records(rows: list[tuple[int, str, bool, str]], more: int | None) -> None:
    """identified - duplicates - excluded, reason by reason = included, with and without a log of searches."""
    keys = [f"k{i:02d}" for i in range(len(rows))]
    frame = pd.DataFrame(
        {
            "key": keys,
            "doi": None,
            "title": [row[1] for row in rows],
            "year": [row[0] for row in rows],
            "verified": ["yes" if row[2] else "no" for row in rows],
        }
    )
    reasons = {key: row[3] for key, row in zip(keys, rows, strict=True) if row[3]}
    hits = None if more is None else len(rows) + more
    steps = flow(screen(frame, reasons), hits)
    n = steps.groupby("step")["n"].sum().reindex(["identified", "duplicates", "screened", "excluded", "included"])
    n = n.fillna(0)
    assert n["identified"] == len(rows) + (more or 0)
    assert n["identified"] - n["duplicates"] == n["screened"]
    assert n["screened"] - n["excluded"] == n["included"]
    assert len(rows) - n["duplicates"] == len({(row[0], row[1]) for row in rows})
    assert steps["label_en"].is_unique, "each reason has a row of its own"


def test_without_a_log_of_searches_the_flow_is_no_prisma_flow() -> None:
    screened = screen(RECORDS, {})
    searches = pd.DataFrame({"source": ["A", "B"], "date": ["2026-01", "2026-03"], "query": "q", "hits": [40, 2]})
    by_hand, logged = said(flow(screened), searches.head(0)), said(flow(screened, 42), searches)
    assert by_hand["title"]["en"] == "Selection of the hand-assembled list"
    assert "gap in this list" in by_hand["sentence"]["en"]
    assert logged["title"]["en"].startswith("PRISMA 2020")
    assert logged["sentence"]["en"].startswith("In 2 sources 2 searches, the last of 2026-03, found 42 records")
    assert logged["n_excluded"] == 42 - 5 + 1


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("A,2026,q,2.5", "column hits: found '2.5'; allowed: a whole number from 0"),
        ("A,1 May,q,9", "column date: found '1 May'; allowed: YYYY, YYYY-MM or YYYY-MM-DD"),
        (",2026,q,9", "column source: found nothing"),
        ("A,2026,q,4", "column hits: found 4 in all, where the literature file holds 5 records; allowed: at least 5"),
    ],
)
def test_faults_of_the_log_of_searches(tmp_path, row: str, told: str) -> None:
    path = tmp_path / "search_log.csv"
    path.write_text(f"source,date,query,hits\n{row}\n", encoding="utf-8")
    with pytest.raises(InputError) as fault:
        read_searches(path, "x", 5)
    assert told in str(fault.value)


def test_kappa_of_a_square_table() -> None:
    """Two coders, 50 records: 20 and 15 alike, 5 and 10 not; p_o .7, p_e .5."""
    first = ["y"] * 25 + ["n"] * 25
    second = ["y"] * 20 + ["n"] * 5 + ["y"] * 10 + ["n"] * 15
    observed, kappa, low, high = cohen_kappa(first, second)
    assert (observed, kappa) == (pytest.approx(0.7), pytest.approx(0.4))
    assert low < 0.4 < high


CODES = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=4, max_size=40)


@given(CODES)
def test_kappa_is_scikit_learns(pairs_of: list[tuple[str, str]]) -> None:
    first, second = [pair[0] for pair in pairs_of], [pair[1] for pair in pairs_of]
    kappa = cohen_kappa(first, second)[1]
    if len({*first, *second}) > 1:
        assert kappa == pytest.approx(cohen_kappa_score(first, second), nan_ok=True)
    else:
        assert np.isnan(kappa)


def test_the_interval_of_kappa_is_the_bootstraps() -> None:
    rng = np.random.default_rng(5)
    first = rng.choice(list("abc"), 300, p=[0.5, 0.3, 0.2])
    second = np.where(rng.random(300) < 0.7, first, rng.choice(list("abc"), 300))
    _, _, low, high = cohen_kappa(list(first), list(second))
    rows = rng.integers(300, size=(2000, 300))
    drawn = [cohen_kappa(list(first[row]), list(second[row]))[1] for row in rows[:400]]
    assert (high - low) / 2 == pytest.approx(1.96 * np.std(drawn), rel=0.1)


def test_two_coders_agree_on_what_both_coded() -> None:
    first = WORKS[["key", "topics", "region_type", "customer_kind"]]
    second = first.head(3).assign(topics=["t1", "t2", "t2;t1"])
    out = agree(first, second).set_index("field")
    assert out["n"].tolist() == [3, 3, 3]
    assert out.loc["topics", "agreement"] == pytest.approx(2 / 3)
    assert out.loc["region_type", "kappa"] == pytest.approx(1)
    assert agreement_values(out.reset_index())["sentence"]["en"].startswith("Two coders coded 3 records; Cohen's kappa")
    assert agreement_values(out.head(0))["status"] == "absent"


WORDS = [
    "loan credit rate margin bank risk",
    "survey scale answer item respondent",
    "chain supplier dealer invoice order",
]


def test_planted_themes_are_found_and_stable() -> None:
    rng = np.random.default_rng(1)
    texts = [
        " ".join(rng.choice(WORDS[i % 3].split(), 25)) + " " + rng.choice(["customer", "study"]) for i in range(120)
    ]
    out = find_themes(texts, starts=5, stable=0.6, seed=3)
    assert len(out) == 3
    assert out["n"].tolist() == [40, 40, 40]
    assert out["stable"].all()
    for words in WORDS:
        assert any(set(words.split()) <= set(terms.split("; ")) for terms in out["terms"])
    pd.testing.assert_frame_equal(out, find_themes(texts, starts=5, stable=0.6, seed=3))


def test_terms_are_words_and_pairs_of_signs() -> None:
    assert terms_of("The banks of 供应链金融 and AI", frozenset({"the", "and"})) == [
        "banks",
        "供应",
        "应链",
        "链金",
        "金融",
    ]


def test_what_the_list_cannot_carry_is_said_with_what_it_needs() -> None:
    few = theme_values(pd.DataFrame({"stable": []}), 12, 100)
    assert few["reason"]["en"] == "The list holds 12 abstracts; themes need 100, so topics are coded by hand."
    assert theme_values(pd.DataFrame({"stable": [True, False]}), 120, 100)["n_stable"] == 1
    assert keyword_values(WORKS, 0.9)["reason"]["en"].startswith("75% of the records carry two keywords or more; 90%")
    assert keyword_values(WORKS, 0.5)["status"] == "ok"


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
    found = gap_values(WORKS, region, REGIONS.iloc[0], customer, logged=False)
    assert (found["n_region"], found["n_region_customer"], found["n_own_source"]) == (1, 1, 1)
    assert found["n_topics_without_region"] == 1
    assert found["gap_sentence"]["en"].startswith("Of the 3 coded records of this list 1 deals with")
    searched = gap_values(WORKS, region, REGIONS.iloc[0], customer, logged=True)
    assert searched["gap_sentence"]["en"].startswith("Of the 3 coded records of these searches 1 deals with")


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
    assert [out[name] for name in ("topics", "keywords", "own_source", "excluded")] == [
        ["t1;t2"],
        ["x;y"],
        ["no"],
        [""],
    ]
    assert labels_of([], ["b_c", "a", "a"])["code"].tolist() == ["a", "b_c"]
    assert labels_of(list(LISTS.topics), [])["label_en"].tolist() == ["T1", "T2"]
