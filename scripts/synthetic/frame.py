"""The synthetic customer list: who the customers are, what they hold, who was asked and who answered.

Money comes from :mod:`scripts.synthetic.balances`. The planted segment of a customer (column ``segment``) is truth for
the tests and is never written to a file.
"""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from scripts.synthetic.balances import add_balances
from scripts.synthetic.draws import Flags, Floats, exact, filled_profiles, logistic, pick, standard, stream

Simulation = dict[str, Any]


def make_frame(simulation: Simulation, reference: date) -> pd.DataFrame:
    """One row a customer, in the order of ``customer_id``; columns of the schema and ``segment``, ``other__<product>``.

    Parameters
    ----------
    simulation
        The assumptions (simulation.yaml).
    reference
        Date to which balances, years and contacts refer.
    """
    frame = _firms(simulation, reference)
    frame = pd.concat([frame, _holdings(frame, simulation)], axis=1)
    add_balances(frame, simulation)
    _tiers(frame, simulation)
    _answers_wanted(frame, simulation, reference)
    return frame


def _firms(simulation: Simulation, reference: date) -> pd.DataFrame:
    """Who the customers are: segment, status, firmographics, group, place, contacts."""
    model, seed = simulation["frame"], simulation["seed"]
    n = model["n_customers"]["value"]
    members = simulation["segments"]["members"]
    shares = {member["id"]: member["share"] for member in members}
    frame = pd.DataFrame({"customer_id": [f"C{number:04d}" for number in range(1, n + 1)]})
    frame["segment"] = exact(shares, n, stream(seed, "segment"))
    frame["status"] = exact(model["status"]["shares"], n, stream(seed, "status"))
    for column in ("ownership", "industry_section", "size_class"):
        stated = [member["profile"].get(column, {}) for member in members]
        within = filled_profiles(model[column]["shares"], stated, list(shares.values()))
        rng = stream(seed, column)
        frame[column] = ""
        for segment, row in zip(shares, within, strict=True):
            there = frame["segment"] == segment
            labels = exact(dict(zip(model[column]["shares"], row, strict=True)), int(there.sum()), rng)
            frame.loc[there, column] = labels
    _groups(frame, simulation)
    rng = stream(seed, "turnover")
    median = frame["size_class"].map(model["turnover"]["median"]).to_numpy()
    frame["turnover_yuan_100m"] = np.round(np.exp(np.log(median) + rng.normal(0, model["turnover"]["sigma"], n)), 2)
    size = np.log(frame["turnover_yuan_100m"].to_numpy())
    staff, rng = model["employees"], stream(seed, "employees")
    employees = np.exp(staff["intercept"] + staff["slope"] * size + rng.normal(0, staff["sigma"], n))
    frame["employees"] = np.maximum(np.rint(employees), 1).astype(int)
    listed = frame["size_class"].map(model["listed_or_bond_issuer"]["probability"])
    frame["listed_or_bond_issuer"] = stream(seed, "listed").random(n) < listed
    years, rng = model["years_with_bank"], stream(seed, "years")
    span = np.clip(np.rint(rng.gamma(years["shape"], years["scale"], n)), years["min"], years["max"])
    span = np.where(frame["status"] == "prospect", span % 4, span)  # a prospect was first met lately
    frame["relationship_start_year"] = reference.year - span.astype(int)
    frame["risk_flag"] = exact(model["risk_flag"]["shares"], n, stream(seed, "risk"))
    frame.loc[frame["status"] == "prospect", "risk_flag"] = "normal"
    ratings = model["internal_rating"]["shares"]
    table = np.array([list(ratings[flag].values()) for flag in frame["risk_flag"]])
    frame["internal_rating"] = pick(table, list(ratings["normal"]), stream(seed, "rating"))
    _places(frame, simulation)
    return frame


def _groups(frame: pd.DataFrame, simulation: Simulation) -> None:
    """Business groups of at least two customers, as far as possible of one ownership."""
    model, rng = simulation["frame"]["groups"], stream(simulation["seed"], "groups")
    chosen = rng.permutation(len(frame))[: round(len(frame) * model["share_in_group"])]
    ordered = chosen[np.argsort(frame["ownership"].to_numpy(dtype=str)[chosen], kind="stable")]
    sizes = 2 + rng.multinomial(len(chosen) - 2 * model["n"], np.full(model["n"], 1 / model["n"]))
    frame["group_id"] = ""
    frame.loc[ordered, "group_id"] = [f"G{number + 1:02d}" for number in np.repeat(np.arange(model["n"]), sizes)]


def _places(frame: pd.DataFrame, simulation: Simulation) -> None:
    """City, sub-branch, manager; visits and complaints of the last twelve months."""
    model, seed, n = simulation["frame"], simulation["seed"], len(frame)
    place, rng = model["place"], stream(simulation["seed"], "place")
    frame["city"] = exact(place["city_shares"], n, rng)
    branch = rng.integers(1, place["sub_branches"] + 1, n)
    manager = (branch - 1) * place["managers_each"] + rng.integers(1, place["managers_each"] + 1, n)
    frame["sub_branch"] = [f"SB{number:02d}" for number in branch]
    frame["manager_code"] = [f"M{number:03d}" for number in manager]
    visits, rng = model["contacts_12m"], stream(seed, "contacts")
    mean = frame["size_class"].map(visits["mean"]) * frame["status"].map(visits["factor"])
    spread = rng.gamma(visits["dispersion"], 1 / visits["dispersion"], n)
    frame["contacts_12m"] = rng.poisson(mean.to_numpy() * spread)
    frame["complaints_12m"] = stream(seed, "complaints").poisson(
        frame["status"].map(model["complaints_12m"]["mean"]).to_numpy()
    )


