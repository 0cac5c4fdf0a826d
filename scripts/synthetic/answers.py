"""The synthetic answers: what each respondent would have ticked, as codes.

Importance and performance are latent scores cut to the scale, outcomes follow from performance, Kano answers from a
drawn category. Careless respondents, "not applicable" and missing answers come last (:func:`blemish`).
"""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from scripts.lib.instrument import Instrument
from scripts.synthetic.draws import Floats, exact, logistic, pick, rated, standard, stream
from scripts.synthetic.frame import demand_probabilities

Simulation = dict[str, Any]


def make_answers(
    respondents: pd.DataFrame, simulation: Simulation, instrument: Instrument, reference: date
) -> pd.DataFrame:
    """One row a respondent, one column an item: codes, keys of choices, or tuples of products.

    Parameters
    ----------
    respondents
        Rows of the customer list that answered, with ``segment`` and ``other__<product>``.
    simulation, instrument
        The assumptions and the questionnaire.
    reference
        Date to which years refer.
    """
    answers: dict[str, Any] = {}
    importance = _importance(respondents, simulation, instrument, answers)
    halo = stream(simulation["seed"], "halo").normal(0, 1, len(respondents))
    performance = _performance(respondents, simulation, instrument, halo, answers)
    _profile(respondents, simulation, reference, answers)
    banks = np.asarray(answers["n_banks"], dtype=float)
    _outcomes(simulation, instrument, halo, (performance * importance).sum(1) / importance.sum(1), banks, answers)
    _products(respondents, simulation, instrument, answers)
    _kano(len(respondents), simulation, instrument, answers)
    frame = pd.DataFrame(answers, index=respondents.index)
    return frame[[item.id for item in instrument.items if item.id in answers]].astype(object)


def _by_segment(shifts: dict[str, dict[str, float]], attribute: str, segments: pd.Series) -> Floats:
    return np.array([shifts.get(segment, {}).get(attribute, 0.0) for segment in segments])


def _importance(
    respondents: pd.DataFrame, simulation: Simulation, instrument: Instrument, answers: dict[str, Any]
) -> Floats:
    model, seed, n = simulation["latent"]["importance"], simulation["seed"], len(respondents)
    level = model["acquiescence"] * stream(seed, "acquiescence").normal(0, 1, n)
    rng, rows = stream(seed, "importance"), []
    for item in instrument.with_role("importance"):
        attribute = str(item.attribute)
        mean = simulation["segments"]["importance_base"][attribute] + _by_segment(
            simulation["segments"]["importance_shift"], attribute, respondents["segment"]
        )
        answers[item.id] = rated(mean + level + rng.normal(0, model["noise"], n), 1, 5)
        rows.append(answers[item.id])
    return np.array(rows, dtype=float).T


def _performance(
    respondents: pd.DataFrame, simulation: Simulation, instrument: Instrument, halo: Floats, answers: dict[str, Any]
) -> Floats:
    """Ratings of performance; returns the latent scores, respondents x attributes."""
    model, seed, n = simulation["latent"]["performance"], simulation["seed"], len(respondents)
    factors, scores = stream(seed, "constructs"), []
    factor_of: dict[str, Floats] = {}
    for construct in instrument.constructs:
        factor_of |= dict.fromkeys(construct.items, factors.normal(0, 1, n))
    rng = stream(seed, "performance")
    for item in instrument.with_role("performance"):
        attribute = str(item.attribute)
        score = simulation["performance"]["mean"][attribute] + _by_segment(
            simulation["performance"]["shift"], attribute, respondents["segment"]
        )
        score += model["halo"] * halo + model["construct"] * factor_of[item.id] + rng.normal(0, model["noise"], n)
        answers[item.id] = rated(score, 1, 5)
        scores.append(score)
    return np.array(scores).T


