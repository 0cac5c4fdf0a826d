"""Read the figures on regions, institutions and outlets, and list what is missing.

Method. ``indicators``: one figure a row. Its id is ``<code>_<measure>_<period>[_ytd]``; two figures are of one measure
exactly when this middle part agrees, which is how a study says that they may be set side by side (names differ from
source to source). A measure has one unit. ``institutions``: shares by type of institution, in percent of the whole that
``measure`` names; types with other names are other types; ``largest`` says that no other firm is larger than the
smallest of this region, period and measure. ``outlets``: counts by provider and city, or in words why there is none.
``cnaps``: a list of payment-system codes, counted by firm for the cities of the study (``payment_codes.py``). A figure
without value is a row of ``missing_figures`` that says what to supply; nothing is filled in.

The role of a region (home, country, peer, coast, own for the study's own organisation, other) and its level come from
the study. The files are read by ``readers.py``, with which the Snakefile has read them before; it says which faults are
told.
"""

import logging
from typing import Any

import pandas as pd

from scripts.environment.payment_codes import read_payment_codes
from scripts.environment.readers import read_indicators, read_outlets, read_shares, role_of
from scripts.lib import tables, values
from scripts.lib.job import run

INDICATORS = ["indicator_id", "measure", "role", "level", "region", "region_zh", "period", "period_start"]
INDICATORS += ["period_type", "value", "unit", "value_as_printed", "unit_as_printed", "source", "quality", "note"]
INDICATORS += ["label_en", "label_zh"]
SHARES = [
    "position",
    "role",
    "region",
    "period",
    "measure",
    "label_en",
    "label_zh",
    "share",
    "n_institutions",
    "largest",
]
SHARES += ["derived", "source", "quality", "note"]
OUTLETS = ["position", "city", "type", "n", "counted", "own", "label_en", "label_zh", "note"]
CODES = ["position", "city_key", "city", "label_zh", "kind", "n", "own"]
MISSING = ["position", "file", "row", "label_en", "label_zh", "region", "period", "unit", "supply"]


def missing_figures(indicators: pd.DataFrame, shares: pd.DataFrame, outlets: pd.DataFrame) -> pd.DataFrame:
    """One row a figure that nobody found: where it belongs and what to supply."""
    parts = [
        indicators[indicators["value"].isna()].assign(file="indicators", supply=lambda frame: frame["note"]),
        shares[shares["share"].isna()].assign(
            file="institutions",
            unit="%",
            supply=lambda frame: frame["note"],
            label_en=lambda frame: frame["label_en"] + ", share in " + frame["measure"],
        ),
        outlets[outlets["n"].isna()].assign(
            file="outlets",
            region=lambda frame: frame["city"],
            unit="outlets",
            supply=lambda frame: frame["counted"] + ("; " + frame["note"]).where(frame["note"] != "", ""),
        ),
    ]
    rows = pd.concat([part for part in parts if len(part)] or [tables.empty(MISSING)])
    return rows.assign(position=range(1, len(rows) + 1)).reindex(columns=MISSING)


def table_of(columns: dict[str, list[Any]]) -> pd.DataFrame:
    """What a reader gives, as a table; ``position`` is the order of the file."""
    frame = pd.DataFrame(columns)
    return frame.assign(position=range(1, len(frame) + 1))


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, output, params = snakemake.input, snakemake.output, snakemake.params
    study, region, bank = params.study, params.region, params.bank
    indicators, shares, outlets, codes = (tables.empty(names) for names in (INDICATORS, SHARES, OUTLETS, CODES))
    if source.indicators:
        indicators = table_of(read_indicators(source.indicators, study, region, bank))
    if source.institutions:
        shares = table_of(read_shares(source.institutions, study))
        shares["role"] = [role_of(name, region, bank) for name in shares["region"]]
    if source.outlets:
        outlets = table_of(read_outlets(source.outlets, study, region, bank))
    if source.cnaps:
        wanted = {key: region[key] for key in ("cnaps_home", "cnaps_peer")}
        codes = table_of(read_payment_codes(source.cnaps, study, wanted, bank))
    missing = missing_figures(indicators, shares, outlets)
    logging.info("%d indicators, %d shares, %d outlets", len(indicators), len(shares), len(outlets))
    known = indicators[indicators["value"].notna()]
    tables.write(known[INDICATORS], output.indicators, ["indicator_id"])
    given = shares.loc[shares["share"].notna(), SHARES].astype({"n_institutions": "Int64"})
    tables.write(given, output.shares, ["position"])
    tables.write(outlets[OUTLETS].astype({"n": "Int64"}), output.outlets, ["position"])
    tables.write(codes[CODES], output.payment_codes, ["position"])
    tables.write(missing, output.missing_figures, ["position"])
    found: dict[str, Any] = values.absent(
        "This study has no figures on its region, so its environment is not shown in numbers.",
        "本研究没有地区统计数据，因此不以数字说明其环境。",
    )
    if source.indicators or source.institutions or source.outlets or source.cnaps:
        weak = int(known["quality"].isin(["press", "machine-summary"]).sum())
        found = {
            "n_indicators": len(known),
            "n_regions": known["region"].nunique(),
            "n_shares": int(shares["share"].notna().sum()),
            "n_outlets": int(outlets["n"].notna().sum()),
            "n_codes": int(codes["n"].sum()),
            "n_missing": len(missing),
            "n_weak": weak,
            "by_quality": known["quality"].value_counts().sort_index().to_dict(),
            "warnings": _warn(len(known), weak, len(missing)),
        }
    values.write(found, output.values)


def _warn(n: int, weak: int, missing: int) -> list[dict[str, Any]]:
    warnings = []
    if weak:
        warnings.append(
            values.warning(
                "environment_weak_sources",
                "note",
                f"Of {n} figures {values.count(weak, 'comes', 'come')} from the press or from machine summaries: "
                "such a figure illustrates and carries no conclusion alone.",
                f"{n}个数据中有{weak}个来自媒体或机器摘要：仅作说明，不能单独支持结论。",
            )
        )
    if missing:
        warnings.append(
            values.warning(
                "environment_missing",
                "note",
                f"{values.count(missing, 'figure was', 'figures were')} found in no source; the list of what is "
                "missing says what to supply.",
                f"有{missing}个数据未在任何来源中找到；已列出需要补充的内容。",
            )
        )
    return warnings


if __name__ == "__main__":
    run(main, snakemake)
