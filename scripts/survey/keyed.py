"""Answers to the items of constructs, keyed as the questionnaire says. Nothing is reversed that it does not reverse."""

import numpy as np
import pandas as pd


def keyed_answers(complete: pd.DataFrame, book: pd.DataFrame) -> pd.DataFrame:
    """Answers of the items of constructs, turned where the questionnaire keys them the other way.

    An item without bounds is turned about zero: coefficients do not depend on where it stands.
    """
    rows = book[book["construct"].notna() & book["type"].isin(["likert", "number"])]
    out = complete[rows["item"].tolist()].astype(float)
    for item in rows[rows["keyed"].astype(float) < 0].itertuples():
        out[item.item] = np.nansum([item.scale_min, item.scale_max]) - out[item.item]
    return out