def _holdings(frame: pd.DataFrame, simulation: Simulation) -> pd.DataFrame:
    """Products in use with the bank (``prod__``) and with other banks (``other__``)."""
    model, seed, n = simulation["products"], simulation["seed"], len(frame)
    segments = frame["segment"].to_numpy(dtype=str)
    names = list(model["probability"])
    table = {scope: _probabilities(model, scope, segments).T for scope in ("own", "other")}  # products x customers
    draws = stream(seed, "holdings").random((2, len(names), n))
    loans = simulation["balances"]["loan_products"]
    borrows = 1 - frame["segment"].map(simulation["balances"]["loan_balance"]["zero"]).to_numpy()
    borrower = stream(seed, "borrower").random(n) < borrows
    held: dict[str, Flags] = {}
    for place, product in enumerate(names):
        probability = table["own"][place]
        if product in loans["products"]:
            probability = np.minimum(probability / borrows, 1) * borrower
        held[product] = draws[0, place] < probability
    without = borrower & ~np.logical_or.reduce([held[product] for product in loans["products"]])
    held[loans["at_least"]] = held[loans["at_least"]] | without
    kept = stream(seed, "lost").random((len(names), n)) < simulation["balances"]["lost"]["products_kept"]
    credit = {*loans["products"], *simulation["balances"]["off_balance"]["products"]}
    status = frame["status"].to_numpy(dtype=str)
    columns: dict[str, Any] = {}
    for place, product in enumerate(names):
        remains = (status == "lost") & kept[place] & (product not in credit)
        columns[f"prod__{product}"] = held[product] & ((status == "existing") | remains)
    for place, product in enumerate(names):
        columns[f"other__{product}"] = draws[1, place] < table["other"][place]
    return pd.DataFrame(columns)


def _probabilities(model: Simulation, scope: str, segments: Any) -> Floats:
    """Customers x products: probability by the customer's segment (``scope``: own, other or demand)."""
    columns = [model["columns"].index(f"{scope}_{segment}") for segment in segments]
    table = np.array(list(model["probability"].values()))
    return np.asarray(table[:, columns].T, dtype=float)


def demand_probabilities(simulation: Simulation, segments: Any) -> Floats:
    """Customers x products: probability that a product is wanted in the next twelve months."""
    return _probabilities(simulation["products"], "demand", segments)


def _tiers(frame: pd.DataFrame, simulation: Simulation) -> None:
    """Tier by rank of net contribution; prospects are potential."""
    shares = simulation["frame"]["tier"]["shares"]
    known = (frame["status"] != "prospect").to_numpy()
    place = frame.loc[known, "net_contribution"].rank(ascending=False, method="first").to_numpy() / known.sum()
    limits = np.cumsum(list(shares.values()))
    frame["tier"] = "potential"
    names = np.array(list(shares))
    frame.loc[known, "tier"] = names[np.minimum(np.searchsorted(limits - 1e-9, place), len(names) - 1)]


def _answers_wanted(frame: pd.DataFrame, simulation: Simulation, reference: date) -> None:
    """Who was invited, who answered, in which wave and when."""
    model, seed = simulation["response"], simulation["seed"]
    status = frame["status"].to_numpy(dtype=str)
    invited = np.isin(status, simulation["frame"]["status"]["invited"])
    weights = model["model"]
    asked = frame.loc[invited]
    years = reference.year - asked["relationship_start_year"].to_numpy(dtype=float)
    score = (
        weights["log_turnover"] * standard(np.log(asked["turnover_yuan_100m"].to_numpy()))
        + weights["years_with_bank"] * standard(years)
        + weights["existing"] * (status[invited] == "existing")
        + weights["lost"] * (status[invited] == "lost")
    )
    low, high = -10.0, 10.0
    for _ in range(60):  # bisection on the intercept
        middle = (low + high) / 2
        enough = logistic(middle + score).sum() >= model["target_completes"]["value"]
        low, high = (low, middle) if enough else (middle, high)
    responded = np.zeros(len(frame), dtype=bool)
    responded[invited] = stream(seed, "response").random(int(invited.sum())) < logistic(low + score)
    waves, rng = model["waves"], stream(seed, "waves")
    wave = np.where(invited, max(waves["shares"]), 0)  # those who never answered got every mailing
    wave[responded] = exact(waves["shares"], int(responded.sum()), rng)
    delay = np.minimum(np.floor(rng.exponential(waves["mean_delay_days"], len(frame))), waves["longest_delay_days"])
    starts = np.array([waves["starts"].get(number, waves["starts"][1]) for number in wave], dtype="datetime64[D]")
    days = np.busday_offset(starts, delay.astype(int), roll="forward")
    frame["invited"], frame["responded"] = invited, responded
    frame["invite_wave"] = pd.Series(wave).where(invited).astype("Int64")
    frame["response_date"] = np.where(responded, days.astype(str), "")
