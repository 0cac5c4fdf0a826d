"""The raw folder of the default study hangs together: citations, chapters, sources, factors and measures."""

import re
from pathlib import Path
from typing import Any

from scripts.lib.instrument import load_instrument
from scripts.lib.sources import read_sources, sha256
from scripts.lib.study import load_study, read_yaml

RAW = Path("data/raw/citic-lanzhou")
SECTIONS = {
    "1": ["background", "aim", "issues", "frame", "methods", "contribution"],
    "2": ["concepts", "theories", "bibliometrics", "review", "gap"],
    "3": ["organisation", "macro", "industry", "regions", "business", "matrices", "problems"],
    "4": ["design", "sample", "quality", "scales", "segments", "holdings", "ipa", "kano", "loyalty", "findings"],
    "5": ["goals", "mapping", "product", "platform", "relationship", "operations", "priorities"],
    "6": ["organisation6", "talent", "technology", "risk", "funding", "monitoring"],
    "7": ["conclusions", "transfer", "limits", "outlook"],
}


def verifications() -> dict[str, str]:
    """Where each record was seen, by key."""
    found = {}
    for name in ("literature.bib", "methods.bib"):
        text = (RAW / name).read_text(encoding="utf-8")
        for key, body in re.findall(r"@\w+\{([^,]+),(.*?)\n\}", text, re.DOTALL):
            match = re.search(r"\bverification\s*=\s*\{(.*)\}", body)
            found[key] = match[1] if match else ""
    return found


def leaves(document: Any, path: str = "") -> list[tuple[str, dict[str, str]]]:
    """All {en, zh} pairs of a document."""
    if isinstance(document, dict):
        here = [(path, document)] if "en" in document else []
        return here + [one for key, value in document.items() for one in leaves(value, f"{path}/{key}")]
    if isinstance(document, list):
        return [one for place, value in enumerate(document) for one in leaves(value, f"{path}/{place}")]
    return []


def test_words_cite_verified_records_only() -> None:
    words, seen = read_yaml(RAW / "words.yaml"), verifications()
    for part in ("background", "concepts", "theories"):
        for one in words[part]:
            for key in one["cite"]:
                assert seen.get(key), f"{key} is no record, or does not say where it was seen"
                assert not seen[key].startswith("unverified"), key


def test_words_have_both_languages_and_all_sections() -> None:
    words = read_yaml(RAW / "words.yaml")
    assert {chapter["id"]: list(chapter["sections"]) for chapter in words["chapters"]} == SECTIONS
    assert [path for path, label in leaves(words) if not label.get("zh")] == []


def test_every_file_is_declared_with_its_hash() -> None:
    sources = read_sources(RAW)
    assert {path.name for path in RAW.iterdir()} == {*sources, "SOURCES.csv"}
    for name, source in sources.items():
        assert sha256(RAW / name) == source.sha256, f"{name}: run python -m scripts.lib.sources {RAW}"
    assert {sources[name].kind for name in ("responses.csv", "customers.csv", "simulation.yaml")} == {"synthetic"}


def test_catalogues_name_what_the_instrument_has() -> None:
    instrument = load_instrument(RAW / "instrument.yaml")
    attributes, products = {a.id for a in instrument.attributes}, {p.id for p in instrument.products}
    strategy = read_yaml(RAW / "strategy.yaml")["strategy"]
    measures = [measure for family in strategy["families"] for measure in family["measures"]]
    safeguards = {one["id"] for one in read_yaml(RAW / "safeguards.yaml")["safeguards"]["measures"]}
    known = {measure["id"] for measure in measures} | safeguards
    for measure in measures:
        assert set(measure["serves"]) <= attributes
        assert set(measure["products"]) <= products
        assert set(measure["prerequisites"]) <= known
    assert {family["aspect"] for family in strategy["families"]} == {aspect.id for aspect in instrument.aspects}
    simulation = read_yaml(RAW / "simulation.yaml")
    assert set(simulation["segments"]["importance_base"]) == set(simulation["performance"]["mean"]) == attributes
    assert set(simulation["products"]["probability"]) == products


def test_every_assumption_has_a_reason() -> None:
    simulation = read_yaml(RAW / "simulation.yaml")
    for block in ("frame", "balances", "response", "latent", "quality"):
        for name, model in simulation[block].items():
            if isinstance(model, dict):
                assert "reason" in model, f"{block}.{name}"


def test_regions_of_the_study_are_those_of_the_figures() -> None:
    study = load_study("citic-lanzhou")
    text = (RAW / "indicators.csv").read_text(encoding="utf-8")
    for region in [*study.region.home, *study.region.peers, *study.region.coast, str(study.region.country)]:
        assert f",{region}," in text or f',"{region}",' in text, region
    outlets = (RAW / "outlets_by_bank.csv").read_text(encoding="utf-8")
    assert f"\n{study.region.home_city}," in outlets
    assert f"\n{study.region.peer_city}," in outlets
