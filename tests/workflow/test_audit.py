"""``make verify`` on the minimal study: it passes, and it names what was touched."""

import re

import pytest

pytestmark = pytest.mark.xdist_group("workflow")


def test_an_untouched_build_is_verified(built):
    run = built.verify()
    assert run.returncode == 0, run.stdout + run.stderr


def change_a_digit(path):
    """Replace the last digit of a file by another one."""
    text = path.read_bytes()
    place = [match.start() for match in re.finditer(rb"[0-9]", text)][-1]
    other = b"7" if text[place : place + 1] != b"7" else b"3"
    path.write_bytes(text[:place] + other + text[place + 1 :])


@pytest.mark.parametrize(
    "name",
    [
        "results/minimal/needs/needs.csv",
        "results/minimal/survey/describe_sample.json",
        "results/minimal/report/report.html",
        "results/minimal/report/report.pdf",
        "results/minimal/report/report.docx",
        "results/minimal/report/chapter_4.md",
        "results/minimal/audit/provenance.json",
        "results/minimal/ro-crate-metadata.json",
        "results/minimal/figures/needs.svg",
        "results/minimal/confidential/responses.csv",
        "data/raw/minimal/responses.csv",
        "data/raw/minimal/indicators.csv",
        "data/raw/minimal/SOURCES.csv",
        "scripts/needs/rank_needs.py",
        "workflow/rules/chapters.smk",
        "Snakefile",
        "requirements.lock",
    ],
)
def test_a_changed_digit_is_named(project, name):
    change_a_digit(project.path(name))
    run = project.verify()
    assert run.returncode == 1
    assert name in run.stdout + run.stderr


def test_two_figures_exchanged_are_named(project):
    names = [f"results/minimal/figures/{name}.svg" for name in ("needs", "ipa")]
    one, other = (project.path(name).read_bytes() for name in names)
    for name, content in zip(names, (other, one), strict=True):
        project.path(name).write_bytes(content)
    run = project.verify()
    assert run.returncode == 1
    for name in names:
        assert f"changed: {name}" in run.stdout
        assert f"what the page carries is not {name}" in run.stdout


def test_a_file_that_nobody_made_is_named(project):
    project.path("results/minimal/needs/extra.csv").write_text("a\n1\n")
    run = project.verify()
    assert run.returncode == 1
    assert "results/minimal/needs/extra.csv" in run.stdout + run.stderr


def test_a_deleted_file_is_named(project):
    project.path("results/minimal/needs/needs.csv").unlink()
    run = project.verify()
    assert run.returncode == 1
    assert "results/minimal/needs/needs.csv" in run.stdout + run.stderr
