"""The reviewer's pack: whole, checkable, the same bytes twice, and with nothing confidential in it.

Marks are planted into the minimal study before it is built: words into open answers, ids and numbers that nobody else has
into the customer list. They must lie in confidential/, and nowhere in the pack or in Snakemake's own report, however
deep: zips in zips (docx), streams and text of PDFs, base64 and deflated files in pages.
"""

import base64
import binascii
import csv
import gzip
import hashlib
import io
import json
import re
import shutil
import zipfile
import zlib
from pathlib import Path

import pandas as pd
import pypdf
import pypdfium2
import pytest
from conftest import Project, lay
from frictionless import validate
from offline import filled, issues

from scripts.pack.sharing import withheld

pytestmark = pytest.mark.xdist_group("pack")

RAW = "data/raw/minimal"
OPEN, TOKEN = "14、示例银行最应优先改进什么？", "来源详情"
WORDS = [b"qzxword", "青花密语".encode()]
NUMBERS = ["turnover_yuan_100m", "deposit_avg", "settlement_volume", "net_contribution"]
BASE64 = re.compile(rb"[A-Za-z0-9+/]{40,}={0,2}")
# Rows that count everybody, not a group: an index of careless answering with itself.
OVERALL = {"figures/careless_map.csv": lambda table: table["index"] == table["other"]}


def rewrite(path, change):
    """Change the rows of a CSV in place."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for number, row in enumerate(rows):
        change(number, row)
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def marks():
    """What is planted; filled while the study is laid."""
    return set(WORDS)


@pytest.fixture(scope="module")
def planted(tmp_path_factory, marks) -> Project:
    """The minimal study with the marks, built and packed."""
    project = lay(tmp_path_factory.mktemp("planted") / "project")

    def answer(number, row):
        row[OPEN] = f"qzxword{number} 青花密语{number}，请保密"
        row[TOKEN] = row[TOKEN].replace("C", "C739182")

    def customer(number, row):
        row["customer_id"] = row["customer_id"].replace("C", "C739182")
        row["group_id"] = row["group_id"].replace("G", "QZXG")
        row["manager_code"] = f"QZX{row['manager_code']}"
        for place, column in enumerate(NUMBERS):
            if number % 9 == 0 and float(row[column]) > 0:
                row[column] = f"{int(float(row[column]))}.39{number:02d}{place}7"
                marks.add(row[column].encode())

    rewrite(project.path(f"{RAW}/responses.csv"), answer)
    rewrite(project.path(f"{RAW}/customers.csv"), customer)
    marks.update([b"C739182", b"QZXG", b"QZXM"])
    project.declare()
    run = project.snakemake("pack")
    assert run.returncode == 0, run.stdout + run.stderr
    return project


@pytest.fixture(scope="module")
def members(planted):
    """The pack's files by name."""
    with zipfile.ZipFile(planted.path("results/pack/minimal.zip")) as archive:
        assert archive.testzip() is None
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


@pytest.fixture(scope="module")
def unzipped(members, tmp_path_factory):
    """The pack on disk, as a reviewer has it."""
    folder = tmp_path_factory.mktemp("unzipped")
    for name, data in members.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder / "minimal"


