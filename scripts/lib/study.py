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

Share = Annotated[float, Field(ge=0, le=1)]
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
    strategy: FilePath = Field(description="measures, QFD strengths, criteria and judgements")
    safeguards: FilePath = Field(description="safeguards, risks and regulatory anchors")
    glossary: FilePath | None = Field(None, description="terms of the study")
    customers: FilePath | None = Field(None, description="customer list, one row a customer")
    indicators: FilePath | None = Field(None, description="figures on regions and banks, each with its source")
    outlets: FilePath | None = Field(None, description="outlets by bank and city")
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
    home_city: str | None = Field(None, description="own city in the outlets file")
    peer_city: str | None = Field(None, description="city to compare with in the outlets file")


class Survey(Strict):
    """How the answers are read and screened."""

    layout: Literal["wenjuanxing_text", "codes"] = Field(description="export by option text, or a file of codes")
    token_column: str | None = Field(None, description="column that links an answer to the customer list")
    seconds_column: str | None = Field(None, description="column with the time taken")
    date_column: str | None = Field(None, description="column with the date of the answer")
    id_column: str | None = Field(None, description="column with the respondent's number")
    invited: int | None = Field(None, gt=0, description="customers invited, where no customer list says so")
    flagged: Literal["keep", "drop"] = Field("keep", description="what happens to answers flagged as careless")
    flags_needed: int = Field(2, ge=2, description="indices that must agree before an answer is flagged")
    longstring_share: Share = Field(0.5, description="longest run of one answer, as a share of its block")
    irv_floor: float = Field(0.25, ge=0, description="smallest standard deviation of an attentive respondent's answers")
    mahalanobis_p: Share = Field(0.001, description="tail probability of the Mahalanobis distance")
    even_odd_floor: float = Field(0.30, description="smallest even-odd consistency")
    synonyms_floor: float = Field(0.22, description="smallest consistency over psychometric synonyms")
    seconds_per_item: float = Field(2.0, ge=0, description="fastest plausible time per item, seconds")
    caution_flagged: Share = Field(0.10, description="flagged share above which the report warns")
    stop_flagged: Share = Field(0.25, description="flagged share above which chapter 4 ends after data quality")
    item_missing: Share = Field(0.40, description="an item missing or not applicable above this leaves the models")
    scale_answered: Share = Field(0.50, description="items of a scale that must be answered for a score")
    ceiling_share: Share = Field(0.50, description="share at the top code above which an item has a ceiling")


class Scales(Strict):
    """Conventions for scales."""

    confidence: Share = Field(0.95, description="level of intervals")
    alpha_caution: Share = Field(0.70, description="lower Feldt bound below which the report warns")
    alpha_floor: Share = Field(0.60, description="alpha or omega below which a scale is not used as a score")
    citc_floor: Share = Field(0.30, description="corrected item-total correlation below which an item is flagged")


class Segments(Strict):
    """Gates and settings of the segments."""

    answered: Share = Field(0.80, description="importance items that must be answered to be clustered")
    k_max: int = Field(6, ge=2, le=8, description="largest number of segments tried")
    draws: int = Field(199, ge=19, description="draws from the no-cluster null (gate A)")
    alpha: Share = Field(0.05, description="level of gate A, before Bonferroni over k")
    sample: int = Field(
        1000, ge=100, description="respondents, at most, on which gate A runs and silhouettes are averaged"
    )
    starts: int = Field(5, ge=1, description="k-means starts in the gate, for the data and for every draw")
    starts_final: int = Field(50, ge=1, description="k-means starts of the final partition")
    jaccard_draws: int = Field(100, ge=20, description="bootstrap samples of gate B")
    jaccard_floor: Share = Field(0.75, description="smallest mean Jaccard similarity of a stable segment (gate B)")
    size_floor: int = Field(15, ge=2, description="smallest segment, respondents (gate C)")
    size_share: Share = Field(0.05, description="smallest segment, share of the clustered (gate C)")
    gap_draws: int = Field(50, ge=10, description="reference samples of the gap statistic")
    a_priori: list[Identifier] = Field(
        description="firmographic items that form the groups when no segment is supported"
    )
    names: dict[str, Label] = Field(
        {}, description="names of segments by number, given by the study after reading the profile"
    )


class Needs(Strict):
    """Settings of the needs analysis."""

    draws: int = Field(1000, ge=100, description="bootstrap samples")
    undecided: Share = Field(0.80, description="quadrant probability below which an attribute is undecided")
    importance_first: Literal["stated", "derived"] = Field("stated", description="importance that the text leads with")
    predictors: int = Field(10, ge=5, description="answers per predictor that relative weights need")
    questionable: Share = Field(0.05, description="questionable Kano answers above which the wording is doubted")
    mixed: float = Field(5.0, description="category strength (points) up to which the order M > O > A > I decides")
    group_floor: int = Field(30, ge=5, description="answers a group needs for Kano categories of its own")
    top: int = Field(3, ge=1, description="how many needs a group's focus holds")


class Customers(Strict):
    """How customers are valued."""

    deposit_margin: float = Field(0.012, description="yearly margin on deposits, share (assumption of the study)")
    loan_margin: float = Field(0.009, description="yearly margin on loans, share (assumption of the study)")
    high_value: Share = Field(0.20, description="share of groups that count as high value and as high potential")
    quiet_months: int = Field(12, ge=1, description="months without a contact that count as a sign of leaving")


class Strategy(Strict):
    """Settings of the ranking of measures."""

    draws: int = Field(2000, ge=200, description="Monte Carlo draws over judgements and needs")
    concentration: float = Field(50.0, gt=0, description="Dirichlet concentration when fewer than three raters judge")
    cr_caution: Share = Field(0.10, description="consistency ratio above which the report warns")
    cr_limit: Share = Field(0.20, description="consistency ratio above which a rater is left out")
    winner: Share = Field(0.60, description="probability of rank 1 below which there is no clear winner")
    apart: list[Identifier] = Field([], description="measures ranked apart, because their addressees were not asked")
    start: str | None = Field(None, description="first quarter of the plan, such as 2027Q1")


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
    strategy: Strategy = Strategy()

    @model_validator(mode="after")
    def _thresholds_in_order(self) -> "Study":
        if self.survey.caution_flagged > self.survey.stop_flagged:
            raise ValueError(
                "survey.caution_flagged is above survey.stop_flagged: the warning must come before the stop"
            )
        if self.strategy.cr_caution > self.strategy.cr_limit:
            raise ValueError(
                "strategy.cr_caution is above strategy.cr_limit: the warning must come before the exclusion"
            )
        return self


class Validation(Strict):
    """Size of the simulation that shows whether the gate of the segments works (snakemake validate_gate)."""

    samples: int = Field(100, ge=1, description="seeded samples of each truth")
    respondents: int = Field(200, ge=60, description="respondents of a sample")
    items: int = Field(12, ge=3, description="importance items of a sample")


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
        taken = sorted({"compare", "validation"} & set(names))
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
