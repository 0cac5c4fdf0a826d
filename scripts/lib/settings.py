"""Sections of a study that hold conventions only; ``scripts/lib/study.py`` joins them to the whole."""

from typing import Annotated

from pydantic import Field

from scripts.lib.instrument import Strict

Share = Annotated[float, Field(ge=0, le=1)]


class Environment(Strict):
    """How the region is judged."""

    development: str = Field(
        "gdp_per_head", description="measure of the indicators that says how developed a region is"
    )
    underdeveloped: Share = Field(0.75, description="share of the country's figure below which a region is behind")
    agreement: Share = Field(0.5, description="Kendall's W below which raters do not agree")


class Literature(Strict):
    """What the literature must hold before it is mapped by machine."""

    keyworded: Share = Field(0.5, description="records with two keywords that a map of keywords needs, share")
    abstracts: int = Field(100, ge=20, description="abstracts that themes need")
    theme_starts: int = Field(20, ge=2, description="random starts over which a theme must be stable")
    theme_stability: Share = Field(0.6, description="mean overlap of a theme's terms over the starts that names it")
