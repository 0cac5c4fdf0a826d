"""The factors file: outer and inner factors, each with its evidence and every rater's weight and rating.

A matrix is ``efe`` (opportunities and threats; the rating says how well the organisation responds, 1 poor to 4
superior) or ``ife`` (strengths 3 minor or 4 major; weaknesses 1 major or 2 minor). Each rater's weights sum to 1 within
a matrix.
"""

from typing import Any, Literal

import pandas as pd
from pydantic import Field

from scripts.lib.instrument import Identifier, Label, Strict

TOLERANCE = 1e-6
RATINGS = {"opportunity": (1, 4), "threat": (1, 4), "strength": (3, 4), "weakness": (1, 2)}
DIRECTIONS = {"efe": ("opportunity", "threat"), "ife": ("strength", "weakness")}
# What a ``pipeline`` value stands on, in words: a reader is shown no identifier.
TESTED_BY = {"ipa": ("importance and performance", "重要性与绩效"), "whitespace": ("unmet demand", "未满足需求")}
QUADRANTS = {"strength": "S", "weakness": "W", "opportunity": "O", "threat": "T"}


class Evidence(Strict):
    """What a factor rests on."""

    type: Literal["indicator", "source", "literature", "pipeline", "illustrative"]
    id: str | None = Field(None, description="indicator: id of the figure")
    what: str | None = Field(None, description="source: what the page says")
    url: str | None = Field(None, description="source: where the page is")
    key: str | None = Field(None, description="literature: key of the record")
    value: str | None = Field(None, description="pipeline: value of the survey, such as ipa.<attribute>")


class Judgement(Strict):
    """One rater on one factor."""

    weight: float = Field(ge=0, le=1)
    rating: int = Field(ge=1, le=4)


class Factor(Strict):
    """One factor."""

    id: Identifier
    kind: Identifier = Field(description="part of the scan: pest_..., five_forces_..., internal")
    direction: Literal["opportunity", "threat", "strength", "weakness"]
    statement: Label
    evidence: list[Evidence] = Field(min_length=1)
    ratings: dict[str, Judgement]


class Matrix(Strict):
    """EFE or IFE."""

    id: Literal["efe", "ife"]
    factors: list[Factor] = Field(min_length=2)


class Rater(Strict):
    """Who judged."""

    id: Identifier
    name: Label


class Factors(Strict):
    """The block ``factors`` of the file."""

    id: Identifier
    version: str
    status: str
    raters: list[Rater] = Field(min_length=1)
    rules: dict[str, Any] = Field({}, description="what weights and ratings mean")
    conflict_rule: str = Field("", description="what happens when the survey contradicts a factor")
    matrices: list[Matrix] = Field(min_length=1)


class FactorFile(Strict):
    """The file."""

    factors: Factors


def faults_of(document: Factors, indicators: set[str], verified: set[str], unverified: set[str]) -> list[str]:
    """What is wrong with the judgements and the evidence: entry, found, allowed, what to do.

    Parameters
    ----------
    document
        The factors.
    indicators
        Ids of the study's indicators.
    verified, unverified
        Keys of the literature that was, and was not, seen in an independent list.
    """
    raters = [rater.id for rater in document.raters]
    faults = []
    ids = [factor.id for matrix in document.matrices for factor in matrix.factors]
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        faults.append(f"entry {name}: found the id twice; allowed: each id once; rename one")
    for matrix in document.matrices:
        for factor in matrix.factors:
            faults += [f"entry {matrix.id}.{factor.id}, {fault}" for fault in _factor_faults(matrix.id, factor, raters)]
            for item in factor.evidence:
                if fault := _evidence_fault(item, indicators, verified, unverified):
                    faults.append(f"entry {matrix.id}.{factor.id}, evidence {item.type}: {fault}")
        for rater in raters:
            judged = [factor.ratings[rater].weight for factor in matrix.factors if rater in factor.ratings]
            if len(judged) == len(matrix.factors) and abs(sum(judged) - 1) > TOLERANCE:
                faults.append(
                    f"entry {matrix.id}, rater {rater}: found weights that sum to {sum(judged):.6g}; allowed: 1; "
                    "correct the weights"
                )
    return faults


