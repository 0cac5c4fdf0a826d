"""What the report says of careless answers: a warning above one share, an end of the chapter above another."""

import json
import re

import pytest

pytestmark = pytest.mark.xdist_group("workflow")

STUDY = "config/studies/minimal.yaml"
CHAPTER = "results/minimal/report/chapter_4.md"
EVERYBODY = "flagged: keep\n  irv_floor: 9\n  seconds_per_item: 9999"  # with these limits two indices agree on everybody
CLOSED = "**Not answered.** This section stays closed: too many answers look careless"


def chapter(project, *more: str) -> str:
    """Chapter 4 of the minimal study with every answer flagged, as one line."""
    project.replace(STUDY, "flagged: drop", "\n  ".join([EVERYBODY, *more]))
    run = project.snakemake(CHAPTER)
    assert run.returncode == 0, run.stdout + run.stderr
    return re.sub(r"\s+", " ", project.path(CHAPTER).read_text(encoding="utf-8"))


def values(project, name: str) -> dict:
    return json.loads(project.path(f"results/minimal/{name}.json").read_text(encoding="utf-8"))


def test_many_flagged_answers_are_a_warning_and_the_results_stand(project):
    text = chapter(project, "stop_flagged: 1")
    said = values(project, "survey/screen_responses")
    assert said["share_flagged"] == 1 and not said["stopped"]
    assert [warning["code"] for warning in said["warnings"]] == ["careless_many"]
    assert "of the answers look careless; read the results with and without them" in text
    assert CLOSED not in text
    assert "Which needs come first" in text and "{#tbl:needs" in text


def test_too_many_flagged_answers_end_the_chapter_after_data_quality(project):
    text = chapter(project)
    assert values(project, "survey/screen_responses")["stopped"]
    assert "above the limit of 25%" in text
    assert "The answers cannot be trusted as a whole. The chapter ends here" in text
    after = text.split("{#sec:scales}")[1]
    sections = re.findall(r"\{#sec:(\w+)\}", after)
    assert after.count(CLOSED) == len(sections) + 1, "every section after data quality says why it is closed"
    assert "{#tbl:" not in after and "{#fig:" not in after
    assert "How often careful answers would be flagged is not known" in text
