"""A study: one YAML file that names its raw files and its choices. Strict: an unknown key is an error.

The models below are the one source of the configuration: editor schema and key table are generated from them
(``python -m scripts.lib.schema``), and their defaults are the conventions that METHODS calls settings.
"""

from importlib import metadata
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field, field_validator, model_validator

from scripts.lib.instrument import Identifier, Label, Strict
from scripts.lib.settings import (
    Customers,
    Environment,
    Literature,
    Needs,
    Scales,
    Segments,
    Strategy,
    Survey,
    Validation,
)

FilePath = Annotated[str, Field(pattern=r"^[^/\\][^\\]*$")]


class PackageFile(Strict):
    """A raw file that an installed Python package carries; it is read there and never copied."""

    package: str = Field(description="name of the installed package")
    path: FilePath = Field(description="path of the file inside the package's installation")


class Files(Strict):
    """The raw files of a study, below data/raw/<data>/. A file that is not named is one the study does not have."""

    instrument: FilePath = Field(description="the questionnaire as data")
    responses: FilePath | PackageFile = Field(description="the answers, one row a respondent")
    words: FilePath = Field(description="the study's own words: who serves whom with what, chapter titles, theory")
    literature: FilePath = Field(description="BibTeX records on the subject, each with its verification")
    coding: FilePath = Field(description="coding sheet of the literature: topics, region and customer kind by key")
    topics: FilePath = Field(description="closed list of the topics that the coding sheet uses")
    methods: FilePath = Field(description="BibTeX records of the methods")
    search_log: FilePath | None = Field(
        None, description="searches that found the literature: source, date, query, hits"
    )
    coding_second: FilePath | None = Field(None, description="coding sheet of a second coder, who may code a part")
    strategy: FilePath = Field(description="measures, QFD strengths, criteria and judgements")
    safeguards: FilePath = Field(description="safeguards, risks and regulatory anchors")
    glossary: FilePath | None = Field(None, description="terms of the study")
    customers: FilePath | None = Field(None, description="customer list, one row a customer")
    indicators: FilePath | None = Field(None, description="figures on regions and banks, each with its source")
    outlets: FilePath | None = Field(None, description="outlets by bank and city")
    cnaps: FilePath | None = Field(None, description="list of payment-system codes in the public CNAPS layout")
    institutions: FilePath | None = Field(None, description="shares by type of institution and year")
    factors: FilePath | None = Field(None, description="outer and inner factors with evidence, weights and ratings")


class Region(Strict):
    """The region of the study and what it is compared with."""

    name: Label = Field(description="name of the region")
    city: Label | None = Field(None, description="seat of the branch")
    country: str | None = Field(None, description="country, as named in the indicators")
    home: list[str] = Field([], description="regions of the indicators that are the study's own")
    peers: list[str] = Field([], description="regions of the indicators to compare with, alike")
    coast: list[str] = Field([], description="regions of the indicators to compare with, developed")
    levels: dict[str, Literal["province", "city", "district"]] = Field(
        {}, description="level of each region that is compared, so that no city stands beside a province unsaid"
    )
    home_city: str | None = Field(None, description="own city in the outlets file")
    peer_city: str | None = Field(None, description="city to compare with in the outlets file")
    cnaps_home: list[str] = Field([], description="own city in the payment codes: digits 4 to 7, or its name there")
    cnaps_peer: list[str] = Field([], description="city to compare with in the payment codes, named likewise")


class Study(Strict):
    """A study: who is studied, with which files, under which conventions."""

    title: Label = Field(description="title of the report")
    author: str = Field(description="who answers for the report")
    data: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="folder below data/raw/ that holds the raw files")
    organisation: Label = Field(description="who serves the customers: the branch, the company")
    bank: Label = Field(description="short name that fills {bank} in the questionnaire")
    reference_date: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="date to which the data refer")
    files: Files
    region: Region
    subset: dict[Identifier, str] = Field({}, description="only respondents whose firmographic item has this value")
    min_cell: int = Field(5, ge=1, description="smallest group of customers that may be shown")
    survey: Survey
    scales: Scales = Scales()
    segments: Segments
    needs: Needs = Needs()
    customers: Customers = Customers()
    environment: Environment = Environment()
    literature: Literature = Literature()
    strategy: Strategy = Strategy()

    @model_validator(mode="after")
    def _thresholds_in_order(self) -> "Study":
        if self.survey.caution_flagged > self.survey.stop_flagged:
            raise ValueError(
                "survey.caution_flagged is above survey.stop_flagged: the warning must come before the stop"
            )
        if self.scales.htmt_caution > self.scales.htmt_limit:
            raise ValueError("scales.htmt_caution is above scales.htmt_limit: the caution must come before the limit")
        if self.strategy.cr_caution > self.strategy.cr_limit:
            raise ValueError(
                "strategy.cr_caution is above strategy.cr_limit: the warning must come before the exclusion"
            )
        return self


class Config(Strict):
    """config/config.yaml: what this run builds."""

    studies: list[str] = Field(min_length=1, description="studies to build, each a file config/studies/<study>.yaml")
    seed: int = Field(description="seed of every random draw")
    validation: Validation = Validation()
    before: str | None = Field(None, description="first build of snakemake compare_runs: a study, or a folder with one")
    after: str | None = Field(None, description="second build of snakemake compare_runs")

    @field_validator("studies")
    @classmethod
    def _names_of_their_own(cls, names: list[str]) -> list[str]:
        taken = sorted({"compare", "pack", "validation"} & set(names))
        if taken:
            raise ValueError(f"another name than {', '.join(taken)}, which is a folder of results/ already")
        return names


def read_yaml(path: str | Path) -> object:
    """A YAML document; raises UnicodeDecodeError or yaml's YAMLError."""
    return yaml.load(Path(path).read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def load_study(name: str) -> Study:
    """Read config/studies/<name>.yaml; raises pydantic's ValidationError, yaml's YAMLError or OSError."""
    return Study.model_validate(read_yaml(f"config/studies/{name}.yaml"))


def locate(study: Study, file: str | PackageFile) -> Path:
    """Path of a raw file, relative to the project where it lies inside it.

    Raises
    ------
    FileNotFoundError
        If the package that should carry the file is not installed.
    """
    if isinstance(file, str):
        return Path("data/raw") / study.data / file
    try:
        path = Path(str(metadata.distribution(file.package).locate_file(file.path)))
    except metadata.PackageNotFoundError as error:
        raise FileNotFoundError(f"package {file.package} is not installed") from error
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def named(study: Study, file: str | PackageFile) -> str:
    """Name of a raw file in SOURCES.csv and in provenance: never a path of this machine."""
    if isinstance(file, str):
        return file
    return f"package:{file.package}=={metadata.version(file.package)}/{file.path}"
