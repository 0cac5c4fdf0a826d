"""The appendices as Markdown: gathered from values and tables, escaped, with their way back."""

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.chapters import lint
from scripts.chapters.door import Door
from scripts.lib import dictionary, settings
from scripts.report import appendices, record
from scripts.report.assemble_report import LISTS, assemble
from scripts.report.codebook import codebook
from scripts.report.pandoc import MARKDOWN, pandoc

SECTIONS: dict[str, Any] = {
    "survey": (settings.Survey, {"layout": "codes"}),
    "scales": (settings.Scales, {}),
    "segments": (settings.Segments, {"a_priori": ["size"]}),
}
MISSING = """position,file,row,label_en,label_zh,region,period,unit,supply
1,indicators.csv,4,Deposits | all,存款,X,2024,%,Ask *the* office
"""


@pytest.fixture
def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Door:
    monkeypatch.chdir(tmp_path)
    told = {
        "alpha": {
            "status": "ok",
            "method": "alpha, raw",
            "n": 1204,
            "seed": 7,
            "warnings": [_warning("note", "One."), _warning("serious", "Two.")],
        },
        "beta": {"status": "refused", "reason": {"en": "Only 9.", "zh": ""}, "warnings": [_warning("caution", "*3*")]},
        "gamma": {"method": {"en": "gamma *x*", "zh": ""}, "figures": {}},
    }
    for rule, document in told.items():
        Path(f"{rule}.json").write_text(json.dumps(document), encoding="utf-8")
    Path("missing_figures.csv").write_text(MISSING, encoding="utf-8")
    values = {rule: f"{rule}.json" for rule in told}
    return Door(8, values, {"missing_figures": "missing_figures.csv"}, {}, {}, study={}, words={})


def _warning(severity: str, text: str) -> dict[str, object]:
    return {"code": "x", "severity": severity, "text": {"en": text, "zh": ""}}


def minimal_study() -> dict[str, Any]:
    """A study with what it has by itself."""
    return {name: model(**given).model_dump() for name, (model, given) in SECTIONS.items()}


def words(text: str) -> str:
    """The text that a reader sees."""
    tree = json.loads(pandoc(text, "-f", MARKDOWN, "-t", "json"))
    return " ".join(lint.plain(block) for block in tree["blocks"])


def test_warnings_come_gravest_first_and_are_logged(door: Door) -> None:
    text = appendices.warnings(door, ["alpha", "beta", "gamma"])
    said = words(text)
    assert [said.index(part) for part in ("Two.", "*3*", "One.", "Only 9.")] == sorted(
        said.index(part) for part in ("Two.", "*3*", "One.", "Only 9.")
    )
    assert [use["ref"] for use in door.uses] == [
        "alpha:/warnings/1/text",
        "beta:/warnings/0/text",
        "alpha:/warnings/0/text",
        "beta:/reason",
    ]
    assert all(f"#{use['id']} .sentence" in text for use in door.uses)


def test_a_run_without_warnings_says_so(door: Door) -> None:
    assert "No rule of this run warns of anything." in appendices.warnings(door, ["gamma"])


def test_methods_are_those_that_ran(door: Door) -> None:
    reads = {"alpha": ["scales"], "gamma": []}
    text = record.methods(door, ["alpha", "beta", "gamma"], reads, {"pandas": "3.1", "zlib": "1"})
    said = words(text)
    for part in ("alpha, raw; n = 1,204; seed 7; settings: scales", "gamma *x*", "pandas 3.1"):
        assert part in said.replace("1204", "1,204")
    assert "beta" not in said
    assert "zlib" not in said
    assert [use["ref"] for use in door.uses] == ["alpha:/n", "alpha:/seed"]
    assert record.methods(door, ["beta"], {}, {}) == ""


