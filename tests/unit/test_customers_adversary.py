"""Nobody can work out a count of the customer list that is not told: an adversary solves for it.

The adversary has everything that the customer stages publish, the total that the survey stage publishes (customers that
could be asked), and the rules: which counts are parts of which, that a group is to be retained when it shows a sign,
that counts are whole and not negative. It looks for the smallest and the largest value of each hidden count by integer
programming. A count is safe when both differ and, where it is small, when it could as well be large enough to be told.
"""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from scripts.customers import portfolio as lists
from scripts.customers import structure as shapes
from scripts.customers.ingest_customers import by_status
from scripts.customers.schema import COLUMNS
from scripts.customers.value_customers import part, potential_basis

FLOOR = 5
SETTINGS = {"deposit_margin": 0.01, "loan_margin": 0.02, "high_value": 0.2, "quiet_months": 12}
ALLOWED = {column.name: column.allowed for column in COLUMNS}


class Adversary:
    """Counts by name, what is told of them, and how they hang together."""

    def __init__(self) -> None:
        self.truth: dict[str, int] = {}
        self.told: dict[str, int] = {}
        self.derived: set[str] = set()
        self.sums: list[tuple[dict[str, int], float, float]] = []

    def rest(self, name: str, truth: int) -> str:
        """A count that no table holds; it is what others leave."""
        self.derived.add(name)
        return self.count(name, truth, None)

    def count(self, name: str, truth: int, told: float | None) -> str:
        self.truth[name] = int(truth)
        if told is not None and not np.isnan(told):
            self.told[name] = int(told)
        return name

    def equal(self, whole: str, parts: list[str]) -> None:
        self.between(parts, whole, 0, 0)

    def between(self, parts: list[str], whole: str, low: float, high: float) -> None:
        """The sum of the parts less the whole lies between two numbers."""
        weights = dict.fromkeys(parts, 1)
        weights[whole] = weights.get(whole, 0) - 1
        assert low <= sum(w * self.truth[name] for name, w in weights.items()) <= high
        self.sums.append((weights, low, high))

    def range_of(self, name: str, blind: bool = False) -> tuple[float, float]:
        """Smallest and largest value that agree with what is told; ``blind`` leaves out single counts that are told."""
        place = {one: i for i, one in enumerate(self.truth)}
        known = {} if blind else self.told
        known = known | {one: n for one, n in self.told.items() if one.startswith("total ")}
        bounds = Bounds([known.get(one, 0) for one in place], [known.get(one, 10_000) for one in place])
        rows = np.zeros((len(self.sums), len(place)))
        for i, (weights, _, _) in enumerate(self.sums):
            for one, weight in weights.items():
                rows[i, place[one]] = weight
        constraint = LinearConstraint(rows, [low for _, low, _ in self.sums], [high for *_, high in self.sums])
        ends = []
        for sign in (1, -1):
            goal = np.zeros(len(place))
            goal[place[name]] = sign
            found = milp(goal, integrality=np.ones(len(place)), bounds=bounds, constraints=constraint)
            assert found.status == 0, found.message
            ends.append(round(sign * found.fun))
        return ends[0], ends[1]

    def attack(self) -> None:
        """Try every count that is hidden, and every small one that no table has but that others may give away."""
        for name in self.truth.keys() - self.told.keys():
            small = 0 < self.truth[name] < FLOOR
            if name in self.derived and not small:
                continue
            low, high = self.range_of(name)
            if low == high or (small and high < FLOOR):
                possible = self.range_of(name, blind=True)
                assert low < high or possible[0] == possible[1], f"{name} is {low}, although it is not told"
                assert not small or high >= min(FLOOR, possible[1]), f"{name} is told to be small"


def listed(rng: np.random.Generator, n: int, n_lost: int, n_prospects: int) -> pd.DataFrame:
    status = ["existing"] * n + ["lost"] * n_lost + ["prospect"] * n_prospects
    size = len(status)
    prospect = np.array(status) == "prospect"
    frame = pd.DataFrame(
        {
            "customer_id": [f"C{i:04d}" for i in range(size)],
            "group_id": [f"G{rng.integers(size)}" if rng.random() < 0.4 else None for _ in range(size)],
            "industry_section": rng.choice(list("ABCDE"), size, p=[0.5, 0.3, 0.1, 0.06, 0.04]),
            "size_class": rng.choice(["large", "medium", "small"], size, p=[0.1, 0.3, 0.6]),
            "ownership": rng.choice(ALLOWED["ownership"], size),
            "tier": rng.choice([*ALLOWED["tier"], None], size),
            "risk_flag": "normal",
            "turnover_yuan_100m": np.where(rng.random(size) < 0.9, rng.lognormal(size=size), np.nan),
            "deposit_avg": np.where(prospect, 0, rng.lognormal(5, 1, size)),
            "loan_balance": np.where(prospect, 0, rng.lognormal(5, 1, size)),
            "total_bank_debt": np.where(rng.random(size) < 0.85, 500 * rng.lognormal(0, 1, size), np.nan),
            "fee_income": 3.0,
            "contacts_12m": rng.poisson(2, size),
            "complaints_12m": rng.poisson(0.2, size),
            "approval_days_last": rng.normal(20, 5, size),
            "relationship_start_year": rng.integers(2000, 2027, size),
            "status": status,
        }
    )
    for i, share in enumerate((0.05, 0.4, 0.97)):
        frame[f"prod__p{i}"] = np.where(prospect, 0, (rng.random(size) < share).astype(int))
    return frame


