"""Factors: matrices, agreement, SWOT, TOWS and their faults."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.environment.factor_table import describe, judgements, label, site, work_name
from scripts.environment.factors import Evidence, FactorFile, Factors, Known, faults_of
from scripts.environment.test_factors import adjusted_scores, answer_tests
from scripts.environment.test_factors import warn as warn_of_tests
from scripts.environment.tows import answers, tows
from scripts.environment.weigh_factors import kendall_w, name_raters, swot, warn, weigh
from scripts.lib.instrument import Label
from scripts.lib.job import InputError
from scripts.lib.sheet import load_model

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "agreement.json").read_text(encoding="utf-8"))
WORKS = {"known": "Known 1999"}
KNOWN = Known({"H_gdp_2020"}, {"known"}, {"unseen"}, ["speed", "price"], {"ipa.speed", "whitespace.loan", "n_banks"})
INDICATORS = pd.DataFrame(
    {
        "label_en": ["GDP"],
        "label_zh": ["生产总值"],
        "region": ["Hill"],
        "region_zh": ["山"],
        "period": ["2020"],
        "value": [1234.5],
        "unit": ["100 million EUR"],
    },
    index=["H_gdp_2020"],
)


def factor(name: str, direction: str, judged: dict[str, tuple[float, int]], evidence: list[dict[str, str]]) -> Any:
    return {
        "id": name,
        "kind": "internal",
        "direction": direction,
        "statement": {"en": f"{name} is so.", "zh": name},
        "evidence": evidence,
        "ratings": {rater: {"weight": weight, "rating": rating} for rater, (weight, rating) in judged.items()},
    }


def document(**change: Any) -> Factors:
    bare = [{"type": "illustrative"}]
    survey = [{"type": "pipeline", "value": "ipa.speed"}]
    figure = [{"type": "indicator", "id": "H_gdp_2020"}]
    whole = {
        "id": "f",
        "version": "1",
        "status": "illustrative",
        "raters": [{"id": rater, "name": {"en": rater}} for rater in ("r1", "r2", "r3")],
        "matrices": [
            {
                "id": "efe",
                "factors": [
                    factor("o1", "opportunity", {"r1": (0.6, 3), "r2": (0.5, 3), "r3": (0.4, 2)}, figure),
                    factor("t1", "threat", {"r1": (0.4, 1), "r2": (0.5, 2), "r3": (0.6, 2)}, bare),
                ],
            },
            {
                "id": "ife",
                "factors": [
                    factor("s1", "strength", {"r1": (0.5, 4), "r2": (0.6, 3), "r3": (0.7, 4)}, bare),
                    factor("w1", "weakness", {"r1": (0.3, 1), "r2": (0.3, 1), "r3": (0.2, 2)}, survey),
                    factor("w2", "weakness", {"r1": (0.2, 2), "r2": (0.1, 2), "r3": (0.1, 2)}, bare),
                ],
            },
        ],
    }
    return Factors.model_validate(whole | change)


def test_kendall_is_one_in_agreement_and_none_without_ranks() -> None:
    same = pd.DataFrame([[1, 2, 3, 4], [10, 20, 30, 40], [1, 5, 6, 9]])
    w, p = kendall_w(same)
    assert w == pytest.approx(1)
    assert p == pytest.approx(0.0293, abs=1e-4)  # chi-square 9 with 3 degrees of freedom
    assert np.isnan(kendall_w(pd.DataFrame([[1, 1], [2, 2], [3, 3]]))[0])


def test_kendall_of_three_rankings_of_six() -> None:
    """Rank sums 8, 14, 11, 11, 11, 8 about 10.5: S = 25.5, W = 12 S / (9 x 210) (Siegel 1956, ch. 9: .16)."""
    ranks = pd.DataFrame([[1, 6, 3, 2, 5, 4], [1, 5, 6, 4, 2, 3], [6, 3, 2, 5, 4, 1]])
    assert kendall_w(ranks)[0] == pytest.approx(12 * 25.5 / 1890)


def test_golden_kendall_with_ties() -> None:
    golden = GOLDEN["kendall_anxiety"]
    ratings = pd.DataFrame(golden["raters"])
    w, p = kendall_w(ratings)
    assert round(w, 2) == golden["w"]
    assert round(len(ratings) * (ratings.shape[1] - 1) * w, 1) == golden["chi_square"]
    assert round(p, 4) == golden["p"]


def test_kendall_is_corrected_for_ties() -> None:
    """Two raters who tie the same pair agree fully: without the correction W would be 0.9."""
    assert kendall_w(pd.DataFrame([[1, 2, 2, 3], [1, 2, 2, 3], [2, 5, 5, 8]]))[0] == pytest.approx(1)


@given(st.permutations(range(5)), st.permutations(range(5)), st.permutations(range(5)))
def test_kendall_lies_in_its_range_and_forgets_the_order_of_raters(a: list[int], b: list[int], c: list[int]) -> None:
    w, p = kendall_w(pd.DataFrame([a, b, c]))
    assert -1e-12 <= w <= 1 + 1e-12
    assert 0 <= p <= 1
    assert kendall_w(pd.DataFrame([c, a, b]))[0] == pytest.approx(w)


def test_the_score_of_a_matrix_is_the_mean_of_the_raters_scores() -> None:
    factors, matrices, by_rater = weigh(judgements(document()), 0.5)
    efe = matrices.set_index("matrix").loc["efe"]
    scores = [0.6 * 3 + 0.4 * 1, 0.5 * 3 + 0.5 * 2, 0.4 * 2 + 0.6 * 2]
    assert efe["score"] == pytest.approx(np.mean(scores))
    assert (efe["score_min"], efe["score_max"]) == (pytest.approx(min(scores)), pytest.approx(max(scores)))
    sums = factors.groupby("matrix")[["weight", "score"]].sum()
    assert sums["weight"].tolist() == pytest.approx([1, 1])
    assert sums["score"].tolist() == pytest.approx(matrices["score"].tolist())
    assert matrices.set_index("matrix")["agree"].to_dict() == {"efe": "no", "ife": "yes"}
    named = name_raters(document(), by_rater)
    assert named.loc[named["matrix"] == "efe", "score"].tolist() == pytest.approx(scores)
    assert named["position"].tolist() == [1, 2, 3, 1, 2, 3]


def test_disagreement_is_told_with_the_range() -> None:
    whole = document()
    weighed, matrices, _ = weigh(judgements(whole), 0.5)
    texts = [one["text"]["en"] for one in warn(label(whole, weighed, INDICATORS, WORKS), matrices, 3, 0.5)]
    assert texts[0].startswith("EFE: raters do not agree on the weights")
    assert "ranges from 2.00 to 2.50" in texts[0]
    assert texts[1] == "Of 5 factors 3 rest on no evidence and are illustrative."


BOOK = pd.DataFrame({"item": ["n_banks"], "label_en": ["How many banks?"], "label_zh": ["几家银行？"]})


def threatened(above: float | None) -> Factors:
    whole = document()
    proof = Evidence(type="pipeline", value="n_banks", above=above)
    whole.matrices[0].factors[1].evidence[:] = [proof]
    return whole


@pytest.mark.parametrize(("above", "verdict"), [(2, "supported"), (4, "open"), (9, "contradicted")])
def test_a_threat_is_tested_on_the_answers_to_a_number_item(above: float, verdict: str) -> None:
    answers = pd.DataFrame({"n_banks": [3.0, 4.0, 5.0, 4.0, None, 3.0, 5.0, 4.0]})
    out = answer_tests(threatened(above), answers, BOOK)
    assert out[["factor", "n", "verdict"]].to_numpy().tolist() == [["t1", 7, verdict]]
    assert out.loc[0, ["mean", "above"]].tolist() == [4.0, above]


def test_without_a_number_or_answers_nothing_is_tested() -> None:
    answers = pd.DataFrame({"n_banks": [3.0, 4.0]})
    assert answer_tests(threatened(None), answers, BOOK).empty
    assert answer_tests(threatened(2), answers.head(1), BOOK).empty
    assert answer_tests(threatened(2), answers[[]], BOOK).empty


def test_a_contradicted_factor_is_left_out_of_the_adjusted_score() -> None:
    rated = judgements(document())
    scores = adjusted_scores(rated, {"t1"})
    assert scores["efe"] == pytest.approx((3 + 3 + 2) / 3), "only the opportunity is left"
    assert np.isnan(scores["ife"]), "nothing of this matrix is contradicted"
    whole = threatened(9)
    tests = answer_tests(whole, pd.DataFrame({"n_banks": [3.0, 4.0, 5.0]}), BOOK)
    told = warn_of_tests(whole, tests)
    assert [one["text"]["en"][:63] for one in told] == [
        "The answers contradict a factor (t1 is so): a mean of 4.00 (1.5"
    ]


def test_two_raters_give_no_agreement() -> None:
    rated = judgements(document())
    _, matrices, _ = weigh(rated[rated["rater"] != "r3"], 0.5)
    assert matrices["kendall_w"].isna().all()
    assert set(matrices["agree"]) == {"not known"}


def test_swot_is_built_from_the_factors() -> None:
    whole = document()
    weighed, _, _ = weigh(judgements(whole), 0.5)
    factors = label(whole, weighed, INDICATORS, WORKS)
    listed = swot(factors)
    weak = listed[listed["quadrant"] == "W"]
    assert weak["factor"].tolist() == ["w1", "w2"]
    assert weak["position"].tolist() == [1, 2]
    told = factors.set_index("factor")["evidence_en"]
    assert told["w1"] == "to be tested by the survey (importance and performance)"
    assert told["w2"] == "illustrative"
    assert factors.set_index("factor").loc["w1", "attributes"] == "speed", "what its evidence is tested on"


SERVES = {"hurry": {"speed": 9, "price": 3}, "rebate": {"price": 9}, "both": {"speed": 9, "price": 9}}


def test_a_measure_answers_a_pair_when_it_serves_both_sides_and_one_of_them_strongly() -> None:
    assert answers(["speed"], ["price"], SERVES) == ["both", "hurry"]
    assert answers(["price"], ["price"], SERVES) == ["rebate", "both"]
    assert answers([""], ["price"], SERVES) == []


def test_tows_pairs_are_those_that_a_measure_answers() -> None:
    rows = [("s1", "S", 0.5, ""), ("w1", "W", 0.2, "speed"), ("w2", "W", 0.3, ""), ("w3", "W", 0.1, "price")]
    rows += [("o1", "O", 0.4, ""), ("t1", "T", 0.6, "price"), ("t2", "T", 0.5, "price")]
    factors = pd.DataFrame(rows, columns=["factor", "quadrant", "weight", "attributes"])
    factors = factors.assign(label_en=factors["factor"], label_zh="")
    names = {name: Label(en=name.title(), zh="") for name in SERVES}
    out = tows(factors, SERVES, names)
    wt = out[out["cell"] == "WT"]
    assert wt[["inner", "outer"]].to_numpy().tolist() == [["w1", "t1"], ["w3", "t2"]], "each factor once"
    assert wt["measure_label_en"].tolist() == ["Both; Hurry", "Rebate; Both"]
    assert wt["attributes"].tolist() == ["speed;price", "price"]
    so = out[out["cell"] == "SO"].iloc[0]
    assert (so["inner"], so["outer"], so["measures"]) == ("s1", "o1", ""), (
        "the heaviest pair, and that nothing answers it"
    )
    assert out.groupby("cell").size().to_dict() == {"SO": 1, "ST": 1, "WO": 1, "WT": 2}


def test_evidence_is_said_in_words() -> None:
    en, zh = describe(Evidence(type="indicator", id="H_gdp_2020"), INDICATORS, WORKS)
    assert en == "GDP, Hill, 2020: 1,234.5 × 100 million EUR"
    assert zh == "生产总值，山，2020: 1,234.5 × 100 million EUR"
    assert describe(Evidence(type="literature", key="known"), INDICATORS, WORKS)[0] == "literature: Known 1999"


def test_a_page_is_named_by_its_site() -> None:
    assert site("https://www.example.org/a/b?c=1") == " (example.org)"
    assert site("github.com/a/b") == " (github.com)"
    assert site(None) == ""


def test_a_work_is_named_by_its_authors_and_its_year() -> None:
    assert work_name("Boot, Arnoud W. A.", 2000) == "Boot 2000"
    assert work_name("Ioannidou, Vasso; Ongena, Steven", 2010.0) == "Ioannidou and Ongena 2010"
    assert work_name("A, B; C, D; E, F", float("nan")) == "A and others"


def faults(whole: Factors) -> str:
    return " ;; ".join(faults_of(whole, KNOWN))


def test_sound_factors_have_no_fault() -> None:
    assert faults(document()) == ""


def test_weights_must_sum_to_one() -> None:
    whole = document()
    whole.matrices[0].factors[0].ratings["r1"] = whole.matrices[0].factors[0].ratings["r2"]
    assert "entry efe, rater r1: found weights that sum to 0.9; allowed: 1" in faults(whole)


def test_a_strength_is_rated_three_or_four_and_everybody_judges() -> None:
    whole = document()
    strength = whole.matrices[1].factors[0]
    strength.ratings["r1"] = whole.matrices[1].factors[1].ratings["r1"]
    assert "entry ife.s1, rater r1: found rating 1; allowed for a strength: 3 to 4" in faults(whole)
    del strength.ratings["r2"]
    assert "entry ife.s1, ratings: found r1, r3; allowed: each of r1, r2, r3" in faults(whole)


@pytest.mark.parametrize(
    ("evidence", "told"),
    [
        ({"type": "indicator", "id": "none"}, "found 'none'; allowed: an id of the indicators file"),
        ({"type": "literature", "key": "none"}, "found 'none'; allowed: a key of the literature or methods file"),
        ({"type": "literature", "key": "unseen"}, "seen in no independent list"),
        ({"type": "source"}, "found no reference"),
        ({"type": "pipeline", "value": "ipa.sped"}, "found 'ipa.sped'; allowed: ipa.<attribute>, whitespace.<product>"),
    ],
)
def test_evidence_must_exist(evidence: dict[str, str], told: str) -> None:
    whole = document()
    whole.matrices[0].factors[0].evidence[:] = [Evidence.model_validate(evidence)]
    assert told in faults(whole)


def test_attributes_of_a_factor_are_the_questionnaires() -> None:
    whole = document()
    first = whole.matrices[0].factors[0].model_copy(update={"attributes": ["speed", "colour"]})
    whole.matrices[0].factors[0] = first
    assert faults(whole) == (
        "entry efe.o1, attributes: found colour; allowed: attributes of the questionnaire (speed, price); correct it"
    )


def test_a_strange_key_and_a_rating_out_of_range_are_told(tmp_path) -> None:
    path = tmp_path / "factors.yaml"
    path.write_text(
        "factors: {id: f, version: 1, status: s, raters: [], matrices: [], colour: red}\n", encoding="utf-8"
    )
    with pytest.raises(InputError) as fault:
        load_model(path, "x", FactorFile)
    assert "entry factors.colour: found an unknown key" in str(fault.value)
    assert "entry factors.raters: found []; allowed: List should have at least 1 item" in str(fault.value)
    path.write_text("factors: [", encoding="utf-8")
    with pytest.raises(InputError, match="found no readable YAML"):
        load_model(path, "x", FactorFile)
