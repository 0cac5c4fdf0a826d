"""The file of measures: goals, families, strengths, scores, criteria, AHP judgements. An unknown key is an error."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from scripts.lib.instrument import Identifier, Label, Strict
from scripts.strategy.catalogue import HorizonName, Kpi, Named, Quarter, raise_all, repeated, unknown

Strength = Literal[0, 1, 3, 9]
SAME = 1e-6  # how far a judgement and the reciprocal of its opposite may lie apart


def _number(value: Any) -> Any:
    """A judgement such as 3, 0.5 or "1/2" as a number."""
    if isinstance(value, str):
        try:
            return float(Fraction(value.replace(" ", "")))
        except (ValueError, ZeroDivisionError):
            return value
    return value


class Score(Strict):
    """A rating of a measure on one criterion."""

    score: Annotated[float, Field(ge=1, le=5)]
    reason: str


class Measure(Strict):
    """One measure of a family."""

    id: Identifier
    name: Label
    what: Label
    serves: dict[Identifier, Strength] = Field(min_length=1)
    products: list[Identifier] = Field([])
    scores: dict[Identifier, Score]
    prerequisites: list[Identifier] = Field([])
    lead: Identifier
    kpi: Kpi
    horizon: HorizonName
    start_quarter_earliest: Quarter = 1
    length_quarters: Quarter


class Family(Strict):
    """Measures that answer one aspect of the questionnaire, or several."""

    id: Identifier
    aspect: Identifier | None = None
    aspects: list[Identifier] = Field([])
    name: Label
    measures: list[Measure] = Field(min_length=1)

    @property
    def answers(self) -> list[str]:
        """The aspects it answers."""
        return [self.aspect, *self.aspects] if self.aspect else list(self.aspects)


class Goal(Strict):
    """What the measures together should change."""

    id: Identifier
    name: Label
    kpi: Kpi


class Plan(Strict):
    """The catalogue of measures."""

    id: Identifier
    version: str
    status: str
    strength_scale: dict[int, str] = Field({})
    schedule_note: str = ""
    strength_note: str = ""
    departments: list[Named] = Field(min_length=1)
    horizons: dict[HorizonName, Label] = Field({})
    goals: list[Goal] = Field([])
    families: list[Family] = Field(min_length=1)


class Criterion(Strict):
    """What measures are judged by; ``source`` is ``computed`` (the QFD score) or ``scores.<name>``."""

    id: Identifier
    name: Label
    direction: Literal["max", "min"]
    source: Annotated[str, Field(pattern=r"^(computed|scores\.[A-Za-z0-9_]+)$")]
    scale: Label


class Pair(Strict):
    """How many times ``a`` matters more than ``b``."""

    a: Identifier
    b: Identifier
    value: Annotated[float, BeforeValidator(_number), Field(gt=0)]


class Rater(Strict):
    """Judgements of one rater; ``check`` holds what the author of the file computed, and is not used."""

    id: Identifier
    name: Label
    pairs: list[Pair]
    check: dict[str, Any] = Field({})


class Ahp(Strict):
    """The judgements."""

    scale: str
    limit_cr: float | None = None
    aggregation: str = ""
    raters: list[Rater] = Field(min_length=1)


class Rating(Strict):
    """Criteria and judgements."""

    status: str
    criteria: list[Criterion] = Field(min_length=2, max_length=10)
    ahp: Ahp


class StrategyFile(Strict):
    """The file of measures."""

    strategy: Plan
    rating: Rating

    @property
    def measures(self) -> list[Measure]:
        """All measures in the order of the file."""
        return [measure for family in self.strategy.families for measure in family.measures]

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        departments = [department.id for department in self.strategy.departments]
        criteria = [criterion.id for criterion in self.rating.criteria]
        faults = repeated("measure", (m.id for m in self.measures)) + repeated("department", departments)
        faults += repeated("goal", (goal.id for goal in self.strategy.goals)) + repeated("criterion", criteria)
        faults += repeated("rater", (r.id for r in self.rating.ahp.raters))
        for measure in self.measures:
            faults += unknown(f"measure {measure.id}, lead", [measure.lead], departments)
            if not any(measure.serves.values()):
                faults.append(f"measure {measure.id}, serves: found no strength above 0; allowed: 1, 3 or 9; add one")
            for criterion in self.rating.criteria:
                name = criterion.source.removeprefix("scores.")
                if criterion.source != "computed" and name not in measure.scores:
                    faults.append(
                        f"measure {measure.id}, scores: found no {name}; allowed: a score for each criterion; add it"
                    )
        if sum(criterion.source == "computed" for criterion in self.rating.criteria) != 1:
            faults.append("rating.criteria: found not exactly one with source computed; allowed: one; correct it")
        for rater in self.rating.ahp.raters:
            faults += [f"rater {rater.id}, {fault}" for fault in pair_faults(criteria, rater.pairs)]
        raise_all(faults)
        return self


def pair_faults(criteria: Sequence[str], pairs: Sequence[Pair]) -> list[str]:
    """Why judgements are no reciprocal matrix: unknown criteria, contradictions, pairs that nobody judged."""
    faults, judged = [], dict[tuple[str, str], float]()
    for pair in pairs:
        faults += unknown(f"pair {pair.a} - {pair.b}", {pair.a: 0, pair.b: 0}, criteria)
        if not 1 / 9 - SAME <= pair.value <= 9 + SAME:
            faults.append(
                f"pair {pair.a} - {pair.b}: found {pair.value:.4g}; allowed: a number from 1/9 to 9; correct it"
            )
        given = 1.0 if pair.a == pair.b else judged.get((pair.a, pair.b))
        if given is not None and abs(given / pair.value - 1) > SAME:
            faults.append(
                f"pair {pair.a} - {pair.b}: found {pair.value:.4g}, which is not reciprocal to {1 / given:.4g} the "
                f"other way; allowed: {given:.4g}; correct one of the two"
            )
        judged |= {(pair.a, pair.b): pair.value, (pair.b, pair.a): 1 / pair.value}
    return faults + [
        f"pair {a} - {b}: found no judgement; allowed: a number from 1/9 to 9; add the pair"
        for a, b in combinations(criteria, 2)
        if (a, b) not in judged
    ]
