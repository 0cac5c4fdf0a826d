"""Make the answers and the customer list of the minimal study, or of a study like it with another truth.

All rows are made up from a seed. ``kind`` says what truth the importance answers carry:

``halo``       one answering level per respondent and nothing else: no segments;
``noise``      every answer independent of every other: no segments;
``segments3``  three groups of equal size with needs of their own.

``PYTHONPATH=. python tests/minimal/make.py`` writes the committed files again.
"""

import csv
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from scripts.lib.instrument import Instrument, Item, load_instrument
from scripts.lib.sources import refresh

HERE = Path(__file__).parent / "data" / "raw" / "minimal"
COMMITTED = {"n": 44, "seed": 20260101, "kind": "halo"}
BANK = "示例银行"
META = ("序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP")
TITLES = {"4": "以下各项对贵公司有多重要", "5": "本行在以下各项的表现", "6": "以下情形的感受", "8": "是否同意以下说法"}
SKIPPED = "-3"
FIRST_DAY = date(2026, 5, 11)

IMPORTANCE = [3.4, 3.7, 3.2, 3.9, 3.3, 3.7, 3.8, 3.9]
PERFORMANCE = [3.1, 3.2, 3.2, 3.8, 3.3, 3.5, 2.8, 3.9]
# What each of the three groups holds more and less important than the others, in scale points.
PLANTED = np.array(
    [
        [1.2, -0.9, 1.4, 0.6, -0.9, -0.4, -1.2, 0.2],
        [-0.6, 1.1, -0.8, -0.7, -0.7, -0.5, 1.0, 0.2],
        [-0.3, -1.2, -0.7, -0.2, 1.4, 1.0, -0.7, -0.1],
    ]
)
# Chance of holding a product here, holding it elsewhere, wanting it; in the order of the instrument's products.
PRODUCTS = np.array([[0.9, 0.9, 0.05], [0.35, 0.4, 0.3], [0.5, 0.7, 0.4], [0.15, 0.2, 0.4]])
# Chance of must-be, one-dimensional, attractive, indifferent; in the order of the instrument's Kano pairs.
KANO = np.array([[0.1, 0.3, 0.35, 0.25], [0.6, 0.25, 0.05, 0.1], [0.2, 0.55, 0.15, 0.1]])
KANO_CODES = ((2, 5), (1, 5), (1, 3), (3, 3))


def points(values: np.ndarray) -> np.ndarray:
    """Scores as answers of a five-point scale."""
    return np.clip(np.rint(values), 1, 5).astype(int)


