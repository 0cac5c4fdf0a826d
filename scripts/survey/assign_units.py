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


def summary(units: pd.DataFrame) -> dict[str, Any]:
    """How many units there are, and how many hold more than one respondent."""
    sizes = units["unit"].value_counts()
    shared = sizes[sizes > 1]
    return {
        "n": len(units),
        "n_units": len(sizes),
        "n_shared": len(shared),
        "n_in_shared": int(shared.sum()),
        "largest": int(sizes.max()),
    }


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source = snakemake.input
    units = units_table(tables.read(source.complete), tables.read(source.customers))
    tables.write(units, snakemake.output.units, ["respondent"])
    values.write(summary(units), snakemake.output.values)


if __name__ == "__main__":
    run(main, snakemake)
