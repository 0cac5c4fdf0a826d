"""Where an indicator's starting value stands in the data, as the study declares it.

One of three places: a value of a rule (``values``, with a JSON pointer), a cell of a table (``table``, with a row and a
column), or the existing customers of the list (``customers``, with a column of it and a statistic). ``times`` turns it
into the indicator's unit; ``note`` says where it is not quite what the indicator asks for.
"""

from typing import Literal, Self

from pydantic import Field, model_validator

from scripts.customers.schema import COLUMNS
from scripts.lib.instrument import Identifier, Label, Strict

STATISTICS = ("median", "mean", "filled", "positive")
# A median or mean is published of what is no amount; a share of customers of any column that is no pseudonym.
NUMBERS = {c.name for c in COLUMNS if c.kind in ("number", "whole", "flag") and c.confidential == "internal"}
SHARES = {c.name for c in COLUMNS if c.confidential not in ("secret", "pseudonym")}


class Baseline(Strict):
    """Reference to a starting value."""

    values: Literal["describe_sample", "value_customers"] | None = Field(None, description="rule whose values hold it")
    table: Literal["drivers", "holdings", "ipa", "white_space"] | None = Field(None, description="table that holds it")
    customers: Identifier | None = Field(None, description="column of the customer list")
    row: dict[Identifier, str] = Field({}, description="table: columns and the values that identify the row")
    at: str = Field(description="JSON pointer, column of the table, or statistic: median, mean, filled, positive")
    low: str | None = Field(None, description="pointer or column of the interval's lower bound")
    high: str | None = Field(None, description="pointer or column of its upper bound")
    n: str | None = Field(None, description="pointer or column of the number of answers or customers")
    times: float = Field(1.0, description="factor that turns the value into the indicator's unit")
    note: Label | None = Field(None, description="what the value stands for, where that is not quite the indicator")

    @model_validator(mode="after")
    def _is_one_place(self) -> Self:
        named = [name for name in ("values", "table", "customers") if getattr(self, name) is not None]
        if len(named) != 1:
            raise ValueError(
                f"found {' and '.join(named) or 'none'}; allowed: one of values, table, customers; keep one"
            )
        if self.customers is not None:
            if self.at not in STATISTICS:
                raise ValueError(f"at: found {self.at}; allowed: {', '.join(STATISTICS)}; correct it")
            columns = NUMBERS if self.at in ("median", "mean") else SHARES
            if self.customers not in columns:
                raise ValueError(
                    f"customers: found {self.customers}; allowed: {', '.join(sorted(columns))}; correct it"
                )
        elif self.values is not None and not self.at.startswith("/"):
            raise ValueError(f"at: found {self.at}; allowed: a JSON pointer such as /wallet/share; correct it")
        elif self.table is not None and not self.row:
            raise ValueError("row: found nothing; allowed: the columns that identify the row; add them")
        return self
