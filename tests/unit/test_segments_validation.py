"""The simulation that shows whether the gate works: its truths, its verdicts and its table."""

import numpy as np
import pandas as pd
import pytest

from scripts.lib.study import Segments
from scripts.segments import simulate_gate, truths, validate_gate
from scripts.segments.features import centre_and_fill, fit_fill
from scripts.segments.test_homogeneity import Null, gate_table, statistic

QUICK = Segments(a_priori=[], k_max=3, draws=79, starts=2, starts_final=5, jaccard_draws=20, gap_draws=10).model_dump()


def drawn(truth, n=120, p=9, seed=1):
    return truths.answers(truth, n, p, np.random.default_rng(seed))


@pytest.mark.parametrize("truth", truths.TRUTHS)
def test_every_truth_gives_answers_of_the_scale(truth):
    X = drawn(truth, n=300)
    assert X.shape == (300, 9)
    assert set(np.unique(X[~np.isnan(X)])) <= {1.0, 2.0, 3.0, 4.0, 5.0}
    assert np.isnan(X).mean() == pytest.approx(truths.TRUTHS[truth].holes, abs=0.03)


@pytest.mark.parametrize("truth", truths.PLANTED)
def test_planted_groups_rate_their_third_of_the_items_highest(truth):
    X, member, third = drawn(truth, n=600), truths.members(600), truths.thirds(9)
    for group in range(truths.GROUPS):
        means = np.nanmean(X[member == group], axis=0)
        assert means[third == group].min() > means[third != group].max()


@pytest.mark.parametrize("truth", truths.NULLS)
def test_a_null_has_one_population(truth):
    """Halves of the respondents that the answers did not choose have the same means: the rows are exchangeable."""
    X = np.nanmean([np.nanmean(drawn(truth, n=400, seed=s)[::3], axis=0) for s in range(30)], axis=0)
    rest = np.nanmean([np.nanmean(drawn(truth, n=400, seed=s)[1::3], axis=0) for s in range(30)], axis=0)
    assert pytest.approx(rest, abs=0.12) == X


@pytest.mark.parametrize("truth", ["halo", "three_factors", "segments"])
def test_an_early_end_of_the_draws_does_not_change_the_verdict(truth):
    X, ks, seed = drawn(truth), [2, 3], [1, 2]
    observed = statistic(centre_and_fill(X, fit_fill(X)), ks, QUICK["starts"], np.random.default_rng(seed))
    null = Null.of(X, np.arange(X.shape[1]))
    every = np.array([null.statistic(ks, QUICK["starts"], [*seed, b]) for b in range(QUICK["draws"])])
    whole = gate_table(observed, every, ks, QUICK["alpha"])
    assert simulate_gate.gate(X, ks, QUICK, seed)["passes"].tolist() == whole["passes"].tolist()


def test_the_verdicts_of_a_planted_sample():
    found = pd.DataFrame(
        simulate_gate.verdicts(drawn("segments", n=150), truths.members(150), QUICK, [1]),
        columns=["rule", "claims", "k", "ari"],
    ).set_index("rule")
    assert set(found.index) == set(validate_gate.RULES)
    assert found.loc["gate", "claims"]
    assert found.loc["gate", "k"] == 3
    assert found.loc["gate", "ari"] > 0.9


def test_a_rule_that_claims_nothing_has_one_group_and_no_agreement():
    found = simulate_gate.verdicts(drawn("independent"), np.zeros(120, dtype=int), QUICK, [1])
    gate = next(verdict for verdict in found if verdict[0] == "gate")
    assert gate[1:3] == (False, 1)


def samples(claims, k, ari):
    rows = [(i + 1, "gate", "yes" if said else "no", k, ari) for i, said in enumerate(claims)]
    return pd.DataFrame(rows, columns=simulate_gate.COLUMNS)


def test_rates_count_claims_and_what_was_found():
    table = validate_gate.rates(
        {"halo": samples([True, False, False, False], 2, 0.0), "segments": samples([True, True, True, False], 3, 0.95)}
    ).set_index("truth")
    assert table.loc["halo", "share"] == 0.25
    assert np.isnan(table.loc["halo", "found"])
    assert table.loc["segments", "found"] == 0.75
    assert (table["share_low"] <= table["share"]).all()
    assert (table["share_high"] >= table["share"]).all()


def test_the_figure_frames_what_misses_its_aim():
    table = validate_gate.rates({"halo": samples([True] * 4, 2, 0.0), "segments": samples([True] * 4, 3, 1.0)})
    drawing = validate_gate.draw(table)
    assert len(drawing.figure.axes[0].patches) == 1
    assert "100%" in drawing.alt["en"]
