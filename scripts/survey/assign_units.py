"""Which answers belong together: the unit of each respondent, which every bootstrap draws as a whole.

The unit is the business group (``group_id``) of the respondent's customer on the list; a respondent whose customer
belongs to no group, or who is not linked to the list, is a unit of its own.
"""

from typing import Any

import pandas as pd

from scripts.lib import tables, values
from scripts.lib.job import run


def units_table(complete: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """respondent, unit."""
    known = customers.dropna(subset=["group_id"]).set_index("customer_id")["group_id"]
    group = complete["customer_id"].map(known)
    unit = ("group " + group.astype("string")).fillna("respondent " + complete["respondent"].astype("string"))
    return pd.DataFrame({"respondent": complete["respondent"], "unit": unit})


def summary(units: pd.DataFrame, min_cell: int) -> dict[str, Any]:
    """How many units there are, and how many hold more than one respondent; fewer than ``min_cell`` are not told."""
    sizes = units["unit"].value_counts()
    shared = sizes[sizes > 1]
    told = {"n": len(units), "shared": len(shared) > 0, "min_cell": min_cell}
    if 0 < shared.sum() < min_cell:
        return told | {"n_units": None, "n_shared": None, "n_in_shared": None}
    return told | {"n_units": len(sizes), "n_shared": len(shared), "n_in_shared": int(shared.sum())}


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source = snakemake.input
    units = units_table(tables.read(source.complete), tables.read(source.customers))
    tables.write(units, snakemake.output.units, ["respondent"])
    values.write(summary(units, snakemake.params.min_cell), snakemake.output.values)


if __name__ == "__main__":
    run(main, snakemake)
