"""The dictionary of tables: it describes what the rules write, and names what is wrong with it."""

import re
from pathlib import Path

import pytest

from scripts.guide.describe_tables import field, schema
from scripts.lib import dictionary
from scripts.lib.job import InputError

RULES = "\n".join(path.read_text(encoding="utf-8") for path in sorted(Path("workflow/rules").glob("*.smk")))
DRAWN = re.findall(r'drawn\(\s*"\w+",([^)]*)\)', RULES)
FIGURES = {f"figures/{name}" for names in DRAWN for name in re.findall(r'"(\w+)"', names)}
TOLD = set(re.findall(r'told_table\("(\w+/\w+)"\)', RULES))
WRITTEN = set(re.findall(r'"results/\{study\}/(\w+/\w+)\.csv"', RULES)) | FIGURES | TOLD
VALUES = set(re.findall(r'"results/\{study\}/(\w+/[a-z_]+)\.json"', RULES))
VALUES = {name for name in VALUES if not name.startswith(("report/", "audit/"))}
VALUES |= {f"figures/draw_{name}" for name in re.findall(r'drawn\(\s*"(\w+)"', RULES)}

SHARED = "columns:\n  n: {means: how many, type: integer, unit: count}\n"
TABLES = """title: {en: Part, zh: 部分}
about: A part.
tables:
  one:
    title: {en: One, zh: 一}
    row: a thing
    key: [name]
    columns:
      name: {means: its name}
      n: as everywhere
      size: {means: its size, type: number, unit: metres, blank: not measured}
      is_{part/two.other}: {means: what it is, type: yes/no}
  two:
    title: {en: Two, zh: 二}
    row: another thing
    key: [other]
    columns:
      other: {means: its name, points_to: part/one.name}
      size: as in part/one
"""


@pytest.fixture(scope="module")
def whole() -> dictionary.Dictionary:
    return dictionary.load(dictionary.files())


def read(folder: Path, tables: str = TABLES) -> dictionary.Dictionary:
    for name, text in (("columns", SHARED), ("part", tables)):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return dictionary.load(dictionary.files(str(folder)))


def test_what_the_rules_write_is_described_and_nothing_else(whole):
    assert set(whole.tables) == WRITTEN
    assert {f"{stage}/{name}" for stage, one in whole.stages.items() for name in one.values} == VALUES


def test_a_shared_column_is_used_and_no_meaning_ends_in_a_stop(whole):
    text = "\n".join(Path(path).read_text(encoding="utf-8") for path in dictionary.files())
    shared = re.findall(r"^  (\w+): \{means", Path("report/dictionary/columns.yaml").read_text(), re.MULTILINE)
    assert [name for name in shared if not re.search(rf"^ +{name}: as everywhere$", text, re.MULTILINE)] == []
    columns = [column for table in whole.tables.values() for column in (table.columns | table.families).values()]
    assert [column.means for column in columns if column.means.endswith(".")] == []


def test_a_column_is_described_where_it_stands_everywhere_or_in_another_table(tmp_path):
    one, two = (read(tmp_path).tables[name] for name in ("part/one", "part/two"))
    assert (one.columns["n"].means, two.columns["size"].unit) == ("how many", "metres")
    assert list(one.describe(["name", "n", "size", "is_a", "is_b"])) == ["name", "n", "size", "is_a", "is_b"]
    with pytest.raises(InputError, match=r"found columns other that are not described and no column size"):
        one.describe(["name", "n", "other"])


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("size: as in part/one", "size: as in part/none", "table part/two, column size: found 'as in part/none'"),
        ("size: as in part/one", "size: as in part/two", "table part/two, column size: found 'as in part/two'"),
        ("size: as in part/one", "size: as everywhere", "table part/two, column size: found 'as everywhere'"),
        ("key: [other]", "key: [none]", "table part/two, key: found none"),
        ("points_to: part/one.name", "points_to: part/one.none", "column other: found part/one.none"),
        ("is_{part/two.other}", "is_{part/two.none}", "found part/two.none"),
        ("blank: not measured", "black: not measured", "entry tables.one.columns.size"),
        ("type: yes/no", "type: bool", "entry tables.one.columns"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path, old, new, told):
    assert old in TABLES
    with pytest.raises(InputError) as fault:
        read(tmp_path, TABLES.replace(old, new, 1))
    assert told in str(fault.value)
    assert "\n" not in str(fault.value)


def test_a_column_becomes_a_field_of_a_table_schema(tmp_path):
    one = read(tmp_path).tables["part/one"].columns
    assert field("size", one["size"], []) == {
        "name": "size",
        "description": "its size",
        "type": "number",
        "unit": "metres",
        "blank": "not measured",
    }
    assert field("name", one["name"], ["name"])["constraints"] == {"required": True}
    whole_number = dictionary.Column(means="how many", type="integer", blank="withheld", one_of=[1, 2])
    assert field("n", whole_number, []) | {"type": "number", "constraints": {"enum": [1, 2]}} == field(
        "n", whole_number, []
    )


def test_a_pointer_stays_inside_the_package(tmp_path):
    columns = read(tmp_path).tables["part/two"].columns
    inside = schema(columns, ["other"], "part/two", ["part/one", "part/two"])
    assert inside["foreignKeys"] == [{"fields": "other", "reference": {"resource": "part-one", "fields": "name"}}]
    assert "foreignKeys" not in schema(columns, ["other"], "part/two", ["part/two"])
