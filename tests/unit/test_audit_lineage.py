"""Kinds, makers and names over a graph of rules."""

from pathlib import Path

from scripts.audit import lineage
from scripts.report.assemble_report import front, join_uses, lock_versions, statement

SITE = "/env/lib/python3.11/site-packages/"
GRAPH = {
    "rules": {
        "ingest": {"input": ["raw/a.csv", SITE + "mistat/b.csv"], "output": ["r/a.csv"], "code": ["scripts/i.py"]},
        "judge": {"input": ["r/a.csv", "raw/j.yaml"], "output": ["r/j.csv", "r/judge.json"], "code": ["scripts/j.py"]},
        "record": {"input": ["r/a.csv", "r/j.csv"], "output": ["r/p.json"], "code": []},
    },
    "raw": {
        "raw/a.csv": {"file": "a.csv", "kind": "synthetic"},
        "raw/j.yaml": {"file": "j.yaml", "kind": "illustrative"},
        SITE + "mistat/b.csv": {"file": "package:mistat==0.1.17/mistat/b.csv", "kind": "collected"},
    },
}
SOURCES = {path: one["kind"] for path, one in GRAPH["raw"].items()}


def test_kinds_are_those_of_all_raw_ancestors() -> None:
    assert lineage.kinds_of("r/a.csv", GRAPH, SOURCES) == ["collected", "synthetic"]
    assert lineage.kinds_of("r/judge.json", GRAPH, SOURCES) == ["collected", "synthetic", "illustrative"]
    assert lineage.kinds_of("raw/j.yaml", GRAPH, SOURCES) == ["illustrative"]
    assert lineage.kinds_of("report/page.css", GRAPH, SOURCES) == []


def test_a_circle_ends() -> None:
    rules = {"a": {"input": ["y"], "output": ["x"], "code": []}, "b": {"input": ["x"], "output": ["y"], "code": []}}
    assert lineage.ancestors("x", {"rules": rules, "raw": {}}) == {"x", "y"}


def test_makers_and_outputs() -> None:
    assert lineage.makers(GRAPH)["r/judge.json"] == "judge"
    assert lineage.outputs(GRAPH, but=["record"]) == ["r/a.csv", "r/j.csv", "r/judge.json"]


def test_files_of_packages_go_by_a_name_without_a_machine() -> None:
    assert lineage.logical(SITE + "mistat/b.csv", GRAPH) == "package:mistat==0.1.17/mistat/b.csv"
    assert lineage.logical(".venv/lib/python3.11/site-packages/zhplot/f.ttf", GRAPH) == "package:zhplot/f.ttf"
    assert lineage.logical("raw/a.csv", GRAPH) == "raw/a.csv"
    assert lineage.locate("package:mistat==0.1.17/mistat/b.csv") == lineage.locate("package:mistat/b.csv")
    assert lineage.locate("package:zhplot/fonts/NotoSansSC-Regular.ttf").is_file()
    assert lineage.locate("raw/a.csv") == Path("raw/a.csv")


def test_the_statement_names_the_weak_files_only() -> None:
    said = statement(GRAPH["raw"])
    assert [sentence.partition(":")[0] for sentence in said] == ["a.csv", "j.yaml"]
    real = {"a": {"file": "a.csv", "kind": "collected"}}
    assert statement(real) == [
        "This report rests on collected answers and published figures; no raw file is synthetic or illustrative."
    ]


def test_front_matter_is_escaped() -> None:
    study = {
        "title": {"en": "A *study*", "zh": ""},
        "organisation": {"en": "X & Y", "zh": "某"},
        "author": "O_N",
        "reference_date": "2026-02-03",
    }
    texts = front(study, ["synthetic"], {})
    assert texts["title"] == "A \\*study\\*"
    assert texts["organisation"] == "X \\& Y 某"
    assert (texts["year"], texts["month"], texts["day"]) == ("2026", "2", "3")
    assert texts["labels"] == ["Synthetic data 模拟数据"]


def test_uses_get_chapter_and_rule() -> None:
    uses = join_uses([[{"id": "c0-v1", "file": "r/a.csv"}], [{"id": "c4-t12", "file": "elsewhere"}]], GRAPH)
    assert [(use["chapter"], use["rule"]) for use in uses] == [(0, "ingest"), (4, "raw")]


def test_versions_of_the_lock() -> None:
    lock = (
        "a-b==1.2.3 \\\n    --hash=sha256:00\nc==2.0 ; python_version < '3.12' \\\nc==2.1 ; python_version >= '3.12'\n"
    )
    assert lock_versions(lock)["a-b"] == "1.2.3"
