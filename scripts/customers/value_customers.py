"""What customers are worth, what they could be worth, and how deep the relation is.

Method. Value and potential by business group, the four classes, whom to retain and whom to develop
(``scripts/customers/portfolio.py``); structure, concentration, product depth and holdings as aggregates with
complementary suppression (``scripts/customers/structure.py``). Share of wallet in credit = our loans / total debt,
summed over existing customers whose debt is known and not below our loans. Lists by group lie in the confidential
folder; what is published are counts and shares, never an amount.

Says so in one sentence when there is no customer list, or fewer than twice ``min_cell`` existing groups.
"""

from typing import Any

import pandas as pd

from scripts.customers import portfolio as lists
from scripts.customers import structure as shapes
from scripts.lib import tables, values
from scripts.lib.job import run
from scripts.lib.suppression import suppress

LIST_COLUMNS = ["position", *lists.GROUP_COLUMNS]
DEVELOP_COLUMNS = ["position", "task", *lists.GROUP_COLUMNS]
NEW_YEARS = 2


def part(n: int, whole: int, min_cell: int) -> int | None:
    """A count of a known whole that may be published: neither it nor the rest is too small."""
    return None if 0 < n < min_cell or 0 < whole - n < min_cell else n


def wallet(existing: pd.DataFrame, min_cell: int) -> dict[str, Any]:
    """Share of the customers' debt that is ours, and the median over customers."""
    known = existing[(existing["total_bank_debt"] > 0) & (existing["total_bank_debt"] >= existing["loan_balance"])]
    if len(known) < max(min_cell, 2):
        return values.absent(
            "Too few customers have a known total of debt, so the share of wallet is not known.",
            "全部融资已知的客户过少，因此钱包份额未知。",
        )
    shares = known["loan_balance"] / known["total_bank_debt"]
    whole = known["loan_balance"].sum() / known["total_bank_debt"].sum()
    return {"status": "ok", "n": len(known), "share": whole, "median": shares.median()}


def concentration(worth: pd.Series, min_cell: int) -> dict[str, Any]:
    """Share of the top tenth of groups, where it holds enough groups, and Gini coefficient."""
    enough = shapes.DECILE * len(worth) >= min_cell
    top = float(shapes.lorenz(worth, shapes.DECILE)) if enough else None
    return {"n_groups": len(worth), "top_decile_share": top, "gini": shapes.gini(worth)}


def potential_basis(groups: pd.DataFrame, min_cell: int) -> dict[str, int | None]:
    """Existing groups by what their potential rests on, small counts and what gives them away hidden."""
    basis = groups.loc[groups["status"] == "existing", "potential_basis"]
    rows = pd.DataFrame([(name, int((basis == name).sum())) for name in lists.BASES], columns=["key", "n"])
    told = suppress(rows, min_cell, group=None)
    return {row.key: None if row.suppressed else int(row.n) for row in told.itertuples()}


def warn(existing: pd.DataFrame, holdings: pd.DataFrame) -> list[dict[str, Any]]:
    """What a reader of the value must know."""
    warnings = []
    if existing["fee_income"].isna().all():
        warnings.append(
            values.warning(
                "customers_no_fees",
                "caution",
                "The list has no fee income: value counts deposits and loans only.",
                "名单没有中间业务收入：价值仅计存款和贷款。",
            )
        )
    if holdings.empty:
        warnings.append(
            values.warning(
                "customers_no_products",
                "note",
                "The list does not say which products are in use, so depth is known from the survey only.",
                "名单未说明使用的产品，因此产品深度仅来自调查。",
            )
        )
    return warnings


