"""The house keeps its own rules."""

import ast
import re
from pathlib import Path

import pytest
import yaml

from scripts.lib import schema
from scripts.lib.code import closure

SCRIPTS = sorted(path for path in Path("scripts").rglob("*.py") if path.name != "__init__.py")
RULE_FILES = [Path("Snakefile"), *sorted(Path("workflow/rules").glob("*.smk"))]
TEMPLATES = sorted(path for path in Path("report").rglob("*") if path.is_file())
RULES = re.findall(r"^rule (\w+):", "\n".join(path.read_text() for path in RULE_FILES), re.MULTILINE)


@pytest.mark.parametrize("path", SCRIPTS, ids=str)
def test_no_script_is_longer_than_250_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 250


@pytest.mark.parametrize("path", RULE_FILES, ids=str)
def test_no_rule_file_is_longer_than_150_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 150


@pytest.mark.parametrize("path", SCRIPTS, ids=str)
def test_settings_reach_a_script_through_params_alone(path):
    assert "snakemake.config" not in path.read_text(encoding="utf-8")


TARGETS = {"all", "pack"}  # rules that only name files


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule not in TARGETS])
def test_a_rule_its_script_and_its_log_have_one_name(rule):
    text = "\n".join(path.read_text(encoding="utf-8") for path in RULE_FILES)
    body = re.split(r"^rule ", text.split(f"\nrule {rule}:", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    assert re.search(rf'"\.\./\.\./scripts/\w+/{rule}\.py"', body), "script"
    assert re.search(rf'"logs/(\{{study\}}|validation|compare)/{rule}(_\{{truth\}})?\.log"', body), "log"
    assert re.search(rf'code=code\("\w+/{rule}\.py"\)', body), "code is an input"


DOMAIN = re.compile(
    r"\b(bank|banks|branch|lanzhou|gansu|citic|china|loan officer)\b|银行|分行|兰州|甘肃|中信", re.IGNORECASE
)


@pytest.mark.parametrize("path", [p for p in TEMPLATES if p.suffix == ".j2"], ids=str)
def test_no_template_knows_the_default_study(path):
    found = DOMAIN.findall(path.read_text(encoding="utf-8"))
    assert found == []


@pytest.mark.parametrize("folder", ["data/raw/abc-key-accounts"])
def test_a_suppliers_words_are_not_a_banks(folder):
    for name in ["words.yaml", "strategy.yaml", "safeguards.yaml", "glossary.yaml", "instrument.yaml"]:
        found = DOMAIN.findall(Path(folder, name).read_text(encoding="utf-8"))
        assert found == [], name


def test_generated_configuration_files_are_in_step():
    for path, text in schema.documents().items():
        assert Path(path).read_text(encoding="utf-8") == text, f"run: python -m scripts.lib.schema ({path})"


@pytest.mark.parametrize("path", sorted(Path("config/studies").glob("*.yaml")), ids=str)
def test_every_study_names_its_schema(path):
    assert "yaml-language-server: $schema=../schema/study.json" in path.read_text(encoding="utf-8")
    assert yaml.safe_load(path.read_text(encoding="utf-8"))


def test_the_closure_of_a_script_holds_what_it_imports():
    found = closure("survey/screen_responses.py")
    assert {"scripts/survey/careless.py", "scripts/lib/missing.py", "scripts/lib/tables.py"} <= set(found)
    assert "scripts/survey/ingest_responses.py" not in found


@pytest.mark.parametrize("path", SCRIPTS, ids=str)
def test_every_script_says_what_it_is(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_the_lock_names_no_registry():
    for name in ["requirements.lock", "requirements-bootstrap.lock"]:
        assert "://" not in Path(name).read_text(encoding="utf-8")


PLACES = re.compile(r"lanzhou|gansu|citic|hangzhou|abc-|兰州|甘肃|中信", re.IGNORECASE)


@pytest.mark.parametrize("path", [*SCRIPTS, *RULE_FILES], ids=str)
def test_nothing_about_one_study_is_in_the_code(path):
    assert PLACES.findall(path.read_text(encoding="utf-8")) == []


SHOWN = yaml.safe_load(Path("report/chapters/shown.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("chapter", sorted(SHOWN))
def test_a_chapter_is_given_nothing_that_it_does_not_show(chapter):
    names = (SHOWN[chapter]["template"], "_phrases")
    text = "\n".join(Path(f"report/chapters/en/{name}.md.j2").read_text(encoding="utf-8") for name in names)
    listed = [name for part in ("values", "tables") for names in SHOWN[chapter][part].values() for name in names]
    figures = [name for name in listed if name.startswith("draw_")]
    assert [name for name in listed if name not in figures and not re.search(rf"\b{name}\b", text)] == []
    assert [name for name in SHOWN[chapter]["figures"] if not re.search(rf'"{name}"', text)] == []
    assert sorted(set(re.findall(r"\bs\.(\w+)", text))) == sorted(SHOWN[chapter]["settings"])


@pytest.mark.parametrize("path", sorted(Path("report/chapters").rglob("*.j2")), ids=str)
def test_no_reference_stands_in_a_string(path: Path):
    """What a template prints as a string is text: a reference in it would print as it is written."""
    expressions = re.findall(r"\{[{%].*?[%}]\}", path.read_text(encoding="utf-8"), re.DOTALL)
    strings = [string for expression in expressions for string in re.findall(r'"([^"]*)"', expression)]
    assert [string for string in strings if re.search(r"@\w+(:|\])|\[@|\*\*", string)] == []
