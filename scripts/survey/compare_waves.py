"""Early against late answers: who answered only after more asking may resemble those who never did.

Early is the first wave of the invitation, late every later one, where the answers are linked to a customer list that
names the waves (``invite_wave``). Otherwise the first third of the answers by date against the last third; equal dates
stay together. Without either the comparison is absent and a sentence says what is unknown (Armstrong & Overton 1977).

Compared are overall satisfaction and, for each aspect, the mean importance and the mean performance of its attributes
(person mean over the answered items when at least ``survey.scale_answered`` of them are answered), in percent of the
maximum possible. Hedges' g of early less late with the normal interval of Hedges & Olkin (1985),
scripts/lib/intervals.py. A side with fewer than ``min_cell`` answers (at least two) is not compared; below 60 answers
nothing is.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scripts.lib import tables, values
from scripts.lib.intervals import hedges_g
from scripts.lib.job import run
from scripts.survey.describe_sample import DESCRIPTIVE

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
WAVES = ["position", "measure", "label_en", "label_zh", "n_early", "n_late", "mean_early", "mean_late"]
WAVES += ["g", "g_low", "g_high"]
ROLES = ("importance", "performance")


def sides(complete: pd.DataFrame, customers: pd.DataFrame) -> tuple[str, Mask, Mask] | None:
    """What the sides are taken from (``wave`` or ``thirds``), who is early and who is late; None where unknown."""
    wave = complete["customer_id"].map(customers.set_index("customer_id")["invite_wave"]).to_numpy(dtype=float)
    if np.unique(wave[~np.isnan(wave)]).size > 1:
        return "wave", wave == np.nanmin(wave), wave > np.nanmin(wave)
    dates = pd.to_datetime(complete["date"])
    known = dates.dropna().sort_values()
    if len(known):
        third = len(known) // 3
        first, last = known.iloc[max(third - 1, 0)], known.iloc[-max(third, 1)]
        if first < last:
            return "thirds", dates.le(first).to_numpy(), dates.ge(last).to_numpy()
    return None


def person_means(complete: pd.DataFrame, items: list[str], book: pd.DataFrame, answered: float) -> Floats:
    """Mean over a respondent's answered items, in percent of the maximum possible; NaN where too few are answered."""
    scale = book.drop_duplicates("item").set_index("item").loc[items]
    low, high = scale["scale_min"].to_numpy(float), scale["scale_max"].to_numpy(float)
    X = 100 * (complete[items].to_numpy(dtype=float, na_value=np.nan) - low) / (high - low)
    X = np.where(scale["keyed"].to_numpy(float) < 0, 100 - X, X)
    known = ~np.isnan(X)
    enough = known.mean(axis=1) >= answered
    sums = np.where(known, X, 0).sum(axis=1)
    return np.where(enough, sums / np.maximum(known.sum(axis=1), 1), np.nan)


def measures(book: pd.DataFrame, attributes: pd.DataFrame) -> list[tuple[str, str, str, list[str]]]:
    """What is compared: measure, English and Chinese label, items."""
    overall = book[book["outcome"].eq("overall_satisfaction")]
    out = [("satisfaction", "Overall satisfaction", "总体满意度", [item]) for item in overall["item"][:1]]
    for role in ROLES:
        for _, rows in attributes.groupby("aspect", sort=False):
            items = rows[f"{role}_item"].dropna().tolist()
            if items:
                label = rows.iloc[0]
                out.append((role, label["aspect_label_en"], label["aspect_label_zh"], items))
    return out


def compare(
    complete: pd.DataFrame,
    book: pd.DataFrame,
    attributes: pd.DataFrame,
    early: Mask,
    late: Mask,
    answered: float,
    least: int,
) -> pd.DataFrame:
    """One row a measure that both sides answered."""
    rows = []
    for measure, en, zh, items in measures(book, attributes):
        scores = person_means(complete, items, book, answered)
        one, other = (scores[side & ~np.isnan(scores)] for side in (early, late))
        if min(len(one), len(other)) >= least:
            counts = (len(one), len(other), one.mean(), other.mean())
            rows.append((len(rows) + 1, measure, en, zh, *counts, *hedges_g(one, other)))
    return pd.DataFrame(rows, columns=WAVES)


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, params = snakemake.input, snakemake.params
    complete, customers = tables.read(source.complete), tables.read(source.customers)
    table, found = tables.empty(WAVES), sides(complete, customers)
    if found is None:
        told = values.absent(
            "Neither the wave of the invitation nor the date of the answers tells early from late, so it is unknown "
            "whether those who answered only after more asking, or never, see things differently.",
            "邀请批次与答卷日期均无法区分早、晚答卷,因此无从得知迟答者或未答者的看法是否不同。",
        )
    elif len(complete) < DESCRIPTIVE:
        told = values.refused(
            f"Early and late answers are not compared below {DESCRIPTIVE} answers; there are {len(complete)}.",
            f"答卷{len(complete)}份,不足{DESCRIPTIVE}份,不比较早、晚答卷。",
        )
    else:
        basis, early, late = found
        book, attributes = tables.read(source.codebook), tables.read(source.attributes)
        least = max(params.min_cell, 2)
        table = compare(complete, book, attributes, early, late, params.survey["scale_answered"], least)
        told = {
            "basis": basis,
            "n_early": int(early.sum()),
            "n_late": int(late.sum()),
            "n_compared": len(table),
            "n_apart": int((table["g_low"].gt(0) | table["g_high"].lt(0)).sum()),
            "largest_g": table["g"].abs().max(),
        }
        if table.empty:
            told = values.refused(
                f"Early and late answers are not compared: one side has fewer than {least} answers to every question.",
                f"早、晚答卷中有一方各题均不足{least}份,不作比较。",
            )
    tables.write(table, snakemake.output.table, ["position"])
    values.write(told, snakemake.output.values)


if __name__ == "__main__":
    run(main, snakemake)
