"""From answers to segments, as the rules do it: the order of respondents changes nothing, bad items are told."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from scripts.segments.build_features import features_of, item_table, repeated_items, select_answers
from scripts.segments.cluster_customers import segment_tables, stability_table
from scripts.segments.compare_partitions import complete_cases
from scripts.segments.feature_words import feature_warnings
from scripts.segments.features import canonical_order
from scripts.segments.indices import all_indices
from scripts.segments.partition import standardise
from scripts.segments.partitions import choose, partitions
from scripts.segments.profile_segments import profile
from scripts.segments.test_homogeneity import run_gate

SETTINGS = {
    "k_max": 3,
    "draws": 59,
    "alpha": 0.05,
    "sample": 1000,
    "starts": 3,
    "starts_final": 10,
    "jaccard_draws": 30,
    "jaccard_floor": 0.75,
    "size_floor": 15,
    "size_share": 0.05,
    "gap_draws": 10,
    "prediction_splits": 10,
    "names": {},
}
N, P = 200, 9


def survey(kind="segments", seed=1):
    """Complete answers with 4% holes and the attributes of the questionnaire; three planted segments, halo or noise."""
    rng = np.random.default_rng(seed)
    truth = np.arange(N) % 3
    level = {"segments": 2.4 * (np.arange(P) // 3 == truth[:, None]), "halo": rng.normal(size=(N, 1)), "noise": 0.0}
    X = np.searchsorted([-1.5, -0.5, 0.5, 1.5], level[kind] - 0.8 + 0.9 * rng.normal(size=(N, P))) + 1.0
    X[rng.random(X.shape) < 0.04] = np.nan
    complete = pd.DataFrame(X, columns=[f"imp_a{j}" for j in range(P)])
    complete.insert(0, "respondent", [f"R{i:04d}" for i in range(N)])
    return complete, truth


def questionnaire(complete):
    """Attributes and missing shares of the items of ``complete``."""
    items = list(complete.columns[1:])
    attributes = pd.DataFrame({"attribute": [item.removeprefix("imp_") for item in items], "importance_item": items})
    attributes = attributes.assign(position=range(1, len(items) + 1), label_zh="")
    attributes["label_en"] = attributes["attribute"].str.upper()
    missing = pd.DataFrame({"item": items, "n_answered": complete[items].notna().sum().to_numpy()})
    missing["share_missing"] = 1 - missing["n_answered"] / len(complete)
    missing["leaves_models"] = np.where(missing["share_missing"] > 0.4, "yes", "no")
    return attributes, missing.assign(share_not_applicable=0.0)


def divide(complete):
    """Members, groups and every table of a survey, and the features' warnings."""
    attributes, missing = questionnaire(complete)
    items = item_table(attributes, missing, complete)
    answers = select_answers(complete, items[items["reason"].eq("")], 0.8)
    features, constant, model = features_of(answers)
    flat = items.loc[items["reason"].eq("constant"), "attribute"].tolist() + constant
    told = feature_warnings(flat, repeated_items(answers), items, model)
    columns = answers.columns[1:].get_indexer(features.columns[1:])
    gate = run_gate(answers.iloc[:, 1:].to_numpy(float), columns, SETTINGS, 1).table
    gate["passes"] = gate["passes"].map({True: "yes", False: "no"})
    features = features.iloc[canonical_order(features.iloc[:, 1:].to_numpy())]
    Z = standardise(features.iloc[:, 1:].to_numpy())
    parts = partitions(Z, gate, SETTINGS, [1])
    k, _ = choose(parts.indices)
    tables = {"gate": gate, "indices": all_indices(Z, parts, SETTINGS, [1])}
    if k is None:
        return None, tables, told
    labels = attributes.set_index("attribute").loc[features.columns[1:]]
    members, groups = segment_tables(features["respondent"], Z, parts, k, labels, SETTINGS)
    alone = members.assign(unit=members["respondent"])
    tables |= {"groups": groups, "stability": stability_table(groups, members, parts, k)}
    tables["profile"] = profile(features, alone, 5, np.random.default_rng(1))
    given = answers.set_index("respondent").loc[features["respondent"]].to_numpy()
    compared = complete_cases(given, columns, parts.labels[k], np.arange(len(given)), True, SETTINGS, 1)
    tables["complete"] = pd.DataFrame([compared[0] | {"p": compared[1]["p_smallest"]}])
    return members.sort_values("respondent", ignore_index=True), tables, told


@pytest.mark.parametrize("kind", ["noise", "halo"])
def test_no_segments_in_noise_and_halo(kind):
    assert divide(survey(kind)[0])[0] is None


def test_three_planted_segments_are_found_and_named():
    complete, truth = survey()
    members, tables, _ = divide(complete)
    known = truth[complete["respondent"].isin(members["respondent"])]
    assert members["group"].nunique() == 3
    assert adjusted_rand_score(members["group"], known) > 0.9
    assert tables["groups"]["label_en"].is_unique
    for name in tables["groups"]["label_en"]:
        assert len({int(one[1:]) // 3 for one in name.split(" / ")}) == 1  # both attributes of the same three


@pytest.mark.parametrize("seed", [1, 2])
def test_permuted_respondents_give_the_same_segments_names_and_tables(seed):
    complete, _ = survey()
    members, tables, _ = divide(complete)
    again = divide(complete.sample(frac=1, random_state=seed))
    pd.testing.assert_frame_equal(again[0], members)
    for name, table in tables.items():
        pd.testing.assert_frame_equal(again[1][name], table)


def test_permuted_attributes_give_the_same_segments():
    complete, _ = survey()
    first = divide(complete)[0]
    again = divide(complete[["respondent", *complete.columns[:0:-1]]])[0]
    assert adjusted_rand_score(first["group"], again["group"]) > 0.98


def constant(complete):
    return complete.assign(imp_x=4.0)


def unanswered(complete):
    return complete.assign(imp_x=np.nan)


def repeated(complete):
    return complete.assign(imp_x=complete["imp_a0"])


def linear(complete):
    """The sum of two others: a singular correlation matrix although no item repeats another."""
    return complete.assign(imp_x=complete["imp_a0"] + complete["imp_a4"])


@pytest.mark.parametrize(
    ("spoil", "codes"),
    [
        (constant, ["constant_feature"]),
        (unanswered, []),
        (repeated, ["repeated_items", "fill_with_prior"]),
        (linear, ["fill_with_prior"]),
    ],
)
def test_a_bad_item_is_told_and_the_segments_stay(spoil, codes):
    complete, truth = survey()
    members, tables, told = divide(spoil(complete))
    assert [one["code"] for one in told] == codes
    assert all("X" in one["text"]["en"] or one["code"] != "constant_feature" for one in told)
    known = truth[complete["respondent"].isin(members["respondent"])]
    assert adjusted_rand_score(members["group"], known) > 0.9
    assert "X" not in " ".join(tables["groups"]["label_en"]) or spoil in (repeated, linear)
    for name in ("gate", "groups", "stability", "profile"):
        assert not tables[name].isna().to_numpy().any(), name
    assert np.isfinite(tables["indices"]["bic"]).all()