def write_empty(output: Any) -> None:
    """Every table with its header only."""
    for name, columns, key in (
        ("customer_groups", lists.GROUP_COLUMNS, 1),
        ("retain", LIST_COLUMNS, 1),
        ("develop", DEVELOP_COLUMNS, 1),
        ("portfolio", lists.PORTFOLIO_COLUMNS, 2),
        ("tasks", lists.TASK_COLUMNS, 1),
        ("signs", lists.SIGN_COLUMNS, 1),
        ("structure", shapes.STRUCTURE_COLUMNS, 2),
        ("concentration_curve", shapes.CURVE_COLUMNS, 1),
        ("depth", shapes.DEPTH_COLUMNS, 1),
        ("holdings", shapes.HOLDING_COLUMNS, 1),
    ):
        tables.write(tables.empty(columns), getattr(output, name), columns[:key])


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, output, params = snakemake.input, snakemake.output, snakemake.params
    listed = values.read(source.listed)
    if listed["status"] != "ok":
        write_empty(output)
        values.write(values.absent(listed["reason"]["en"], listed["reason"]["zh"]), output.values)
        return
    customers, floor = tables.read(source.customers, text=["customer_id", "group_id"]), params.min_cell
    groups = lists.group_customers(customers, params.customers)
    worth = groups.loc[groups["status"] == "existing", "value"]
    if len(worth) < 2 * floor or worth.sum() <= 0:
        write_empty(output)
        values.write(
            values.refused(
                f"The list has fewer than {2 * floor} existing groups with a value; totals need at least as many.",
                f"名单中有价值的存量集团少于{2 * floor}个，不足以汇总。",
            ),
            output.values,
        )
        return
    told = listed["by_status"]
    served = ["existing"] if told["lost"] is not None else ["existing", "lost"]
    counted = customers[customers["status"].isin(served)]
    parts = lists.contribution(customers, params.customers)
    labels = shapes.list_labels(tables.read(source.codebook), tables.read(source.options, text=["key"]))
    held = shapes.holdings(counted, tables.read(source.products), floor)
    used = counted[[name for name in counted.columns if name.startswith("prod__")]].sum(axis=1)
    deep = shapes.depth(used, floor) if len(held) else tables.empty(shapes.DEPTH_COLUMNS)
    cells = lists.portfolio(groups, floor)
    tables.write(groups, output.customer_groups, ["group_id"])
    tables.write(lists.retain(groups)[LIST_COLUMNS], output.retain, ["position"])
    tables.write(lists.develop(groups)[DEVELOP_COLUMNS], output.develop, ["position"])
    tables.write(cells, output.portfolio, ["value_class", "potential_class"])
    tasks = lists.tasks(groups, cells, floor)
    tables.write(tasks, output.tasks, ["position"])
    tables.write(lists.signs(groups, floor), output.signs, ["position"])
    shape = shapes.structure(customers, parts.sum(axis=1), told, labels, floor)
    tables.write(shape, output.structure, ["dimension", "position"])
    tables.write(shapes.concentration_curve(worth, floor), output.concentration_curve, ["share_of_groups"])
    tables.write(deep, output.depth, ["position"])
    tables.write(held, output.holdings, ["position"])
    since = int(params.reference_date[:4]) - NEW_YEARS + 1
    high = groups["value_class"] == "high"
    counts = {row.task: None if row.suppressed else int(row.n) for row in tasks.itertuples()}
    values.write(
        {
            "method": "contribution a year at the study's margins; high: top "
            f"{params.customers['high_value']:.0%} of groups; cells under {floor} and what reveals them hidden",
            "n_existing": len(counted),
            "n_lost": told["lost"],
            "n_prospects": told["prospect"],
            "n_new": part(int((counted["relationship_start_year"] >= since).sum()), len(counted), floor),
            "new_since": since,
            "median_products": used.median() if len(held) else None,
            "value_mix": (parts.sum() / parts.to_numpy().sum()).to_dict(),
            "margins": {name: params.customers[name] for name in ("deposit_margin", "loan_margin")},
            "high_value": params.customers["high_value"],
            "n_high_value": int(high.sum()),
            "high_value_share_of_value": groups.loc[high, "value_share"].sum() if high.sum() >= floor else None,
            "n_retain": counts["retain"],
            "n_develop": {task: counts[task] for task in ("develop", "win_back", "acquire")},
            "potential_basis": potential_basis(groups, floor),
            "quiet_months": params.customers["quiet_months"],
            "min_cell": floor,
            "concentration": concentration(worth, floor),
            "wallet": wallet(customers[customers["status"] == "existing"], floor),
            "warnings": warn(counted, held),
        },
        output.values,
    )


if __name__ == "__main__":
    run(main, snakemake)
