"""The factors file: outer and inner factors, each with its evidence and every rater's weight and rating.

A matrix is ``efe`` (opportunities and threats; the rating says how well the organisation responds, 1 poor to 4
superior) or ``ife`` (strengths 3 minor or 4 major; weaknesses 1 major or 2 minor). Each rater's weights sum to 1 within
a matrix.

What is wrong is told with its entry: weights that do not sum to 1, a rating outside its range, and evidence that does
not exist or was seen in no independent list. Plain Python without pandas: the Snakefile reads with it before anything
runs.
"""

from collections.abc import Collection
from typing import Any, Literal, NamedTuple

from pydantic import Field

from scripts.lib.instrument import Identifier, Label, Strict

TOLERANCE = 1e-6
RATINGS = {"opportunity": (1, 4), "threat": (1, 4), "strength": (3, 4), "weakness": (1, 2)}
DIRECTIONS = {"efe": ("opportunity", "threat"), "ife": ("strength", "weakness")}
QUADRANTS = {"strength": "S", "weakness": "W", "opportunity": "O", "threat": "T"}


class Evidence(Strict):
    """What a factor rests on."""

    type: Literal["indicator", "source", "literature", "pipeline", "illustrative"]
    id: str | None = Field(None, description="indicator: id of the figure")
    what: str | None = Field(None, description="source: what the page says")
    url: str | None = Field(None, description="source: where the page is")
    key: str | None = Field(None, description="literature: key of the record")
    value: str | None = Field(
        None,
        description="pipeline: its test: ipa.<attribute>, whitespace.<product>, concentration.market, "
        "concentration.value or a number item",
    )
    above: float | None = Field(
        None, description="pipeline: what the mean of a number item exceeds if the factor holds"
    )


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
    attributes: list[Identifier] = Field([], description="attributes that it bears on; else those of its evidence")
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


class Known(NamedTuple):
    """What evidence may point to.

    Ids of the indicators that have a value, keys of the records that were and that were not seen in an independent
    list, attributes of the questionnaire, and the tests that the survey can make.
    """

    indicators: Collection[str]
    verified: Collection[str]
    unverified: Collection[str]
    attributes: Collection[str]
    tests: Collection[str]


def faults_of(document: Factors, known: Known) -> list[str]:
    """What is wrong with the judgements and the evidence: entry, found, allowed, what to do."""
    raters = [rater.id for rater in document.raters]
    faults = []
    ids = [factor.id for matrix in document.matrices for factor in matrix.factors]
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        faults.append(f"entry {name}: found the id twice; allowed: each id once; rename one")
    evidence = [item for matrix in document.matrices for factor in matrix.factors for item in factor.evidence]
    figures = [item.id for item in evidence if item.type == "indicator"]
    if figures and not known.indicators:
        faults.append(
            f"evidence indicator: found {len(figures)} figures such as {figures[0]!r}, and no figure in the study; "
            "allowed: figures of its indicators file; name it as files.indicators, or leave out files.factors as well"
        )
    for matrix in document.matrices:
        for factor in matrix.factors:
            faults += [f"entry {matrix.id}.{factor.id}, {fault}" for fault in _factor_faults(matrix.id, factor, raters)]
            for item in factor.evidence:
                if fault := _evidence_fault(item, known):
                    faults.append(f"entry {matrix.id}.{factor.id}, evidence {item.type}: {fault}")
            faults += [
                f"entry {matrix.id}.{factor.id}, attributes: found {name}; allowed: attributes of the questionnaire "
                f"({', '.join(known.attributes)}); correct it"
                for name in factor.attributes
                if name not in known.attributes
            ]
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


def _evidence_fault(item: Evidence, known: Known) -> str | None:
    needed = {"indicator": item.id, "source": item.what, "literature": item.key, "pipeline": item.value}
    if item.type in needed and not needed[item.type]:
        return "found no reference; allowed: indicator id, source what and url, literature key, pipeline value; add it"
    if item.type == "indicator" and known.indicators and item.id not in known.indicators:
        return f"found {item.id!r}; allowed: an id of the indicators file; correct it or add the figure"
    if item.type == "literature" and item.key in known.unverified:
        return f"found {item.key!r}, seen in no independent list; allowed: verified records; verify it or cite another"
    if item.type == "literature" and item.key not in known.verified:
        return f"found {item.key!r}; allowed: a key of the literature or methods file; correct it or add the record"
    if item.type == "pipeline" and item.value not in known.tests:
        allowed = "ipa.<attribute>, whitespace.<product>, concentration.market | value, or a number item"
        return f"found {item.value!r}; allowed: {allowed}; correct it"
    return None


def attributes_of(factor: Factor) -> list[str]:
    """Attributes that a factor bears on: those it names, else those that its evidence is tested on."""
    named = [item.value or "" for item in factor.evidence]
    tested = [value.removeprefix("ipa.") for value in named if value.startswith("ipa.")]
    return list(factor.attributes) or list(dict.fromkeys(tested))
