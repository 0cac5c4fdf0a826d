"""What is wrong with synthetic answers, as with real ones: carelessness, "not applicable", gaps, hidden questions.

A missing answer is None, a question that the respondent never saw is HIDDEN.
"""

from typing import Any

import numpy as np
import pandas as pd

from scripts.lib.instrument import Instrument, Item
from scripts.synthetic.draws import exact, stream

Simulation = dict[str, Any]
HIDDEN = "hidden"


def blemish(
    answers: pd.DataFrame, respondents: pd.DataFrame, simulation: Simulation, instrument: Instrument
) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """Answers as they arrive, the kind of carelessness of each respondent ("" = careful), and the seconds taken."""
    answers, n, seed = answers.copy(), len(answers), simulation["seed"]
    _correct_prefill(answers, simulation, instrument)
    _not_applicable(answers, respondents, simulation, instrument)
    model, careful, rng = simulation["quality"]["careless"], simulation["quality"]["careful"], stream(seed, "careless")
    careless = np.full(n, "", dtype="<U20")
    chosen = rng.permutation(n)[: round(model["share"] * n)]
    careless[chosen] = exact(model["mix"], len(chosen), rng)
    _attention(answers, careless, simulation, instrument)
    for place in np.flatnonzero(careless):
        _answer_carelessly(answers, int(place), str(careless[place]), model["line_answers"], instrument, rng)
    seconds = careful["seconds_median"] * np.exp(rng.normal(0, careful["seconds_sigma"], n))
    seconds = np.where(careless == "", seconds, rng.uniform(*model["seconds"], n))
    _gaps(answers, simulation, instrument)
    hidden = simulation["quality"]["hidden"]
    index = answers.index
    shown = [HIDDEN if wave == hidden["wave"] else None for wave in respondents["invite_wave"]]
    answers[hidden["item"]] = pd.Series(shown, index=index, dtype=object)
    return answers, pd.Series(careless, index=index), pd.Series(np.rint(seconds).astype(int), index=index)


def _correct_prefill(answers: pd.DataFrame, simulation: Simulation, instrument: Instrument) -> None:
    """A few respondents correct what the customer list says of them: the next choice, or a year more."""
    model, rng = simulation["quality"]["corrected_prefill"], stream(simulation["seed"], "prefill")
    items = {item.id: item for item in instrument.items}
    for name in model["items"]:
        keys = [option.key for option in instrument.choices(items[name])]
        for place in np.flatnonzero(rng.random(len(answers)) < model["share"]):
            said = answers.iat[place, answers.columns.get_loc(name)]
            new = keys[(keys.index(said) + 1) % len(keys)] if keys else said + 1
            answers.iat[place, answers.columns.get_loc(name)] = new


def _not_applicable(
    answers: pd.DataFrame, respondents: pd.DataFrame, simulation: Simulation, instrument: Instrument
) -> None:
    model, rng = simulation["quality"]["not_applicable"], stream(simulation["seed"], "not_applicable")
    needs = {attribute.id: attribute.needs_product for attribute in instrument.attributes}
    for item in instrument.with_role("importance", "performance"):
        chance = np.full(len(answers), model["importance"])
        if item.role == "performance":
            products = [f"prod__{product}" for product in needs[str(item.attribute)]]
            served = respondents[products].to_numpy(dtype=bool).any(axis=1) if products else np.ones(len(answers), bool)
            chance = np.where(served, model["performance_with_product"], model["performance_without_product"])
        na = instrument.scales[str(item.scale)].na
        if na is not None:
            answers.loc[rng.random(len(answers)) < chance, item.id] = na.code


def _attention(answers: pd.DataFrame, careless: Any, simulation: Simulation, instrument: Instrument) -> None:
    quality, rng = simulation["quality"], stream(simulation["seed"], "attention")
    for item in instrument.with_role("attention_check"):
        fails = np.where(careless == "", quality["careful"]["attention_fail"], quality["careless"]["attention_fail"])
        wrong = rng.choice([code for code in (1, 3, 4, 5) if code != item.expected], len(answers))
        answers[item.id] = np.where(rng.random(len(answers)) < fails, wrong, item.expected).astype(object)


def _answer_carelessly(
    answers: pd.DataFrame,
    place: int,
    kind: str,
    line_answers: dict[int, float],
    instrument: Instrument,
    rng: np.random.Generator,
) -> None:
    """Overwrite the scale items of one respondent; the attention check keeps what was drawn for it.

    ``straight_line``: one answer throughout; ``late_straight_line``: one answer from the middle of the performance
    block on; ``random``: any answer.
    """
    items = [item for item in instrument.items if item.type in ("likert", "kano") and item.role != "attention_check"]
    performance = [place_ for place_, item in enumerate(items) if item.role == "performance"]
    start = 0 if kind != "late_straight_line" else performance[0] + int(rng.integers(4, len(performance) - 4))
    answer = int(rng.choice(list(line_answers), p=list(line_answers.values())))
    for item in items[start:]:
        points = instrument.scales[str(item.scale)].points
        code = answer if kind != "random" else points[int(rng.integers(len(points)))].code
        answers.iat[place, answers.columns.get_loc(item.id)] = code


def _gaps(answers: pd.DataFrame, simulation: Simulation, instrument: Instrument) -> None:
    """Item non-response, growing along the questionnaire; the product questions are left out together or not at all."""
    model, rng, n = simulation["quality"]["missing"], stream(simulation["seed"], "missing"), len(answers)
    products = {item.id for item in instrument.with_role("holding", "demand")}
    left_out = rng.random(n) < model["base"]
    for place, item in enumerate(instrument.items):
        if item.role in ("consent", "open"):
            continue
        chance = model["base"] + model["growing_to"] * place / len(instrument.items)
        gone = rng.random(n) < model["higher"].get(item.id, chance)
        _blank(answers, item, left_out if item.id in products else gone)


def _blank(answers: pd.DataFrame, item: Item, gone: Any) -> None:
    column = answers[item.id].to_list()
    answers[item.id] = pd.Series(
        [None if missing else value for value, missing in zip(column, gone, strict=True)],
        index=answers.index,
        dtype=object,
    )
