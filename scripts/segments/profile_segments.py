"""What the groups are like.

* Profile: mean row-centred importance by group, with epsilon-squared (do the groups differ in this attribute at all?)
  and Hedges' g of each group against the rest (does this group differ from the others?), each with its bootstrap
  interval. **No test** where the attributes made the segments: a test on what made the groups is invalid (double
  dipping). Groups fixed beforehand were not made by importance, so there the attributes are tested with the other
  variables. Of a group the attributes are ranked by the size of g.
* External variables (performance, outcomes, firmographics, holdings, demand): Kruskal-Wallis for ordered answers,
  Welch's test for numbers, chi-square for categories; Benjamini-Hochberg over the whole family. Items that define the
  groups are left out.
* Firmographics by group: scripts/segments/firmographics.py.

Effects and their variants: scripts/segments/effects.py.
"""

import zlib
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scripts.lib import tables, values
from scripts.lib.intervals import benjamini_hochberg, percentile
from scripts.lib.job import run
from scripts.lib.resampling import resample, tie_break, unit_of
from scripts.lib.suppression import suppress_groups
from scripts.segments.effects import Effect, association, crosstab, hedges_g, kruskal, welch
from scripts.segments.features import canonical_order
from scripts.segments.firmographics import firmographics

Floats = NDArray[np.float64]
DRAWS = 999  # bootstrap samples of an effect size: the 2.5% and 97.5% points are order statistics
EXTERNAL_ROLES = ["firmographic", "outcome", "performance", "holding", "demand"]
PROFILE = ["group", "attribute", "mean_centred", "g", "g_low", "g_high", "rank"]
PROFILE += ["effect_size", "effect_low", "effect_high", "n", "n_effect"]
EXTERNAL = [
    "variable",
    "test",
    "statistic",
    "p",
    "p_bh",
    "effect",
    "effect_low",
    "effect_high",
    "effect_name",
    "df",
    "n",
]
EXTERNAL += ["sparse", "role", "asked", "label_en", "label_zh", "position"]
WHERE = {"own": " here", "other": " elsewhere"}  # an item on what is used, by its scope
SPARSE = 0.20  # Cochran's rule: share of expected counts below 5 above which chi-square is a rough guide


def profile(features: pd.DataFrame, members: pd.DataFrame, min_cell: int, rng: np.random.Generator) -> pd.DataFrame:
    """Mean row-centred importance of each group and attribute, and how much the groups differ in it.

    A group of which fewer than ``min_cell`` respondents have features is blanked, and a second one with it.
    """
    rows = features.merge(members[["respondent", "group", "unit"]], on="respondent")
    names = members["group"].drop_duplicates().sort_values(key=lambda g: g.astype(int)).tolist()
    counts = rows["group"].value_counts().reindex(names, fill_value=0)
    hidden = suppress_groups(counts.to_numpy()[:, None], min_cell)
    asked = list(features.columns[1:])
    content = np.column_stack([rows[asked].to_numpy(float), rows["group"].astype(float)])
    units = rows["unit"].to_numpy(object)
    order = canonical_order(np.column_stack([content, tie_break(units)]))  # whatever the order of the file
    content, again, once, parts = content[order], resample(units[order], DRAWS, rng), np.ones((1, len(rows))), []
    inside = (content[:, -1:] == np.array(names, dtype=float)).astype(float)
    for i, attribute in enumerate(asked):
        column = content[:, i]
        found = kruskal(column, content[:, -1].astype(np.int64), again)
        low, high = percentile(hedges_g(column, inside, again))
        part = pd.DataFrame({"group": names, "attribute": attribute, "n": counts.to_numpy(float)})
        part["mean_centred"] = inside.T @ column / np.maximum(counts.to_numpy(), 1)
        part["g"], part["g_low"], part["g_high"] = hedges_g(column, inside, once)[0], low, high
        part.loc[hidden | (counts == 0).to_numpy(), ["mean_centred", "g", "g_low", "g_high", "n"]] = np.nan
        effect = (found.effect, found.low, found.high) if found else (np.nan,) * 3
        part["effect_size"], part["effect_low"], part["effect_high"] = effect
        parts.append(part.assign(n_effect=len(rows)))
    out = pd.concat(parts, ignore_index=True) if parts else tables.empty(PROFILE)
    distance = out["g"].astype(float).abs().round(tables.DECIMALS)
    out["rank"] = distance.groupby(out["group"]).rank(ascending=False, method="first").astype("Int64")
    return out[PROFILE]


def external_variables(book: pd.DataFrame, defining: list[str]) -> pd.DataFrame:
    """Rows of the codebook that were neither clustered nor used to form the groups, and the test each gets."""
    asked = book[book["role"].isin(EXTERNAL_ROLES) & ~book["item"].isin(defining)]
    number = asked["type"].eq("number")
    ordered = asked["type"].eq("likert") | asked["type"].eq("single") & asked["ordered"].eq("yes")
    category = asked["type"].eq("single") & ~ordered | asked["type"].eq("multi") & asked["product"].notna()
    test = np.select([number, ordered, category], ["Welch", "Kruskal-Wallis", "chi-square"], "")
    return asked.assign(test=test)[test != ""]


def sparse(table: Floats) -> bool:
    """Whether more than a fifth of the expected counts are below 5."""
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / max(table.sum(), 1)
    return bool((expected < 5).mean() > SPARSE)


