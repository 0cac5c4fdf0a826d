"""The minimal study of the workflow tests: its generator and its files."""

import importlib.util
import shutil
from pathlib import Path

import numpy as np
import pytest

from scripts.lib.checks import check_study
from scripts.lib.instrument import load_instrument
from scripts.lib.sources import read_sources, sha256
from scripts.lib.study import Study, read_yaml
from scripts.survey.responses import read_answers

ROOT = Path(__file__).parents[1] / "minimal"
RAW = ROOT / "data/raw/minimal"
STUDY = Study.model_validate(read_yaml(ROOT / "config/studies/minimal.yaml"))


def _make():
    spec = importlib.util.spec_from_file_location("make_minimal", ROOT / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


make = _make()


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(RAW, tmp_path / "minimal"))


def answers(folder):
    instrument = load_instrument(folder / "instrument.yaml")
    return instrument, read_answers(folder / "responses.csv", instrument, STUDY.survey.model_dump(), STUDY.bank.zh)


def importance(folder):
    """Row-centred answers on importance, blanks as the mean of their column."""
    instrument, read = answers(folder)
    stated = [[row[item.id] for item in instrument.with_role("importance")] for row in read.rows]
    scores = np.array([[np.nan if code in (None, 9) else code for code in row] for row in stated], dtype=float)
    centred = scores - np.nanmean(scores, axis=1, keepdims=True)
    return np.where(np.isnan(centred), np.nanmean(centred, axis=0), centred)


def test_the_committed_files_come_from_the_generator(folder):
    make.write(folder, **make.COMMITTED)
    for name in ("responses.csv", "customers.csv", "SOURCES.csv"):
        assert (folder / name).read_bytes() == (RAW / name).read_bytes(), name


def test_the_study_is_without_fault(monkeypatch, tmp_path):
    shutil.copytree(ROOT / "config", tmp_path / "config")
    shutil.copytree(ROOT / "data", tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    assert check_study("minimal")[1] == []


@pytest.mark.parametrize("kind", ["halo", "noise", "segments3"])
def test_any_size_and_kind_can_be_read_and_is_declared(folder, kind):
    groups = make.write(folder, 60, 3, kind)
    instrument, read = answers(folder)
    assert read.faults == []
    assert len(read.rows) == len(groups) == 60
    assert set(groups) == ({1, 2, 3} if kind == "segments3" else {0})
    sources = read_sources(folder)
    assert all(sources[name].sha256 == sha256(folder / name) for name in ("responses.csv", "customers.csv"))
    roles = {item.role for item in instrument.items}
    assert {"importance", "kano_functional", "holding", "demand", "attention_check", "consent", "open"} <= roles


def test_kinds_carry_the_truth_they_name(folder):
    make.write(folder, 400, 5, "noise")
    assert abs(np.corrcoef(importance(folder).T) + 1 / 7)[~np.eye(8, dtype=bool)].mean() < 0.06
    groups = make.write(folder, 400, 5, "segments3")
    centred = importance(folder)
    means = np.stack([centred[groups == group].mean(axis=0) for group in (1, 2, 3)])
    assert (means.max(axis=0) - means.min(axis=0))[:7].min() > 0.8


def test_an_unknown_kind_is_refused(folder):
    with pytest.raises(ValueError, match="halo, noise or segments3"):
        make.write(folder, 40, 1, "clusters")