def informed(frame: pd.DataFrame) -> Adversary:
    """What the customer stages publish of a list, in the hands of the adversary."""
    adversary = Adversary()
    status = frame["status"].value_counts().reindex(["existing", "lost", "prospect"], fill_value=0)
    told = by_status(frame, FLOOR)
    folded = told["lost"] is None
    askable = int(status["existing"] + status["lost"])
    counted = frame[frame["status"] != "prospect" if folded else frame["status"] == "existing"]
    adversary.count("total askable", askable, askable)  # published with the sample
    adversary.count("counted", len(counted), len(counted))
    for one in ("existing", "lost"):
        adversary.count(one, status[one], None if folded else told[one])
    adversary.count("prospect", status["prospect"], told["prospect"])
    adversary.count("all", len(frame), told["all"])
    adversary.equal("total askable", ["existing", "lost"])
    adversary.equal("all", ["total askable", "prospect"])
    adversary.equal("counted", ["existing", "lost"] if folded else ["existing"])
    labels: dict[tuple[str, str], tuple[str, str]] = {}
    shape = shapes.structure(frame, pd.Series(1.0, index=frame.index), told, labels, FLOOR)
    for dimension, rows in shape[shape["dimension"] != "status"].groupby("dimension"):
        truth = frame.loc[frame["status"] != "prospect", dimension].value_counts()
        parts = [adversary.count(f"{dimension} {row.key}", truth[row.key], row.n) for row in rows.itertuples()]
        blank = askable - int(truth.sum())
        adversary.equal("total askable", [*parts, adversary.count(f"{dimension} blank", blank, blank)])
    used = counted[[name for name in counted if name.startswith("prod__")]]
    deep = used.sum(axis=1)
    bins = [
        adversary.count(f"depth {key}", deep.between(low, np.inf if pd.isna(high) else high).sum(), n)
        for key, low, high, n in shapes.depth(deep, FLOOR)[["key", "from", "to", "n"]].itertuples(index=False)
    ]
    adversary.equal("counted", bins)
    products = pd.DataFrame({"position": range(3), "product": ["p0", "p1", "p2"], "label_en": "", "label_zh": ""})
    for row in shapes.holdings(counted, products, FLOOR).itertuples():
        held = int(used[f"prod__{row.product}"].sum())
        pair = [adversary.count(f"held {row.product}", held, row.n)]
        pair.append(adversary.rest(f"not held {row.product}", len(counted) - held))
        adversary.equal("counted", pair)
    new = int((counted["relationship_start_year"] >= 2025).sum())
    pair = [adversary.count("new", new, part(new, len(counted), FLOOR))]
    adversary.equal("counted", [*pair, adversary.rest("not new", len(counted) - new)])
    tell_groups(adversary, lists.group_customers(frame, SETTINGS))
    return adversary


def tell_groups(adversary: Adversary, groups: pd.DataFrame) -> None:
    existing = groups[groups["status"] == "existing"]
    dear = existing["value_class"] == "high"
    for name, n in (("groups", len(existing)), ("high value", dear.sum()), ("other value", (~dear).sum())):
        adversary.count(f"total {name}", n, n)
    cells = lists.portfolio(groups, FLOOR)
    for potential, rows in cells.groupby("potential_class"):
        n = int((existing["potential_class"] == potential).sum())
        adversary.count(f"total potential {potential}", n, n)  # known by the rule
        names = []
        for row in rows.itertuples():
            chosen = (existing["value_class"] == row.value_class) & (existing["potential_class"] == potential)
            names.append(adversary.count(f"cell {row.value_class} {potential}", chosen.sum(), row.n))
        adversary.equal(f"total potential {potential}", names)
    for value, name in (("high", "high value"), ("other", "other value")):
        adversary.equal(f"total {name}", [one for one in adversary.truth if one.startswith(f"cell {value} ")])
    told: dict[str, Any] = lists.tasks(groups, cells, FLOOR).set_index("task")["n"].to_dict()
    truth = lists.tasks(groups, lists.portfolio(groups, 1), 1).set_index("task")["n"]
    for task, n in told.items():
        adversary.count(task, truth[task], n)
    adversary.equal("total high value", ["retain", "keep"])
    adversary.equal("total other value", ["develop", "maintain"])
    adversary.equal("develop", ["cell other high"])
    names = []
    for row in lists.signs(groups, FLOOR).itertuples():
        names.append(adversary.count(row.sign, int(existing.loc[dear, row.sign].sum()), row.n))
        adversary.between([row.sign], "retain", -10_000, 0)
    adversary.between(names, "retain", 0, 10_000)
    basis = potential_basis(groups, FLOOR)
    kinds = existing["potential_basis"].value_counts()
    adversary.equal("total groups", [adversary.count(f"by {k}", kinds.get(k, 0), basis[k]) for k in lists.BASES])


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.integers(20, 120), st.integers(0, 8), st.integers(0, 8))
def test_no_hidden_count_of_the_list_can_be_worked_out(seed: int, n: int, n_lost: int, n_prospects: int) -> None:
    informed(listed(np.random.default_rng(seed), n, n_lost, n_prospects)).attack()


def test_the_adversary_finds_a_count_that_is_only_blanked() -> None:
    adversary = Adversary()
    adversary.count("total", 20, 20)
    adversary.equal("total", [adversary.count("shown", 18, 18), adversary.count("blanked", 2, None)])
    with pytest.raises(AssertionError, match="blanked is 2"):
        adversary.attack()
