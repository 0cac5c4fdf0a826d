"""The questionnaire as data: what each column of the responses is.

Everything downstream asks the instrument by role, never by column name. What an instrument does not have, the
pipeline does not do.
"""

from collections import Counter
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_]*$")]
Role = Literal[
    "importance",
    "performance",
    "kano_functional",
    "kano_dysfunctional",
    "holding",
    "demand",
    "firmographic",
    "outcome",
    "attention_check",
    "open",
    "consent",
]


class Strict(BaseModel):
    """A model that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class Label(Strict):
    """A text in the report's two languages."""

    en: str = Field(description="English text")
    zh: str = Field("", description="Chinese text; empty where none exists")


class Point(Strict):
    """One answer of a scale."""

    code: int = Field(description="number that stands for this answer in the tables")
    label: Label = Field(description="answer as the respondent reads it")
    key: str | None = Field(None, description="name of the answer for the Kano table")


class Scale(Strict):
    """An answer scale."""

    kind: Literal["ordinal", "nominal", "numeric"] = Field(description="ordinal and numeric scales may be averaged")
    points: list[Point] = Field([], description="the answers, in order")
    min: float | None = Field(None, description="smallest allowed number of a numeric scale")
    max: float | None = Field(None, description="largest allowed number of a numeric scale")
    na: Point | None = Field(None, description="answer 'not applicable', counted apart from missing")

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        """Smallest and largest substantive code."""
        if self.points:
            codes = [point.code for point in self.points]
            return min(codes), max(codes)
        return self.min, self.max


class Aspect(Strict):
    """A field of service; the strategy families answer aspects."""

    id: Identifier
    label: Label


class Attribute(Strict):
    """One thing customers rate."""

    id: Identifier
    aspect: Identifier = Field(description="id of the aspect it belongs to")
    label: Label
    needs_product: list[Identifier] = Field([], description="products without which a performance rating is by hearsay")


class Construct(Strict):
    """Items that are meant to measure one thing."""

    id: Identifier
    label: Label
    items: list[Identifier]


class Product(Strict):
    """A product that can be held or wanted."""

    id: Identifier
    group: Identifier
    label: Label


class Section(Strict):
    """A page of the questionnaire."""

    id: Identifier
    title: Label
    seconds: int | None = Field(None, description="expected time, seconds")


class Option(Strict):
    """One choice of a single- or multiple-choice question."""

    code: str = Field(description="code in a file of codes")
    key: str = Field(description="name of the choice in the tables")
    label: Label = Field(description="choice as the respondent reads it")


class Item(Strict):
    """One question, or one row of a matrix question."""

    id: Identifier
    section: Identifier
    type: Literal["likert", "kano", "number", "single", "multi", "text"]
    role: Role
    text: Label
    column: str = Field(description="header of the column; in a Wenjuanxing export question number, or number.row")
    scale: Identifier | None = None
    options: list[Option] = []
    options_ref: Literal["products"] | None = Field(None, description="the choices are the instrument's products")
    attribute: Identifier | None = None
    aspect: Identifier | None = None
    keyed: Literal["+", "-"] = Field("+", description="'-' when agreement means less of the construct")
    pair: Identifier | None = Field(None, description="the other half of a Kano pair")
    expected: int | None = Field(None, description="right answer of an attention check")
    outcome: (
        Literal[
            "overall_satisfaction",
            "aspect_satisfaction",
            "recommendation",
            "repurchase",
            "intention_extend",
            "intention_switch",
            "share_of_wallet",
        ]
        | None
    ) = Field(None, description="which outcome the item measures")
    scope: Literal["own", "other", "any"] | None = Field(None, description="whose products a holding or demand counts")
    unit: str | None = None
    min: float | None = None
    max: float | None = None
    ordered: bool = Field(False, description="the options are ordered")
    list_column: str | None = Field(None, description="column of the customer list that holds the same fact")


class Instrument(Strict):
    """A questionnaire."""

    id: Identifier
    version: str
    title: Label
    respondent: Label = Field(description="who was asked to answer")
    introduction: Label
    wordings: Literal["published", "not_published"] = Field(description="whether the item texts are the original ones")
    note: Label | None = Field(None, description="what a reader must know about the wording")
    na_note: Label | None = Field(
        None, description="what a reader must know of the code for 'not applicable', where its meaning is only presumed"
    )
    seconds: int | None = Field(None, description="expected time to answer, seconds")
    missing_codes: list[int] = Field([], description="codes of the export that mean 'not answered'")
    scales: dict[Identifier, Scale]
    aspects: list[Aspect]
    attributes: list[Attribute]
    constructs: list[Construct] = []
    products: list[Product] = []
    sections: list[Section]
    items: list[Item]

    def with_role(self, *roles: Role) -> list[Item]:
        """Items of the given roles, in the order of the questionnaire."""
        return [item for item in self.items if item.role in roles]

    def choices(self, item: Item) -> list[Option]:
        """The choices of a single- or multiple-choice item."""
        if item.options_ref == "products":
            return [Option(code=product.id, key=product.id, label=product.label) for product in self.products]
        return item.options

    @model_validator(mode="after")
    def _hangs_together(self) -> "Instrument":
        known = {
            "section": {section.id for section in self.sections},
            "scale": set(self.scales),
            "attribute": {attribute.id for attribute in self.attributes},
            "aspect": {aspect.id for aspect in self.aspects},
        }
        items = {item.id: item for item in self.items}
        faults = [f"item id {name} stands {n} times" for name, n in Counter(i.id for i in self.items).items() if n > 1]
        columns = Counter(item.column for item in self.items)
        faults += [f"column {name} is claimed by {n} items" for name, n in columns.items() if n > 1]
        for item in self.items:
            for field, ids in known.items():
                value = getattr(item, field)
                if value is not None and value not in ids:
                    faults.append(f"item {item.id}: {field} {value} is not defined")
            if item.type in ("likert", "kano") and item.scale is None:
                faults.append(f"item {item.id}: a {item.type} item needs a scale")
            if item.type in ("single", "multi") and not self.choices(item):
                faults.append(f"item {item.id}: a {item.type} item needs options")
            if item.role in ("importance", "performance") and item.attribute is None:
                faults.append(f"item {item.id}: a {item.role} item needs an attribute")
            if item.pair is not None and (item.pair not in items or items[item.pair].pair != item.id):
                faults.append(f"item {item.id}: {item.pair} is not its other half")
        faults += [
            f"attribute {a.id}: aspect {a.aspect} is not defined"
            for a in self.attributes
            if a.aspect not in known["aspect"]
        ]
        faults += [
            f"construct {c.id}: item {i} is not defined" for c in self.constructs for i in c.items if i not in items
        ]
        faults += [
            f"construct {c.id}: item {i} is of type {items[i].type}; a construct rests on likert or number items"
            for c in self.constructs
            for i in c.items
            if i in items and items[i].type not in ("likert", "number")
        ]
        claimed = Counter(i for c in self.constructs for i in c.items)
        faults += [
            f"item {name} stands in constructs {n} times; it may stand in one" for name, n in claimed.items() if n > 1
        ]
        if faults:
            raise ValueError("; ".join(faults))
        return self


def load_instrument(path: str | Path) -> Instrument:
    """Read an instrument; raises pydantic's ValidationError or yaml's YAMLError."""
    document = yaml.load(Path(path).read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return Instrument.model_validate(document)