@pytest.fixture(scope="module")
def told(planted):
    """Snakemake's own report of the build, made without network."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("http_proxy", "https_proxy"):
            patch.setenv(name, "http://127.0.0.1:9")
        run = planted.snakemake("--report", "report.zip")
    assert run.returncode == 0, run.stdout + run.stderr
    return planted.path("report.zip")


def inflated(data):
    """What base64 or deflated bytes hold; nothing where they are neither."""
    for open_up in (gzip.decompress, zlib.decompress):
        try:
            return [open_up(data)]
        except (OSError, zlib.error, EOFError):
            continue
    return []


def layers(data):
    """A file, and everything that lies in it, however deep."""
    yield data
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                yield from layers(archive.read(entry))
    elif data[:5] == b"%PDF-":
        reader = pypdf.PdfReader(io.BytesIO(data))
        for number in range(1, len(reader.xref[0]) if 0 in reader.xref else 0):
            piece = reader.get_object(pypdf.generic.IndirectObject(number, 0, reader))
            if isinstance(piece, pypdf.generic.StreamObject):
                yield piece.get_data() if piece.get("/Subtype") != "/Image" else piece._data
        for page in pypdfium2.PdfDocument(data):
            yield page.get_textpage().get_text_bounded().encode()
    else:
        for inner in inflated(data):
            yield from layers(inner)
        for run in BASE64.findall(data):
            try:
                yield from layers(base64.b64decode(run + b"=" * (-len(run) % 4), validate=True))
            except binascii.Error:
                continue


def found(data, marks):
    """Marks that lie in a file."""
    return {mark for layer in layers(data) for mark in marks if mark in layer}


def test_what_is_planted_lies_among_the_confidential_results(planted, marks):
    folder = planted.path("results/minimal/confidential")
    held = b"".join(path.read_bytes() for path in folder.glob("*.csv"))
    assert len(marks) > 25
    assert {mark for mark in marks if mark not in held} == set()


def test_the_search_sees_into_zips_pages_and_pdfs(planted, members):
    folder = "minimal/results/minimal"
    page, pdf = members[f"{folder}/report/report.html"], members[f"{folder}/report/report.pdf"]
    table = members[f"{folder}/needs/needs.csv"]
    assert table not in page
    assert any(table == layer for layer in layers(page))
    assert found(pdf, {b"Tailored overall solution"})
    nested = io.BytesIO()
    with zipfile.ZipFile(nested, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", gzip.compress(b"a mark of its own"))
    assert found(nested.getvalue(), {b"mark of its own"})


def test_no_mark_is_in_the_pack(members, marks):
    where = {name: seen for name, data in members.items() if (seen := found(data, marks))}
    assert where == {}


def test_no_mark_is_in_snakemakes_report(told, marks):
    assert found(told.read_bytes(), marks) == set()


def test_no_member_is_confidential_and_everything_else_is_there(planted, members):
    root = planted.path("results/minimal")
    made = {path.relative_to(planted.folder).as_posix() for path in root.rglob("*") if path.is_file()}
    inside = {name.removeprefix("minimal/") for name in members}
    assert {name for name in inside if "confidential" in name.split("/")} == set()
    assert {name for name in made if "confidential" not in name.split("/")} <= inside
    assert {f"{RAW}/SOURCES.csv", f"{RAW}/indicators.csv", "config/studies/minimal.yaml", "Snakefile"} <= inside
    assert not inside & {f"{RAW}/responses.csv", f"{RAW}/customers.csv"}


def test_no_table_shows_a_group_below_the_smallest_cell(members):
    """A table that crosses customers says so by its column ``suppressed``; overall counts are exempt."""
    seen = 0
    for name, data in members.items():
        if not name.endswith(".csv") or "/results/" not in name:
            continue
        table = pd.read_csv(io.BytesIO(data), keep_default_na=False, na_values=[""])
        if "suppressed" not in table:
            continue
        overall = OVERALL.get("/".join(name.split("/")[-2:]), lambda table: table["suppressed"].isna())(table)
        counts = [column for column in table if column == "n" or column.startswith("n_")]
        for column in counts:
            shown = table.loc[~overall, column].astype(float)
            assert not ((shown > 0) & (shown < 5)).any(), (name, column)
            seen += shown.notna().sum()
        for_all = [column for column in counts if column in ("n", "n_customers", "n_list", "n_used")]
        assert table.loc[table["suppressed"] == "yes", for_all].isna().all(axis=None), name
    assert seen > 100


def test_every_checksum_of_the_pack_holds(unzipped, members):
    lines = (unzipped / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    listed = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    assert {f"minimal/{name}" for name in listed} == set(members) - {"minimal/SHA256SUMS"}
    assert {name for name, digest in listed.items() if sha256(unzipped / name) != digest} == set()
    recorded = (unzipped / "results/minimal/audit/SHA256SUMS").read_text(encoding="utf-8").splitlines()
    here = [line.partition("  ") for line in recorded if (unzipped / line.partition("  ")[2]).is_file()]
    assert len(here) > 200
    assert [name for digest, _, name in here if sha256(unzipped / name) != digest] == []


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_run_crate_and_the_data_package_are_valid_where_the_pack_was_unzipped(unzipped, tmp_path):
    assert issues(unzipped / "results/minimal", "provenance-run-crate", filled(tmp_path / "http")) == set()
    done = validate(str(unzipped / "results/minimal/datapackage.json"))
    assert done.valid, done.flatten(["type", "note"])[:5]


def test_the_readme_names_what_is_inside_and_what_is_not(unzipped, members):
    text = (unzipped / "README.md").read_text(encoding="utf-8")
    inside = re.findall(r"`([^`<>]+)`", text.split("## How to check")[0].split("|---|---|")[1])
    assert len(inside) > 8
    assert [name for name in inside if "." in name.rpartition("/")[2] and not list(unzipped.rglob(Path(name).name))] == []
    outside = re.findall(r"^- `([^`]+)`", text.split("## What is not inside")[1], re.MULTILINE)
    assert {f"{RAW}/responses.csv", "results/minimal/confidential/complete.csv"} <= set(outside)
    assert [name for name in outside if f"minimal/{name}" in members] == []
    assert "{{" not in text


def test_the_same_build_gives_the_same_pack(planted, tmp_path):
    other = planted.copy(tmp_path / "project")
    shutil.rmtree(other.path("results/pack"))
    for path in other.path("results").rglob("*.csv"):
        path.chmod(0o600)
    assert other.snakemake("pack", "-c2").returncode == 0
    pack = "results/pack/minimal.zip"
    assert other.path(pack).read_bytes() == planted.path(pack).read_bytes()


def source(**given):
    return {"kind": "published", "licence": "CC BY 4.0", **given}


@pytest.mark.parametrize(
    ("key", "declared", "stays"),
    [
        ("responses", source(kind="collected"), True),
        ("responses", source(kind="synthetic"), True),
        ("responses", source(), False),
        ("customers", source(kind="collected", licence="CC0"), True),
        ("indicators", source(), False),
        ("indicators", source(licence="facts; each row names its source"), False),
        ("indicators", source(licence="all rights reserved"), True),
        ("strategy", source(kind="expert", licence=""), True),
        ("strategy", source(kind="expert", licence="MIT"), False),
        ("strategy", source(kind="expert", licence="MITSUBISHI internal"), True),
    ],
)
def test_a_raw_file_leaves_by_kind_and_licence(key, declared, stays):
    kept = withheld(["data/raw/one/file.csv"], "one", {"data/raw/one/file.csv": key}, {"data/raw/one/file.csv": declared})
    assert bool(kept) is stays


def test_snakemakes_report_is_worded_and_prints_the_settings(told):
    with zipfile.ZipFile(told) as archive:
        page = archive.read("report/report.html").decode()
        names = {Path(name).name for name in archive.namelist()}
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=.?https?:", page)
    results, _ = json.JSONDecoder().raw_decode(page, page.index('{"results/minimal/'))
    ranked = results["results/minimal/needs/needs.csv"]
    assert ranked["labels"] == {"title": "Table: Needs ranked", "rests on data": "synthetic, expert"}
    assert "200 bootstrap samples, seed 7" in ranked["caption"]
    assert {"report.html", "report.pdf", "needs.svg", "technical_route.svg"} <= names
    assert '"7 Needs"' in page
    assert "Needs of the major customers of a sample bank branch" in page


def test_a_changed_caption_runs_nothing_again(planted, tmp_path):
    project = planted.copy(tmp_path / "project")
    project.replace("report/captions/needs.rst", "bootstrap", "seeded bootstrap")
    assert project.planned() == {}
