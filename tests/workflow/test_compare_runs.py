"""What-if on the minimal study: a changed limit runs only what follows, and ``compare_runs`` names what moved."""

import csv
import json
import shutil

import pytest

from scripts.audit import rankings
from scripts.chapters.shown import read_table

pytestmark = pytest.mark.xdist_group("workflow")

STUDY = "config/studies/minimal.yaml"
KEPT, PAGE = "kept/before", "results/compare/kept-before__minimal/changes.md"


def compare(project, before, after):
    """What ``make compare`` runs."""
    pair = [f"before={before}", f"after={after}"]
    return project.make("compare_runs", "--forcerun", "compare_runs", "--config", *pair)


def follows(project, rule):
    """The rule and every rule that uses what it makes, directly or not, by the record of the build."""
    files = json.loads(project.path(f"{KEPT}/audit/provenance.json").read_text(encoding="utf-8"))["files"]
    found, before = {rule}, set()
    while found != before:
        before = set(found)
        made = {name for name, one in files.items() if one["rule"] in found}
        found |= {one["rule"] for one in files.values() if made & set(one["inputs"])}
    return found


def rows(project, name="results/compare/kept-before__minimal/changes.csv"):
    return read_table(project.path(name)).rows


@pytest.fixture(scope="module")
def what_if(built, tmp_path_factory):
    """The minimal study with a consistency limit that only one rater meets, beside a copy of what it was; compared."""
    project = built.copy(tmp_path_factory.mktemp("what-if") / "project")
    shutil.copytree(project.path("results/minimal"), project.path(KEPT))
    shutil.rmtree(project.path(f"{KEPT}/confidential"))
    project.replace(STUDY, "\nstrategy:\n", "\nstrategy:\n  cr_caution: 0.01\n  cr_limit: 0.01\n")
    project.follows = set(project.planned())
    project.run = compare(project, KEPT, "minimal")
    assert project.run.returncode == 0, project.run.stdout + project.run.stderr
    return project


def test_a_changed_limit_runs_only_what_follows(what_if):
    expected = follows(what_if, "weigh_criteria")
    assert what_if.follows == expected | {"record_provenance", "all"}
    assert expected.isdisjoint({"rank_needs", "cluster_customers", "ingest_responses", "write_chapter_4"})
    assert what_if.planned() == {}  # the comparison brought the study up to date


def test_the_setting_is_named_and_nothing_else_of_the_input(what_if):
    inputs = [row for row in rows(what_if) if row["kind"] in ("setting", "raw", "code")]
    assert [(row["pointer"], row["before"], row["after"]) for row in inputs] == [
        ("strategy.cr_caution", "0.1", "0.01"),
        ("strategy.cr_limit", "0.2", "0.01"),
    ]


def test_every_measure_that_moved_is_named_with_its_places(what_if):
    ranks = []
    for folder in (KEPT, "results/minimal"):
        with open(what_if.path(f"{folder}/strategy/ranking.csv"), encoding="utf-8", newline="") as file:
            compared = [row for row in csv.DictReader(file) if row["apart"] == "no"]
            ranks.append({row["measure"]: row["rank_weighted_sum"] for row in compared})
    moved = {name: (rank, ranks[1][name]) for name, rank in ranks[0].items() if rank != ranks[1][name]}
    told = [row for row in rows(what_if) if row["part"].startswith("Measures by weighted sum:") and row["note"]]
    named = {row["pointer"].removeprefix("measure=").split(" → ")[0]: (row["before"], row["after"]) for row in told}
    assert named == moved
    assert moved  # another limit, another ranking
    assert all(f"{row['before']} → {row['after']}: {row['label']}" in what_if.path(PAGE).read_text() for row in told)


def test_verdicts_warnings_sentences_and_values_follow(what_if):
    verdicts = [(row["file"], row["pointer"], row["before"], row["after"]) for row in rows(what_if)]
    assert ("strategy/rank_strategies.json", "/clear_winner", "no", "yes") in verdicts
    assert ("strategy/raters.csv", "rater=r1 → used", "yes", "no") in verdicts
    kinds = {row["kind"] for row in rows(what_if)}
    assert {"rank", "verdict", "warning", "sentence", "value"} <= kinds
    chapters = {row["file"] for row in rows(what_if) if row["kind"] == "sentence"}
    assert chapters <= {f"report/chapter_{number}.md" for number in (0, 5, 6, 7)}


def test_the_screen_shows_the_page_and_where_the_whole_is(what_if):
    said = what_if.run.stdout
    assert "Measures by weighted sum" in said
    assert PAGE in said
    assert "minimal            rank strategies" in said
    assert len(said) < len(what_if.path(PAGE).read_text())


def test_nothing_confidential_is_told(what_if):
    assert not [row for row in rows(what_if) if "confidential" in row["file"]]


def test_a_build_does_not_differ_from_its_copy(project):
    shutil.copytree(project.path("results/minimal"), project.path(KEPT))
    before = {name: text for name, text in project.results().items() if "/compare/" not in name}
    run = compare(project, KEPT, "results/minimal")
    assert run.returncode == 0, run.stdout + run.stderr
    assert rows(project) == []
    assert "settings 0, raw files 0, code or environment 0" in run.stdout
    assert {name: text for name, text in project.results().items() if "/compare/" not in name} == before


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("nosuch", "minimal", "compare_runs, build nosuch: found no nosuch/audit/provenance.json"),
        ("minimal", "", "compare_runs, builds: found minimal; allowed: two"),
        ("", "", "compare_runs, builds: found none; allowed: two"),
        ("minimal", "results/minimal", "compare_runs, builds: found minimal twice"),
        (KEPT, "minimal", "build kept/before: found another needs/needs.csv than the build recorded"),
    ],
)
def test_a_fault_is_told_in_one_line_and_nothing_built_is_lost(project, before, after, line):
    shutil.copytree(project.path("results/minimal"), project.path(KEPT))
    with open(project.path(f"{KEPT}/needs/needs.csv"), "a", encoding="utf-8") as file:
        file.write("\n")
    results = project.results()
    run = compare(project, before, after)
    assert run.returncode != 0
    assert line in run.stdout + run.stderr
    assert "Traceback" not in run.stdout + run.stderr
    assert project.results() == results


@pytest.mark.parametrize("ranking", rankings.RANKINGS, ids=lambda ranking: ranking.title)
def test_every_ranking_has_its_table(built, ranking):
    columns = read_table(built.path(f"results/minimal/{ranking.file}")).columns
    assert {ranking.item, ranking.place, *ranking.interval} <= set(columns)