def importance(rng: np.random.Generator, n: int, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Answers on importance (n x 8) and the planted group of each respondent, 0 where none is planted."""
    groups = rng.permutation(np.arange(n) % 3) + 1 if kind == "segments3" else np.zeros(n, dtype=int)
    score = np.tile(IMPORTANCE, (n, 1)) + rng.normal(0, {"noise": 0.9}.get(kind, 0.6), (n, len(IMPORTANCE)))
    if kind != "noise":
        score += rng.normal(0, 0.6, (n, 1))
    if kind == "segments3":
        score += PLANTED[groups - 1]
    return points(score), groups


def customers(rng: np.random.Generator, n: int, products: list[str]) -> list[dict[str, object]]:
    """The customer list: the first ``n`` rows answered, the others did not, were not invited or are prospects."""
    size = max(80, round(1.8 * n))
    rows: list[dict[str, object]] = []
    for number in range(size):
        answered, invited = number < n, number < n + (size - n) // 2
        status = "prospect" if number >= size - size // 12 else "lost" if number % 17 == 16 else "existing"
        turnover = round(float(rng.lognormal(1.5, 1.0)), 2)
        live = 0 if status == "prospect" else 1
        deposit = live * round(1300 * turnover**0.55 * float(rng.lognormal(0, 0.8)))
        loan = live * int(rng.random() < 0.65) * round(2000 * turnover**0.6 * float(rng.lognormal(0, 0.8)))
        settlement = live * round(deposit * float(rng.uniform(5, 15)))
        fee = round(0.0006 * settlement + live * float(rng.uniform(0, 40)), 1)
        wave = int(rng.choice([1, 2, 3], p=[0.55, 0.3, 0.15]))
        rows.append(
            {
                "customer_id": "",
                "group_id": f"G{rng.integers(1, 12):02d}" if rng.random() < 0.35 else "",
                "sub_branch": f"SB{rng.integers(1, 4):02d}",
                "manager_code": f"M{rng.integers(1, 8):03d}",
                "city": str(rng.choice(["Lanzhou", "Tianshui"], p=[0.8, 0.2])),
                "ownership": str(rng.choice(["local_soe", "private"], p=[0.45, 0.55])),
                "industry_section": str(rng.choice(["C", "E", "F"], p=[0.45, 0.3, 0.25])),
                "size_class": "large" if turnover > 6 else "medium",
                "turnover_yuan_100m": turnover,
                "employees": round(60 * turnover**0.7) + 20,
                "listed_or_bond_issuer": int(turnover > 20),
                "internal_rating": str(rng.choice(["A", "B", "C"])),
                "risk_flag": "watch" if rng.random() < 0.05 else "normal",
                "relationship_start_year": int(rng.integers(2008, 2026)),
                "tier": str(rng.choice(["core", "growth"])),
                "deposit_avg": deposit,
                "loan_balance": loan,
                "off_balance": round(0.2 * loan),
                "credit_line": round(1.5 * loan),
                "total_bank_debt": round(loan * float(rng.uniform(1.5, 6)) + 500 * turnover),
                "settlement_volume": settlement,
                "fee_income": fee,
                "net_contribution": round(0.012 * deposit + 0.009 * loan + fee, 1),
                "contacts_12m": int(rng.poisson(4)),
                "complaints_12m": int(rng.poisson(0.2)),
                "approval_days_last": int(rng.integers(8, 40)) if loan else "",
                "status": status,
                "invited": int(invited),
                "invite_wave": wave if invited else "",
                "responded": int(answered),
                "response_date": (FIRST_DAY + timedelta(12 * (wave - 1) + int(rng.integers(0, 8)))) if answered else "",
                **{f"prod__{name}": live * int(rng.random() < PRODUCTS[i, 0]) for i, name in enumerate(products)},
            }
        )
    # The list is in no order that tells who answered.
    for place, number in enumerate(rng.permutation(size), start=1):
        rows[number]["customer_id"] = f"C{place:04d}"
    return rows


def answers(
    rng: np.random.Generator, n: int, kind: str, listed: list[dict[str, object]], instrument: Instrument
) -> tuple[list[dict[str, object]], np.ndarray]:
    """One dict a respondent: item id -> code, key, list of keys or text; and the planted groups."""
    stated, groups = importance(rng, n, kind)
    halo = rng.normal(0, 0.0 if kind == "noise" else 0.5, n)
    rated = points(np.tile(PERFORMANCE, (n, 1)) + halo[:, None] + rng.normal(0, 0.7, stated.shape))
    satisfied = (rated.mean(axis=1) - 3.3) * 1.2 + rng.normal(0, 0.4, n)
    kano = np.stack([rng.choice(4, n, p=p) for p in KANO], axis=1)
    products = [product.id for product in instrument.products]
    wanted, elsewhere = rng.random((n, len(products))), rng.random((n, len(products)))
    names = [attribute.id for attribute in instrument.attributes]
    pairs = [item.attribute for item in instrument.with_role("kano_functional")]
    rows = []
    for i in range(n):
        client = listed[i]
        here = [name for name in products if client[f"prod__{name}"]]
        row: dict[str, object] = {
            "hold_here": here,
            "hold_other": [name for j, name in enumerate(products) if elsewhere[i, j] < PRODUCTS[j, 1]],
            "demand_12m": [name for j, name in enumerate(products) if wanted[i, j] < PRODUCTS[j, 2]],
            "attention": 2,
            "sat_overall": int(points(3.6 + satisfied[i])),
            "sat_expect": int(points(3.5 + satisfied[i] + rng.normal(0, 0.5))),
            "sat_disappoint": int(points(2.4 - satisfied[i] + rng.normal(0, 0.5))),
            "recommend": int(np.clip(np.rint(7 + 1.6 * satisfied[i] + rng.normal(0, 1)), 0, 10)),
            "wallet_share": int(np.clip(np.rint(25 + 12 * satisfied[i] + rng.normal(0, 8)), 0, 100)),
            "ownership": client["ownership"],
            "industry": client["industry_section"],
            "firm_size": client["size_class"],
            "suggestion": "审批再快一些，资料少一些" if i % 11 == 0 else "",
            "consent_contact": "yes_use" if rng.random() < 0.6 else "no_groups_only",
        }
        for j, attribute in enumerate(instrument.attributes):
            lacking = bool(attribute.needs_product) and not set(attribute.needs_product) & set(here)
            row[f"imp_{names[j]}"] = int(stated[i, j])
            row[f"perf_{names[j]}"] = 9 if lacking and rng.random() < 0.5 else int(rated[i, j])
        for j, name in enumerate(pairs):
            row[f"kf_{name}"], row[f"kd_{name}"] = KANO_CODES[kano[i, j]]
        rows.append(row)
    blemish(rng, rows, instrument)
    return rows, groups


def blemish(rng: np.random.Generator, rows: list[dict[str, object]], instrument: Instrument) -> None:
    """Skip some cells, and let every fortieth respondent tick the middle of every scale in no time."""
    closed = [item for item in instrument.items if item.type == "likert"]
    for number, row in enumerate(rows):
        for item in closed:
            if item.role != "attention_check" and rng.random() < 0.015:
                row[item.id] = None
        row["seconds"] = int(rng.lognormal(np.log(130), 0.3)) + 70
        if number % 40 == 39:
            row.update({item.id: 3 for item in closed}, seconds=31)


def cell(item: Item, value: object, instrument: Instrument) -> str:
    """What the export shows for one answer."""
    if value is None:
        return SKIPPED
    if item.type in ("likert", "kano"):
        scale = instrument.scales[str(item.scale)]
        return next(p.label.zh for p in [*scale.points, scale.na] if p is not None and p.code == value)
    if item.type in ("single", "multi"):
        chosen = value if isinstance(value, list) else [value]
        return "┋".join(option.label.zh for option in instrument.choices(item) if option.key in chosen)
    return str(value)


def header(item: Item) -> str:
    """Head of a column: number, matrix title where there is one, text."""
    question = item.column.split(".")[0]
    title = f"{TITLES[question]}—" if question in TITLES else ""
    return f"{question}、{title}{item.text.zh.replace('{bank}', BANK)}"


def write(folder: str | Path, n: int, seed: int, kind: str) -> np.ndarray:
    """Write ``responses.csv`` and ``customers.csv`` into ``folder`` and their hashes into its ``SOURCES.csv``.

    Parameters
    ----------
    folder
        Folder of the study's raw files; its ``instrument.yaml`` says what is asked.
    n
        Number of answers.
    seed
        Seed of every draw.
    kind
        ``halo``, ``noise`` or ``segments3``.

    Returns
    -------
    numpy.ndarray
        Planted group (1 to 3, or 0) of each answer, in the order of the file.
    """
    if kind not in ("halo", "noise", "segments3"):
        raise ValueError(f"kind {kind!r} is not halo, noise or segments3")
    folder = Path(folder)
    rng = np.random.default_rng(seed)
    instrument = load_instrument(folder / "instrument.yaml")
    products = [product.id for product in instrument.products]
    listed = customers(rng, n, products)
    rows, groups = answers(rng, n, kind, listed, instrument)
    with open(folder / "responses.csv", "w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file, lineterminator="\r\n")
        out.writerow([*META, *(header(item) for item in instrument.items)])
        for number, (row, client) in enumerate(zip(rows, listed, strict=False), start=1):
            day = f"{client['response_date']:%Y}/{client['response_date'].month}/{client['response_date'].day}"
            meta = [number, f"{day} 10:{number % 60:02d}:00", f"{row['seconds']}秒", "链接", client["customer_id"]]
            cells = [cell(item, row[item.id], instrument) for item in instrument.items]
            out.writerow([*meta, f"192.0.2.{number % 250 + 1}", *cells])
    with open(folder / "customers.csv", "w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(listed[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(sorted(listed, key=lambda row: str(row["customer_id"])))
    refresh(folder)
    return groups


if __name__ == "__main__":
    write(HERE, **COMMITTED)
