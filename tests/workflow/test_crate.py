"""The run crate: valid by the profile's own validator, without network, and true to the build."""

import hashlib
import json

import pytest
from offline import filled, issues
from rocrate_validator.models import Severity

pytestmark = pytest.mark.xdist_group("workflow")

PROFILES = ["provenance-run-crate", "workflow-run-crate", "process-run-crate", "workflow-ro-crate", "ro-crate-1.1"]
# What the profiles recommend and the crate leaves out, and why.
LEFT_OUT = {
    "process-run-crate-0.5_3.2": "a script has no address on the web",
    "process-run-crate-0.5_5.1": "nor has it an absolute URI",
    "process-run-crate-0.5_8.4": "no times: the crate is a function of the inputs",
    "workflow-run-crate-0.5_7.1": "raw files are named, not carried",
    "workflow-ro-crate-1.0_6.1": "index.html opens the results, not a README.md",
    "workflow-ro-crate-1.0_6.2": "the same",
    "ro-crate-1.1_22.3": "nobody is known to publish it",
    "ro-crate-1.1_30.2": "where the author works is not known",
    "ro-crate-1.1_30.3": "the same",
}


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return filled(tmp_path_factory.mktemp("cache") / "http")


def entities(folder):
    document = json.loads((folder / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    return {one["@id"]: one for one in document["@graph"]}


@pytest.mark.parametrize("profile", PROFILES)
def test_the_crate_is_valid(built, cache, profile):
    assert issues(built.path("results/minimal"), profile, cache) == set()


def test_what_is_recommended_is_there_but_for_what_cannot_be_known(built, cache):
    found = issues(built.path("results/minimal"), "provenance-run-crate", cache, Severity.RECOMMENDED)
    assert found == set(LEFT_OUT)


def test_the_validator_sees_a_broken_crate(project, cache):
    crate = project.path("results/minimal/ro-crate-metadata.json")
    document = json.loads(crate.read_text(encoding="utf-8"))
    document["@graph"] = [one for one in document["@graph"] if one["@id"] != "#step/rank_needs"]
    crate.write_text(json.dumps(document), encoding="utf-8")
    project.path("results/minimal/needs/needs.csv").unlink()
    found = issues(project.path("results/minimal"), "provenance-run-crate", cache)
    assert found == {"ro-crate-1.1_12.1", "provenance-run-crate-0.5_7.1"}  # a file is missing, a step is


def test_every_published_file_is_in_it_with_its_hash_and_no_other(built):
    folder = built.path("results/minimal")
    listed = {name: one for name, one in entities(folder).items() if "File" in one["@type"]}
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    published = {name for name in present if not name.startswith("confidential/")} - {"ro-crate-metadata.json"}
    assert set(listed) == published
    later = {"audit/provenance.json", "audit/SHA256SUMS"}
    wrong = {
        name
        for name in published - later
        if listed[name]["sha256"] != hashlib.sha256((folder / name).read_bytes()).hexdigest()
    }
    assert wrong == set()


def test_every_rule_is_a_step_with_what_it_read_and_made(built):
    folder = built.path("results/minimal")
    found = entities(folder)
    record = json.loads((folder / "audit/provenance.json").read_text(encoding="utf-8"))
    steps = {name.removeprefix("#step/") for name, one in found.items() if one["@type"] == "HowToStep"}
    assert steps == set(record["rules"])
    action = found["#run/ingest_responses"]
    read = {one["@id"] for one in action["object"]}
    assert {"#data/raw/minimal/responses.csv", "#data/raw/minimal/instrument.yaml"} <= read
    assert "#results/minimal/confidential/responses.csv" in {one["@id"] for one in action["result"]}
    assert found["#value/min_cell"]["value"] == "5"
    assert found["#data/raw/minimal/responses.csv"]["keywords"] == "synthetic"


def test_a_confidential_file_is_named_and_no_more(built):
    named = entities(built.path("results/minimal"))["#results/minimal/confidential/responses.csv"]
    assert named["@type"] == "CreativeWork"
    assert named["conditionsOfAccess"].startswith("confidential")
