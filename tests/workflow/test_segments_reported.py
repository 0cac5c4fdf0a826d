"""What the report says of segments: none in noise or in a halo, three where three were planted; whole each time."""

import json
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import html

ROOT = Path(__file__).resolve().parents[2]
MAKE = ROOT / "tests/minimal/make.py"
pytestmark = pytest.mark.xdist_group("segments")


def build(project, kind: str):
    """The minimal study with 200 answers of one truth, built; its values and the text of its report."""
    program = f"import runpy; runpy.run_path({str(MAKE)!r})['write']('data/raw/minimal', 200, 3, {kind!r})"
    made = subprocess.run(
        [sys.executable, "-c", program], cwd=project.folder, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    project.replace("config/studies/minimal.yaml", "k_max: 3", "k_max: 5")
    project.replace("config/studies/minimal.yaml", "draws: 59", "draws: 99")
    run = project.snakemake()
    assert run.returncode == 0, run.stdout + run.stderr
    values = json.loads(project.path("results/minimal/segments/cluster_customers.json").read_text(encoding="utf-8"))
    page = html.parse(str(project.path("results/minimal/report/report.html"))).getroot()
    return values, page


def chapters(page) -> list[str]:
    return [re.sub(r"\s+", " ", heading.text_content()) for heading in page.iter("h1", "h2")]


@pytest.mark.parametrize("kind", ["noise", "halo"])
def test_where_there_are_no_segments_the_report_says_so_and_is_whole(fresh, kind):
    values, page = build(fresh, kind)
    assert values["supported"] is False
    text = page.text_content()
    assert "do not support" in text or "no segments are supported" in text
    assert [n for n in range(1, 8) if not any(h.startswith(f"Chapter {n}") for h in chapters(page))] == []
    groups = fresh.path("results/minimal/segments/groups.csv").read_text(encoding="utf-8")
    assert "a_priori" in groups
    assert ",segment," not in groups
    assert fresh.verify().returncode == 0


def test_three_planted_segments_are_found_whatever_the_order_of_the_file(fresh):
    values, page = build(fresh, "segments3")
    assert values["supported"] is True
    assert values["k"] == 3
    assert [n for n in range(1, 8) if not any(h.startswith(f"Chapter {n}") for h in chapters(page))] == []
    assert fresh.verify().returncode == 0
    before = segment_tables(fresh)
    rows = fresh.path("data/raw/minimal/responses.csv").read_text(encoding="utf-8-sig").splitlines()
    shuffled = [rows[0], *random.Random(1).sample(rows[1:], len(rows) - 1)]
    fresh.path("data/raw/minimal/responses.csv").write_text("\n".join(shuffled) + "\n", encoding="utf-8-sig")
    fresh.declare()
    run = fresh.snakemake(*before)
    assert run.returncode == 0, run.stdout + run.stderr
    assert {name for name, text in segment_tables(fresh).items() if text != before[name]} == set()


def segment_tables(project) -> dict[str, str]:
    """Every table of the segments by name."""
    files = project.path("results/minimal/segments").glob("*.csv")
    return {str(path.relative_to(project.folder)): path.read_text(encoding="utf-8") for path in files}