def _outcomes(
    simulation: Simulation,
    instrument: Instrument,
    halo: Floats,
    weighted_performance: Floats,
    banks: Floats,
    answers: dict[str, Any],
) -> None:
    """Satisfaction, loyalty, recommendation and share of wallet."""
    model, rng, n = simulation["latent"], stream(simulation["seed"], "outcomes"), len(halo)
    keyed = {item.id: item.keyed for item in instrument.items}

    def indicators(factor: Floats, name: str) -> None:
        for item in model[name]["items"]:
            score = rated(model[name]["mean"] + factor + rng.normal(0, model[name]["item_noise"], n), 1, 5)
            answers[item] = score if keyed[item] == "+" else 6 - score

    parts = model["satisfaction"]
    satisfaction = standard(
        parts["halo"] * halo + parts["performance"] * standard(weighted_performance) + rng.normal(0, parts["noise"], n)
    )
    indicators(satisfaction, "satisfaction")
    parts = model["loyalty"]
    loyalty = (
        parts["satisfaction"] * satisfaction + parts["n_banks"] * standard(banks) + rng.normal(0, parts["noise"], n)
    )
    indicators(loyalty, "loyalty")
    parts = model["recommend"]
    likely = parts["mean"] + parts["satisfaction"] * satisfaction + rng.normal(0, parts["noise"], n)
    answers["recommend"] = rated(likely, 0, 10)
    parts = model["wallet_share"]
    share = (
        parts["intercept"]
        + parts["loyalty"] * standard(loyalty)
        + parts["n_banks"] * np.log(banks / parts["banks_at_zero"])
        + rng.normal(0, parts["noise"], n)
    )
    answers["wallet_share"] = rated(100 * logistic(share), 0, 100)


def _profile(respondents: pd.DataFrame, simulation: Simulation, reference: date, answers: dict[str, Any]) -> None:
    """Facts on the firm and the person; what the customer list knows is taken from there."""
    latent, seed, n = simulation["latent"], simulation["seed"], len(respondents)
    answers["years_with_bank"] = (reference.year - respondents["relationship_start_year"]).to_numpy()
    parts = latent["n_banks"]
    mean = (
        parts["base"]
        + parts["large"] * respondents["size_class"].eq("large")
        + parts["in_group"] * respondents["group_id"].ne("")
    )
    answers["n_banks"] = 1 + stream(seed, "n_banks").poisson(mean.to_numpy())
    answers["main_bank_type"] = exact(latent["main_bank_type"]["shares"], n, stream(seed, "main_bank"))
    answers["position"] = exact(simulation["response"]["position"]["shares"], n, stream(seed, "position"))
    answers["ownership"] = respondents["ownership"].to_numpy()
    answers["industry"] = respondents["industry_section"].to_numpy()
    answers["firm_size"] = respondents["size_class"].to_numpy()
    classes = latent["turnover_class"]
    place = np.searchsorted(classes["cuts"], respondents["turnover_yuan_100m"], "right")
    answers["turnover_class"] = np.array(classes["keys"])[place]
    consent = simulation["quality"]["consent"]
    answers[consent["item"]] = exact(consent["probability"], n, stream(seed, "consent"))


def _products(
    respondents: pd.DataFrame, simulation: Simulation, instrument: Instrument, answers: dict[str, Any]
) -> None:
    """What is used here (with a few slips against the core system), elsewhere, and wanted."""
    rng, n = stream(simulation["seed"], "product_answers"), len(respondents)
    names = [product.id for product in instrument.products]
    here = respondents[[f"prod__{name}" for name in names]].to_numpy(dtype=bool)
    here = here ^ (rng.random(here.shape) < simulation["products"]["answer_error"])
    elsewhere = respondents[[f"other__{name}" for name in names]].to_numpy(dtype=bool)
    order = [list(simulation["products"]["probability"]).index(name) for name in names]
    wanted = demand_probabilities(simulation, respondents["segment"].to_numpy(dtype=str))[:, order]
    ticked = {"own": here, "other": elsewhere, "any": rng.random((n, len(names))) < wanted}
    for item in instrument.with_role("holding", "demand"):
        answers[item.id] = [tuple(np.array(names)[row]) for row in ticked[str(item.scope)]]


def _kano(n: int, simulation: Simulation, instrument: Instrument, answers: dict[str, Any]) -> None:
    """A category, then one of the answer pairs that mean it; what the probabilities leave is shared by R and Q."""
    model, rng = simulation["kano"], stream(simulation["seed"], "kano")
    categories = [*model["columns"], "R", "Q"]
    for item in instrument.with_role("kano_functional"):
        shares = model["category_probability"][item.attribute]
        rest = (1 - sum(shares)) / 2
        drawn = pick(np.tile([*shares, rest, rest], (n, 1)), categories, rng)
        meant = [model["answer_pairs"][category] for category in drawn]
        pairs = [options[int(u * len(options))] for options, u in zip(meant, rng.random(n), strict=True)]
        answers[item.id], answers[str(item.pair)] = np.array(pairs).T
