"""What is known of respondents, in blocks of variables of the kinds that Gower's distance tells apart."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scripts.segments.gower import Block

Floats = NDArray[np.float64]


def blocks_of(
    answers: Floats, complete: pd.DataFrame, book: pd.DataFrame, options: pd.DataFrame, defining: list[str]
) -> dict[str, Block]:
    """Importance, holdings and firmographics of the respondents, in one order."""
    asked = book[book["role"].eq("firmographic") & book["type"].isin(["single", "number"])]
    asked = asked[~asked["item"].isin(defining)]
    rank = {(row.item, str(row.key)): row.position for row in options.itertuples()}
    columns = []
    for item in asked.itertuples():
        column = complete[item.item]
        columns.append(column if item.type == "number" else [rank.get((item.item, key), np.nan) for key in column])
    kinds = np.where(asked["type"].eq("number") | asked["ordered"].eq("yes"), "number", "category").tolist()
    held = book[book["role"].eq("holding") & book["product"].notna()]["item"].tolist()
    return {
        "importance": Block(answers - np.nanmean(answers, axis=1, keepdims=True), ["number"] * answers.shape[1]),
        "holdings": Block(complete[held].to_numpy(float, na_value=np.nan), ["presence"] * len(held)),
        "firmographics": Block(np.array(columns, dtype=float).reshape(len(columns), len(complete)).T, kinds),
    }