def test_settings_tell_value_change_and_meaning() -> None:
    schema = json.loads(Path("config/schema/study.json").read_text(encoding="utf-8"))
    study = minimal_study()
    study["segments"]["draws"] = 99
    rows = [line for line in record.settings(study, schema).splitlines() if line.startswith("| `")]
    draws = next(row for row in rows if "`segments.draws`" in row)
    assert [cell.strip() for cell in draws.strip("|").split("|")[1:3]] == ["99", "yes"]
    assert len(rows) == len(set(rows)) > 50
    assert not any("files." in row or "organisation" in row for row in rows)


def test_a_citation_names_study_kind_and_software() -> None:
    study = {"author": "A *B*", "title": {"en": "T"}, "organisation": {"en": "O"}, "reference_date": "2026-01-31"}
    software = {"authors": [{"name": "Makers"}], "title": "Tool", "version": "0.1.0"}
    said = words(record.citation(study, "s", software, ["Synthetic data"]))
    for part in ("A *B*. T[R]. O, 2026.", "Synthetic data", "Makers. Tool[CP]. Version 0.1.0", "results/s/audit"):
        assert part in said


def test_missing_figures_say_what_to_supply(door: Door) -> None:
    said = words(appendices.missing_figures(door))
    assert "Deposits | all 存款" in said
    assert "Ask *the* office" in said
    assert door.uses[0]["label"] == "tbl:not-available"
    Path("missing_figures.csv").write_text(MISSING.split("\n")[0] + "\n", encoding="utf-8")
    empty = Door(8, {}, {"missing_figures": "missing_figures.csv"}, {}, {}, study={}, words={})
    assert appendices.missing_figures(empty) == ""


def test_the_glossary_is_sorted_and_escaped() -> None:
    entries = [{"en": "wallet", "zh": "钱包", "definition": "a *b* | c"}, {"en": "Account", "definition": "1. x"}]
    said = words(appendices.glossary(entries))
    assert said.index("Account") < said.index("wallet")
    assert "a *b* | c" in said
    assert appendices.glossary([]) == ""


def test_the_run_card_names_raw_files_by_kind() -> None:
    raw = {
        "b.csv": {"kind": "synthetic", "source": "a | b", "sha256": "0" * 64},
        "a.csv": {"kind": "published", "source": "", "sha256": "1" * 64},
    }
    study = {"data": "d", "reference_date": "2026-01-31", "min_cell": 5}
    said = words(appendices.run_card(study, "s", 7, raw, {"pandas": "3.1.1", "zlib": "1"}, "f" * 64))
    for part in ("config/studies/s.yaml", "pandas 3.1.1", "ffffffffffff", "a | b", "make verify"):
        assert part in said
    assert "zlib" not in said
    assert said.index("a.csv") < said.index("b.csv")


def test_the_report_is_joined_in_order() -> None:
    text = assemble(["# A\n", ""], ["# B"], ["# X", ""])
    assert text.replace(LISTS.strip(), "LISTS").split("\n\n") == [
        "# A",
        "LISTS",
        "# B",
        "# References {#sec:references .unnumbered}",
        "::: {#refs}\n:::",
        "# X\n",
    ]


def test_the_codebook_says_what_the_report_shows_and_no_more():
    uses = [
        {"kind": "table", "file": "results/x/needs/ipa.csv", "columns": [{"names": ["gap", "label_en", "label_zh"]}]},
        {"kind": "cell", "file": "results/x/strategy/ranking.csv", "pointer": {"key": {}, "column": "own_criterion"}},
        {"kind": "value", "file": "results/x/needs/rank_needs.json", "pointer": "/n"},
        {"kind": "table", "file": "results/x/needs/unknown.csv", "columns": [{"names": ["gap"]}]},
    ]
    text = codebook(uses, dictionary.load(dictionary.files()))
    assert "| `needs/ipa.csv` | Importance and performance: `gap` performance less importance" in text
    assert "`own_criterion` score on this criterion" in text
    assert text.count(".csv` |") == 2
    assert "`label_en`" not in text
    assert '"Table"' in pandoc(text, "-f", MARKDOWN, "-t", "json")
