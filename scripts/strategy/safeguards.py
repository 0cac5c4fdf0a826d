"""The file of safeguards: what secures the measures, who does it, risks, regulatory anchors. Strict like the others."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from scripts.lib.instrument import Identifier, Label, Strict
from scripts.strategy.catalogue import Kpi, Named, Quarter, raise_all, repeated, unknown

Degree = Annotated[int, Field(ge=1, le=5)]
EVERY = "*"  # secures every measure
SERIOUS = 12  # likelihood x impact from which a risk has to have a safeguard


class Raci(Strict):
    """Who does what for a safeguard: ids of departments."""

    responsible: Identifier
    accountable: Identifier
    consulted: list[Identifier] = Field([])
    informed: list[Identifier] = Field([])


class Safeguard(Strict):
    """What secures measures; ``secures: ["*"]`` means all of them."""

    id: Identifier
    group: Identifier
    name: Label
    text: Label
    secures: list[str]
    raci: Raci
    start_quarter: Quarter
    length_quarters: Quarter
    kpi: Kpi
    mitigates: list[Identifier] = Field([])


class Risk(Strict):
    """What may go wrong; likelihood and impact from 1 to 5."""

    id: Identifier
    statement: Label
    likelihood: Degree
    impact: Degree
    reason: str

    @property
    def product(self) -> int:
        """Likelihood x impact."""
        return self.likelihood * self.impact


class Anchor(Strict):
    """A rule of the regulator that the plan has to keep."""

    topic: Label
    fact: str
    source: str


class Horizon(Strict):
    """Length of the plan in quarters."""

    quarters: Quarter
    start: str = ""
    start_quarter_counts_from: int = 1


class Implementation(Strict):
    """Safeguards, risks and anchors."""

    id: Identifier
    version: str
    status: str
    plan: Horizon
    wildcard: str = ""
    groups: list[Named]
    measures: list[Safeguard]
    risk_scale: dict[Literal["likelihood", "impact"], Label] = Field({})
    risks: list[Risk] = Field([])
    regulatory_anchors: list[Anchor] = Field([])


class SafeguardsFile(Strict):
    """The file of safeguards."""

    safeguards: Implementation

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        plan = self.safeguards
        groups, risks = [group.id for group in plan.groups], [risk.id for risk in plan.risks]
        faults = repeated("safeguard", (s.id for s in plan.measures)) + repeated("risk", risks)
        faults += repeated("group", groups)
        for safeguard in plan.measures:
            faults += unknown(f"safeguard {safeguard.id}, group", [safeguard.group], groups)
            faults += unknown(f"safeguard {safeguard.id}, mitigates", safeguard.mitigates, risks)
        faults += [
            f"risk {risk.id}: found likelihood x impact = {risk.product} and no safeguard; allowed: a safeguard for "
            f"each risk of {SERIOUS} or more; name one in its `mitigates`"
            for risk in plan.risks
            if risk.product >= SERIOUS and not any(risk.id in safeguard.mitigates for safeguard in plan.measures)
        ]
        raise_all(faults)
        return self
