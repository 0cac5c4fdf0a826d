"""Sections of a study that hold conventions only; ``scripts/lib/study.py`` joins them to the whole."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from scripts.lib.instrument import Identifier, Label, Strict
from scripts.lib.labels import NAME_EN, NAME_ZH

Share = Annotated[float, Field(ge=0, le=1)]


class Survey(Strict):
    """How the answers are read and screened."""

    layout: Literal["wenjuanxing_text", "codes"] = Field(description="export by option text, or a file of codes")
    token_column: str | None = Field(None, description="column that links an answer to the customer list")
    seconds_column: str | None = Field(None, description="column with the time taken")
    date_column: str | None = Field(None, description="column with the date of the answer")
    id_column: str | None = Field(None, description="column with the respondent's number")
    invited: int | None = Field(None, gt=0, description="customers invited, where no customer list says so")
    different: float = Field(0.25, gt=0, description="standardised difference from the list above which raking follows")
    weight_limit: float = Field(5.0, gt=1, description="largest raking weight, the mean being 1")
    flagged: Literal["keep", "drop"] = Field("keep", description="what happens to answers flagged as careless")
    flags_needed: int = Field(2, ge=2, description="indices that must agree before an answer is flagged")
    longstring_share: Share = Field(0.5, description="longest run of one answer, as a share of its block")
    irv_floor: float = Field(0.25, ge=0, description="smallest standard deviation of an attentive respondent's answers")
    mahalanobis_p: Share = Field(0.001, description="tail probability of the Mahalanobis distance")
    even_odd_floor: float = Field(0.30, description="smallest even-odd consistency")
    synonyms_floor: float = Field(0.22, description="smallest consistency over psychometric synonyms")
    seconds_per_item: float = Field(2.0, ge=0, description="fastest plausible time per item, seconds")
    careful_samples: int = Field(50, ge=50, description="samples of careful simulated answers that are screened")
    false_flags: Share = Field(0.05, description="flagged share of careful simulated answers above which is warned")
    planted_share: Share = Field(0.05, gt=0, lt=0.5, description="share of a sample replaced by careless patterns")
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
    efa_n: int = Field(150, ge=50, description="answers below which no exploratory factor analysis is made")
    efa_per_item: float = Field(5.0, ge=1, description="answers per item that an exploratory factor analysis needs")
    kmo_floor: Share = Field(0.50, description="KMO below which no exploratory factor analysis is made")
    parallel_draws: int = Field(1000, ge=100, description="draws of noise in parallel analysis")
    parallel_quantile: Share = Field(0.95, description="quantile of the noise's eigenvalues that a factor must exceed")
    loading_floor: Share = Field(0.40, description="loading below which an item is flagged")
    cross_loading: Share = Field(0.30, description="second loading above which an item is flagged")
    communality_floor: Share = Field(0.20, description="communality below which an item is flagged")
    cfa_n: int = Field(200, ge=50, description="answers below which no confirmatory factor analysis is made")
    cfi_floor: Share = Field(0.95, description="CFI from which a model counts as fitting")
    rmsea_limit: Share = Field(0.06, description="RMSEA up to which a model counts as fitting")
    srmr_limit: Share = Field(0.08, description="SRMR up to which a model counts as fitting")
    ave_floor: Share = Field(0.50, description="average variance extracted below which a construct is flagged")
    cr_floor: Share = Field(0.70, description="composite reliability below which a construct is flagged")
    htmt_draws: int = Field(1000, ge=200, description="bootstrap samples of HTMT")
    htmt_caution: Share = Field(0.85, description="HTMT below which two constructs may count as told apart")
    htmt_limit: Share = Field(0.90, description="HTMT from which two constructs are not told apart")


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
    prediction_splits: int = Field(50, ge=10, description="random halvings for the prediction strength")
    prediction_floor: Share = Field(0.80, description="prediction strength that is taken for a reproducible number")
    class_starts: int = Field(10, ge=1, description="starts of each number of latent classes of holdings")
    a_priori: list[Identifier] = Field(
        description="firmographic items that form the groups when no segment is supported"
    )
    names: dict[Annotated[str, Field(pattern=r"^[1-8]$")], Label] = Field(
        {}, description="names of segments by number, given by the study after reading the profile"
    )

    @model_validator(mode="after")
    def _names_fit(self) -> "Segments":
        for language, most in (("en", NAME_EN), ("zh", NAME_ZH)):
            given = [name for label in self.names.values() if (name := getattr(label, language))]
            for name in given:
                if len(name) > most:
                    raise ValueError(f"segments.names: {name!r} is longer than the {most} signs that a column holds")
                if given.count(name) > 1:
                    raise ValueError(f"segments.names: {name!r} names two segments; give each a name of its own")
        return self


class Needs(Strict):
    """Settings of the needs analysis."""

    draws: int = Field(1000, ge=100, description="bootstrap samples")
    undecided: Share = Field(0.80, description="quadrant probability below which an attribute is undecided")
    importance_first: Literal["stated", "derived"] = Field("stated", description="importance that the text leads with")
    predictors: int = Field(10, ge=5, description="answers per predictor that relative weights and regressions need")
    imputations: int = Field(
        20, ge=5, description="multiple imputations of the scores in the regression of satisfaction"
    )
    questionable: Share = Field(0.05, description="questionable Kano answers above which the wording is doubted")
    mixed: float = Field(5.0, description="category strength (points) up to which the order M > O > A > I decides")
    group_floor: int = Field(30, ge=5, description="answers a group needs for Kano categories of its own")
    top: int = Field(3, ge=1, description="how many needs a group's focus holds")
    dependence: Share = Field(
        0.50, description="share of value of the largest tenth of customer groups above which the business rests on few"
    )


class Customers(Strict):
    """How customers are valued."""

    deposit_margin: float = Field(0.012, description="yearly margin on deposits, share (assumption of the study)")
    loan_margin: float = Field(0.009, description="yearly margin on loans, share (assumption of the study)")
    high_value: Share = Field(
        0.20, description="share of existing groups that count as high value, and as high potential"
    )
    quiet_months: int = Field(12, ge=1, description="months without a contact that count as a sign of leaving")


class Strategy(Strict):
    """Settings of the ranking of measures."""

    draws: int = Field(2000, ge=200, description="Monte Carlo draws over judgements and needs")
    concentration: float = Field(50.0, gt=0, description="Dirichlet concentration when fewer than three raters judge")
    cr_caution: Share = Field(0.10, description="consistency ratio above which the report warns")
    cr_limit: Share = Field(0.20, description="consistency ratio above which a rater is left out")
    winner: Share = Field(0.60, description="probability of rank 1 below which there is no clear winner")
    apart: list[Identifier] = Field([], description="measures ranked apart, because their addressees were not asked")
    start: str | None = Field(None, pattern=r"^\d{4}Q[1-4]$", description="first quarter of the plan, such as 2027Q1")


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


class Validation(Strict):
    """Size of the simulation that shows whether the gate of the segments works (snakemake validate_gate)."""

    samples: int = Field(100, ge=1, description="seeded samples of each truth")
    respondents: int = Field(200, ge=60, description="respondents of a sample")
    items: int = Field(12, ge=3, description="importance items of a sample")
