"""The study's own words: who serves whom with what, titles of chapters and sections, theory, limits; and its glossary.

Words belong to the study, so that a survey of a supplier's customers never reads like a bank's.
"""

from typing import Literal

from pydantic import Field, model_validator

from scripts.lib.instrument import Identifier, Label, Strict

# The sections that the chapters of report/chapters ask titles for.
SECTIONS = {
    "1": ("background", "aim", "issues", "frame", "methods", "contribution"),
    "2": ("concepts", "theories", "bibliometrics", "review", "gap"),
    "3": ("organisation", "macro", "industry", "regions", "business", "matrices", "problems"),
    "4": (
        *("design", "sample", "quality", "scales", "segments"),
        *("holdings", "ipa", "kano", "loyalty", "findings"),
    ),
    "5": ("goals", "mapping", "product", "platform", "relationship", "operations", "priorities"),
    "6": ("organisation6", "talent", "technology", "risk", "funding", "monitoring"),
    "7": ("conclusions", "transfer", "limits", "outlook"),
}


class Nouns(Strict):
    """Domain nouns, as they stand inside a sentence."""

    customer: Label = Field(description="one of those who are served")
    customers: Label = Field(description="those who are served")
    provider: Label = Field(description="who serves them, with its article")
    service: Label = Field(description="what they are served with")
    product: Label = Field(description="a thing that can be held or wanted")
    competitor: Label = Field(description="the others who serve them, in the plural")
    region_kind: Label = Field(description="what kind of region the study stands for; begins with a vowel")


class Chapter(Strict):
    """Titles of a chapter and of its sections."""

    id: str
    title: Label
    sections: dict[str, Label]

    @model_validator(mode="after")
    def _has_its_sections(self) -> "Chapter":
        wanted = SECTIONS.get(self.id)
        if wanted is None or set(self.sections) != set(wanted):
            raise ValueError(f"chapter {self.id} with the sections {', '.join(wanted or ('of chapters 1 to 7',))}")
        return self


class Statement(Label):
    """A sentence with the works it rests on."""

    cite: list[Identifier] = Field([], description="keys of the works it rests on")
    claim: bool = Field(False, description="a claim of its source that the study does not make its own")


class Issue(Label):
    """A question of the study, and where it is answered."""

    chapter: str
    method: Label
    output: Label


class Concept(Strict):
    """A term and what it means here."""

    term: Label
    text: Label
    cite: list[Identifier] = Field([], description="keys of the works it rests on")


class Theory(Strict):
    """A theory, and the part of questionnaire or strategy that rests on it."""

    theory: Label
    text: Label
    cite: list[Identifier] = Field([], description="keys of the works it rests on")
    leads_to: list[Label]


class Transfer(Strict):
    """Something of the study, and whether another region has to bring its own."""

    what: Label
    depends_on_region: Literal["yes", "no"]


class Words(Strict):
    """words.yaml of a study."""

    words: Nouns
    chapters: list[Chapter]
    background: list[Statement]
    issues: list[Issue]
    concepts: list[Concept]
    theories: list[Theory]
    transfer: list[Transfer]
    limits: list[Label]
    planted: Label | None = Field(None, description="what a program put into synthetic answers, which they then show")
    outlook: list[Label]

    @model_validator(mode="after")
    def _has_seven_chapters(self) -> "Words":
        if [chapter.id for chapter in self.chapters] != list(SECTIONS):
            raise ValueError(f"the chapters {', '.join(SECTIONS)} in this order")
        return self


class Term(Label):
    """A term of the glossary."""

    id: Identifier
    definition: str


class Glossary(Strict):
    """glossary.yaml of a study."""

    glossary: list[Term]