def numbers(column: pd.Series, item: Any, options: pd.DataFrame) -> Floats:
    """Answers as numbers; those of an ordered question are ranked by its options."""
    if item.type != "single":
        return column.to_numpy(dtype=float, na_value=np.nan)
    keys = options[options["item"].eq(item.item)]
    rank = dict(zip(keys["key"].astype(str), keys["position"], strict=True))
    return column.map(rank).to_numpy(dtype=float, na_value=np.nan)


def compare(
    column: pd.Series, item: Any, options: pd.DataFrame, group: NDArray[np.int64], again: Floats
) -> tuple[Effect | None, bool, str]:
    """Test of one variable, whether it is only a rough guide, and the name of its effect."""
    if item.test == "chi-square":
        there = column.notna().to_numpy()
        samples = np.vstack([np.ones(len(group)), again])[:, there]
        counted = crosstab(column.to_numpy(object)[there], group[there], samples)
        return association(counted[0], counted[1:]), sparse(counted[0]), "Cramer's V"
    if item.test == "Welch":
        return welch(column.to_numpy(float, na_value=np.nan), group, again), False, "omega-squared"
    return kruskal(numbers(column, item, options), group, again), False, "epsilon-squared"


def external(
    answers: pd.DataFrame, variables: pd.DataFrame, options: pd.DataFrame, rng: np.random.Generator
) -> tuple[pd.DataFrame, list[str]]:
    """Tests of the external variables, the most certain difference first, and those that cannot be compared.

    Parameters
    ----------
    answers : one row a respondent with ``group``, ``unit`` and the variables' columns.
    variables : rows with item, role, scope, test, label_en, label_zh.
    """
    content = answers[["group", *variables["item"]]].astype(str)
    keys = [tie_break(answers["unit"]), *content.to_numpy(object).astype(str).T]
    answers = answers.iloc[np.lexsort(keys)]  # whatever the order of the file
    group, again = answers["group"].astype(int).to_numpy(), resample(answers["unit"], DRAWS, rng)
    rows, left = [], []
    for item in variables.itertuples():
        found, rough, name = compare(answers[item.item], item, options, group, again)
        if found is None:
            left.append(item.item)
            continue
        asked = item.role + WHERE.get(item.scope, "")
        told = (item.item, item.test, found.statistic, found.p, np.nan, found.effect, found.low, found.high, name)
        rows.append((*told, found.df, found.n, rough, item.role, asked, item.label_en, item.label_zh, 0))
    out = pd.DataFrame(rows, columns=EXTERNAL)
    out["p_bh"] = benjamini_hochberg(out["p"].to_numpy(float))
    out = out.sort_values(["p", "variable"], kind="stable", ignore_index=True)
    out["position"] = np.arange(1, len(out) + 1)
    return out, left


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, target, params = snakemake.input, snakemake.output, snakemake.params
    book, options = tables.read(source.codebook), tables.read(source.options)
    clustered, members = values.read(source.clustered), tables.read(source.members, text=["group"])
    members = members.assign(unit=unit_of(members["respondent"], tables.read(source.units)))
    singles = book[book["type"].eq("single")]["item"].tolist()
    complete = tables.read(source.complete, text=singles)
    answers = complete.merge(members[["respondent", "group", "unit"]], on="respondent", how="left")
    features, attributes = tables.read(source.features), tables.read(source.attributes)
    beforehand = clustered["group_kind"] == "a_priori"
    defining = params.segments["a_priori"] if beforehand else []
    streams = [params.seed, zlib.crc32(b"profile_segments")]
    shown = profile(features, members, params.min_cell, np.random.default_rng([*streams, 0]))
    shown = shown.merge(attributes[["attribute", "aspect", "label_en", "label_zh", "position"]], on="attribute")
    variables = external_variables(book, defining)
    grouped = answers.dropna(subset=["group"])
    if beforehand:
        made = attributes[attributes["attribute"].isin(features.columns)]
        as_items = {"item": "centred_" + made["attribute"], "role": "importance", "type": "likert"}
        needs = made.assign(**as_items, test="Kruskal-Wallis")
        variables = pd.concat([variables, needs], ignore_index=True)
        centred = features.rename(columns={name: f"centred_{name}" for name in features.columns[1:]})
        grouped = grouped.merge(centred, on="respondent", how="left")
    tested, left = external(grouped, variables, options, np.random.default_rng([*streams, 1]))
    asked = book[book["role"].eq("firmographic") & book["type"].eq("single") & ~book["item"].isin(defining)]
    cells = firmographics(answers, asked, options, params.min_cell)
    tables.write(shown, target.profile, ["position", "group"])
    tables.write(tested, target.external, ["position"])
    tables.write(cells.assign(position=np.arange(1, len(cells) + 1)), target.firmographics, ["position"])
    different = tested[tested["p_bh"].le(params.segments["alpha"])]
    found = {
        "n_groups": clustered["n_groups"],
        "n_tested": len(tested),
        "n_different": len(different),
        "level": params.segments["alpha"],
        "not_comparable": left,
        "n_suppressed": int(cells["suppressed"].sum()) if len(cells) else 0,
        "tests_importance": beforehand,
    }
    values.write(found, target.values)


if __name__ == "__main__":
    run(main, snakemake)
