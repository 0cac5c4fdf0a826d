"""Money of the synthetic customers, in 10 thousand yuan: deposits, credit, debt to all banks, fees, contribution.

Log-linear in turnover (100 million yuan) with normal noise, unless simulation.yaml says otherwise. Whole units, so that
the rules of the schema (a line is not below what is used, all debt is not below our loan) hold after rounding too.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from scripts.synthetic.draws import Flags, Floats, stream

Simulation = dict[str, Any]


def add_balances(frame: pd.DataFrame, simulation: Simulation) -> None:
    """Add the money columns of the schema and the days of the last approval to ``frame``."""
    model, seed, n = simulation["balances"], simulation["seed"], len(frame)
    size = np.log(frame["turnover_yuan_100m"].to_numpy(dtype=float))
    _credit(frame, model, seed, size)
    lost, prospect = frame["status"].eq("lost").to_numpy(), frame["status"].eq("prospect").to_numpy()
    rest = np.where(prospect, 0.0, np.where(lost, model["lost"]["deposit_factor"], 1.0))
    frame["deposit_avg"] = np.rint(_deposits(frame, model, seed, size) * rest)
    flow, rng = model["settlement_volume"], stream(seed, "settlement")
    volume = flow["share"] * frame["turnover_yuan_100m"].to_numpy() * 10_000 * np.exp(rng.normal(0, flow["sigma"], n))
    volume *= np.where(_any(frame, "prod__", ["cash_management"]), flow["cash_management_factor"], 1.0)
    volume *= np.where(prospect, 0.0, np.where(lost, model["lost"]["volume_factor"], 1.0))
    frame["settlement_volume"] = np.rint(volume)
    fees = model["fee_income"]
    products = frame[[f"prod__{product}" for product in fees["products"]]].sum(axis=1).to_numpy()
    income = fees["per_volume"] * frame["settlement_volume"] + fees["per_product"] * products
    frame["fee_income"] = (income * np.exp(stream(seed, "fees").normal(0, fees["sigma"], n))).round(1)
    margin = model["net_contribution"]
    loss = frame["risk_flag"].map(margin["expected_loss"]) * (frame["loan_balance"] + frame["off_balance"])
    earned = margin["deposit_margin"] * frame["deposit_avg"] + margin["loan_margin"] * frame["loan_balance"]
    frame["net_contribution"] = (earned + frame["fee_income"] - loss).round(1)


def _any(frame: pd.DataFrame, prefix: str, products: Iterable[str]) -> Flags:
    held: Flags = frame[[f"{prefix}{product}" for product in products]].to_numpy(dtype=bool).any(axis=1)
    return held


def _lognormal(model: dict[str, Any], size: Floats, rng: np.random.Generator) -> Floats:
    drawn: Floats = np.exp(model["intercept"] + model["slope"] * size + rng.normal(0, model["sigma"], len(size)))
    return drawn


def _credit(frame: pd.DataFrame, model: dict[str, Any], seed: int, size: Floats) -> None:
    """Loans, off-balance credit, line, debt to all banks, days of the last approval."""
    n, loans = len(frame), model["loan_products"]["products"]
    borrows, borrows_elsewhere = _any(frame, "prod__", loans), _any(frame, "other__", loans)
    loan = np.rint(_lognormal(model["loan_balance"], size, stream(seed, "loan"))) * borrows
    bills = _any(frame, "prod__", model["off_balance"]["products"])
    off_balance = np.rint(_lognormal(model["off_balance"], size, stream(seed, "off_balance"))) * bills
    line, rng = model["credit_line"], stream(seed, "line")
    used, headroom = loan + off_balance, rng.exponential(line["headroom"], n)
    undrawn = _lognormal(line, size, rng) * (rng.random(n) < line["undrawn_probability"])
    undrawn *= frame["status"].eq("existing").to_numpy()
    frame["loan_balance"], frame["off_balance"] = loan, off_balance
    frame["credit_line"] = np.ceil(np.where(used > 0, used * (1 + headroom), undrawn))
    elsewhere = _lognormal(model["total_bank_debt"], size, stream(seed, "debt")) * borrows_elsewhere
    frame["total_bank_debt"] = loan + np.rint(elsewhere)
    approval = model["approval_days_last"]
    days = np.rint(approval["median"] * np.exp(stream(seed, "approval").normal(0, approval["sigma"], n)))
    frame["approval_days_last"] = pd.Series(days).where(frame["credit_line"] > 0).astype("Int64")


def _deposits(frame: pd.DataFrame, model: dict[str, Any], seed: int, size: Floats) -> Floats:
    """Deposits, drawn again for a customer that the list's rule would leave out."""
    rule, rng = model["list_rule"], stream(seed, "deposit")
    deposits = _lognormal(model["deposit_avg"], size, rng)
    while True:
        by_itself = (deposits >= rule["deposit_avg"]) | (frame["credit_line"].to_numpy() >= rule["credit_line"])
        group = frame["group_id"].to_numpy(dtype=str)
        by_group = np.isin(group, np.unique(group[by_itself & (group != "")]))
        outside = ~(by_itself | by_group)
        if not outside.any():
            return deposits
        deposits[outside] = _lognormal(model["deposit_avg"], size, rng)[outside]