def _factor_faults(matrix: str, factor: Factor, raters: list[str]) -> list[str]:
    faults = []
    if factor.direction not in DIRECTIONS[matrix]:
        allowed = " | ".join(DIRECTIONS[matrix])
        faults.append(f"direction: found {factor.direction}; allowed in {matrix}: {allowed}; correct it")
    if set(factor.ratings) != set(raters):
        found = ", ".join(sorted(factor.ratings)) or "nobody"
        faults.append(f"ratings: found {found}; allowed: each of {', '.join(raters)}; add or remove judgements")
    low, high = RATINGS[factor.direction]
    faults += [
        f"rater {rater}: found rating {judgement.rating}; allowed for a {factor.direction}: {low} to {high}; correct it"
        for rater, judgement in factor.ratings.items()
        if not low <= judgement.rating <= high
    ]
    return faults


def _evidence_fault(item: Evidence, indicators: set[str], verified: set[str], unverified: set[str]) -> str | None:
    needed = {"indicator": item.id, "source": item.what, "literature": item.key, "pipeline": item.value}
    if item.type in needed and not needed[item.type]:
        return "found no reference; allowed: indicator id, source what and url, literature key, pipeline value; add it"
    if item.type == "indicator" and item.id not in indicators:
        return f"found {item.id!r}; allowed: an id of the indicators file; correct it or add the figure"
    if item.type == "literature" and item.key in unverified:
        return f"found {item.key!r}, seen in no independent list; allowed: verified records; verify it or cite another"
    if item.type == "literature" and item.key not in verified:
        return f"found {item.key!r}; allowed: a key of the literature or methods file; correct it or add the record"
    return None


def judgements(document: Factors) -> pd.DataFrame:
    """One row a matrix, factor and rater: weight and rating."""
    rows = [
        (matrix.id, factor.id, rater, judgement.weight, judgement.rating)
        for matrix in document.matrices
        for factor in matrix.factors
        for rater, judgement in factor.ratings.items()
    ]
    return pd.DataFrame(rows, columns=["matrix", "factor", "rater", "weight", "rating"])


def work_name(authors: str, year: Any) -> str:
    """Short name of a work: family names of up to two authors, or of the first and others, and the year."""
    names = [author.split(",")[0].strip() for author in authors.split(";") if author.strip()]
    who = " and ".join(names) if len(names) <= 2 else f"{names[0]} and others"
    return who if pd.isna(year) else f"{who} {int(year)}"


def describe(item: Evidence, indicators: pd.DataFrame, works: dict[str, str]) -> tuple[str, str]:
    """A piece of evidence in words, in the report's two languages.

    ``indicators`` has the id as index and the columns label_en, label_zh, region, region_zh, period, value, unit;
    ``works`` has the short name of each record by its key.
    """
    if item.type == "indicator":
        row = indicators.loc[item.id]
        times = "× " if str(row["unit"])[0].isdigit() else ""
        figure = f"{row['period']}: {row['value']:,.6g} {times}{row['unit']}"
        chinese = [row["label_zh"], row["region_zh"]]
        zh = [label for label in chinese if isinstance(label, str)] or [row["label_en"], row["region"]]
        return f"{row['label_en']}, {row['region']}, {figure}", f"{'，'.join(zh)}，{figure}"
    if item.type == "source":
        place = f" ({item.url})" if item.url else ""
        return f"{item.what}{place}", f"{item.what}{place}"
    if item.type == "literature":
        name = works[str(item.key)]
        return f"literature: {name}", f"文献：{name}"
    if item.type == "pipeline":
        en, zh = TESTED_BY.get(str(item.value).split(".")[0], ("answers to one question", "单题回答"))
        return f"to be tested by the survey ({en})", f"由调查检验（{zh}）"
    return "illustrative", "示例"
