"""Who the customers are, how concentrated their value is and how many products they use, as aggregates.

Every table holds groups of at least ``min_cell`` customers, with complementary suppression. Structure counts the
customers that could be asked (existing and lost), the base on which the sample is compared with the list, so that no
difference of two published tables gives a cell; depth and holdings count existing ones, and the lost ones with them
where these are too few to be told apart (``ingest_customers``). The concentration curve is Lorenz' from the largest
group down, read at fixed shares of the groups that are so far apart that ``min_cell`` groups lie between two points.
Gini = sum (2i - n - 1) x_i / (n sum x), x ascending; a negative value counts as none.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from scripts.customers.schema import COLUMNS, LABELS
from scripts.lib.suppression import suppress

DIMENSIONS = ("industry_section", "size_class", "ownership", "tier")
STRUCTURE_COLUMNS = ["dimension", "position", "key", "label_en", "label_zh", "n", "share", "value_share", "suppressed"]
CURVE_COLUMNS = ["share_of_groups", "share_of_value"]
DEPTH_COLUMNS = ["position", "key", "from", "to", "n", "share", "suppressed"]
HOLDING_COLUMNS = ["position", "product", "label_en", "label_zh", "n", "n_customers", "share", "suppressed"]
STEPS = (0.05, 0.10, 0.20, 0.25, 0.50)
DECILE = 0.1
BINS = ((0, 0), (1, 2), (3, 4), (5, 6), (7, 8), (9, None))
ORDER = {column.name: column.allowed for column in COLUMNS}
Labels = Mapping[tuple[str, str], tuple[str, str]]


def list_labels(codebook: pd.DataFrame, options: pd.DataFrame) -> dict[tuple[str, str], tuple[str, str]]:
    """{(list column, key): labels} from the questionnaire's items that ask what a list column holds."""
    asked = codebook.dropna(subset=["list_column"])[["item", "list_column"]]
    rows = options.merge(asked, on="item")
    named = zip(rows["list_column"], rows["key"].astype(str), rows["label_en"], rows["label_zh"], strict=True)
    return LABELS | {(column, key): (en, zh) for column, key, en, zh in named}


def structure(
    customers: pd.DataFrame, value: pd.Series, told: Mapping[str, int | None], labels: Labels, min_cell: int
) -> pd.DataFrame:
    """Customers by status, and those that could be asked by each dimension: n, share, share of value.

    Parameters
    ----------
    customers
        The customer list.
    value
        Yearly contribution of each customer, same index.
    told
        Counts by status that may be told, and ``all`` of them.
    labels
        Labels of the keys.
    min_cell
        Smallest count shown.
    """
    askable = customers[customers["status"] != "prospect"]
    rows = []
    for dimension in DIMENSIONS:
        keys = askable[dimension].dropna()
        for position, key in enumerate(ORDER[dimension], start=1):
            part = keys[keys == key]
            if len(part):
                n, share, worth = len(part), len(part) / len(keys), value[part.index].sum() / value.sum()
                rows.append((dimension, position, key, n, share, worth))
    table = pd.DataFrame(rows, columns=["dimension", "position", "key", "n", "share", "value_share"])
    table = suppress(table, min_cell, group=None, key="key", by=["dimension"], blank=["share", "value_share"])
    whole = told["all"]
    statuses = [
        ("status", position, key, told[key], told[key] / whole if whole else np.nan, float(key == "existing"), False)
        for position, key in enumerate(ORDER["status"], start=1)
        if told[key]
    ]
    table = pd.concat([table, pd.DataFrame(statuses, columns=table.columns)], ignore_index=True)
    names = [labels.get((row.dimension, row.key), (row.key, "")) for row in table.itertuples()]
    return table.assign(label_en=[en for en, _ in names], label_zh=[zh for _, zh in names])[STRUCTURE_COLUMNS]


def lorenz(values: ArrayLike, share: ArrayLike) -> np.ndarray:
    """Share of the total that the largest ``share`` of the values have."""
    ordered = np.sort(np.clip(np.asarray(values, dtype=float), 0, None))[::-1]
    cumulated = np.concatenate([[0.0], np.cumsum(ordered)])
    return np.interp(share, np.linspace(0, 1, len(cumulated)), cumulated / cumulated[-1])


def gini(values: ArrayLike) -> float:
    """Gini coefficient, 0 for equal values."""
    ordered = np.sort(np.clip(np.asarray(values, dtype=float), 0, None))
    n = len(ordered)
    return float(((2 * np.arange(1, n + 1) - n - 1) * ordered).sum() / (n * ordered.sum()))


def concentration_curve(values: ArrayLike, min_cell: int) -> pd.DataFrame:
    """The curve at fixed shares of the groups; no row where the groups are too few for two points."""
    n = len(np.asarray(values))
    step = next((step for step in STEPS if step * n >= min_cell), None)
    if step is None:
        return pd.DataFrame(columns=CURVE_COLUMNS, dtype=float)
    points = np.round(np.linspace(0, 1, round(1 / step) + 1), 6)
    return pd.DataFrame({"share_of_groups": points, "share_of_value": lorenz(values, points)})


def depth(products: pd.Series, min_cell: int) -> pd.DataFrame:
    """Existing customers by number of products in use."""
    rows = []
    for position, (low, high) in enumerate(BINS, start=1):
        n = int(products.between(low, np.inf if high is None else high).sum())
        key = f"{low}+" if high is None else f"{low}" if low == high else f"{low}-{high}"
        rows.append((position, key, low, high, n, n / max(len(products), 1)))
    table = pd.DataFrame(rows, columns=["position", "key", "from", "to", "n", "share"])
    return suppress(table, min_cell, group=None, key="key", blank=["share"])[DEPTH_COLUMNS]


def holdings(customers: pd.DataFrame, products: pd.DataFrame, min_cell: int) -> pd.DataFrame:
    """Existing customers that use each product; hidden where users or others are too few.

    Parameters
    ----------
    customers
        Existing customers with a 0/1 column ``prod__<product>`` for each product on the list.
    products
        Columns position, product, label_en, label_zh.
    """
    rows = []
    for product in products[("prod__" + products["product"]).isin(customers.columns)].itertuples():
        held = customers[f"prod__{product.product}"].dropna()
        for key, n in (("yes", int((held == 1).sum())), ("no", int((held == 0).sum()))):
            rows.append(
                {
                    "position": product.position,
                    "product": product.product,
                    "label_en": product.label_en,
                    "label_zh": product.label_zh,
                    "key": key,
                    "n": n,
                    "n_customers": len(held),
                    "share": n / max(len(held), 1),
                }
            )
    if not rows:
        return pd.DataFrame(columns=HOLDING_COLUMNS)
    table = suppress(pd.DataFrame(rows), min_cell, group=None, key="key", by=["product"], blank=["share"])
    return table.loc[table["key"] == "yes", HOLDING_COLUMNS]
