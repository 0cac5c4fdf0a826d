"""The figures of the report, each drawn from tables only, never from confidential/; one rule a stage.

REQUIRED INPUTS: the tables and values of the stages
OUTPUTS:         results/<study>/figures/: <name>.svg, <name>.csv (exactly what it shows), draw_<stage>.json (titles,
                 alternative texts, and the reason where a figure is absent)
"""


rule draw_literature:
    input:
        trend="results/{study}/literature/trend.csv",
        topic_region="results/{study}/literature/topic_region.csv",
        topic_customer="results/{study}/literature/topic_customer.csv",
        flow="results/{study}/literature/flow.csv",
        screened="results/{study}/literature/screen_literature.json",
        mapped="results/{study}/literature/map_literature.json",
        code=code("figures/draw_literature.py"),
    output:
        **drawn("literature", "literature_flow", "literature_trend", "literature_map"),
    log:
        "logs/{study}/draw_literature.log",
    script:
        "../../scripts/figures/draw_literature.py"


rule draw_environment:
    input:
        regions="results/{study}/environment/regions.csv",
        concentration="results/{study}/environment/concentration.csv",
        compared="results/{study}/environment/compare_regions.json",
        measured="results/{study}/environment/measure_concentration.json",
        code=code("figures/draw_environment.py"),
    output:
        **drawn("environment", "regions", "concentration"),
    log:
        "logs/{study}/draw_environment.log",
    script:
        "../../scripts/figures/draw_environment.py"


rule draw_factors:
    input:
        factors="results/{study}/environment/factors.csv",
        matrices="results/{study}/environment/matrices.csv",
        rater_scores="results/{study}/environment/rater_scores.csv",
        weighed="results/{study}/environment/weigh_factors.json",
        code=code("figures/draw_factors.py"),
    output:
        **drawn("factors", "factors", "matrix_map"),
    log:
        "logs/{study}/draw_factors.log",
    script:
        "../../scripts/figures/draw_factors.py"


rule draw_customers:
    input:
        curve="results/{study}/customers/concentration_curve.csv",
        portfolio="results/{study}/customers/portfolio.csv",
        valued="results/{study}/customers/value_customers.json",
        code=code("figures/draw_customers.py"),
    output:
        **drawn("customers", "value_curve", "portfolio"),
    log:
        "logs/{study}/draw_customers.log",
    script:
        "../../scripts/figures/draw_customers.py"


rule draw_survey:
    input:
        flow="results/{study}/survey/flow.csv",
        missing="results/{study}/survey/missing.csv",
        attributes="results/{study}/survey/attributes.csv",
        scales="results/{study}/survey/scales.csv",
        assessed="results/{study}/survey/assess_scales.json",
        code=code("figures/draw_survey.py"),
    output:
        **drawn("survey", "sample_flow", "missing", "scales"),
    log:
        "logs/{study}/draw_survey.log",
    params:
        item_missing=lookup(dpath="{study}/survey/item_missing", within=STUDIES),
        scales=lookup(dpath="{study}/scales", within=STUDIES),
    script:
        "../../scripts/figures/draw_survey.py"


rule draw_segments:
    input:
        homogeneity="results/{study}/segments/homogeneity.csv",
        null_draws="results/{study}/segments/null_draws.csv",
        indices="results/{study}/segments/indices.csv",
        jaccard="results/{study}/segments/jaccard.csv",
        profile="results/{study}/segments/profile.csv",
        firmographics="results/{study}/segments/firmographics.csv",
        groups="results/{study}/segments/groups.csv",
        attributes="results/{study}/survey/attributes.csv",
        gate="results/{study}/segments/test_homogeneity.json",
        clustered="results/{study}/segments/cluster_customers.json",
        profiled="results/{study}/segments/profile_segments.json",
        code=code("figures/draw_segments.py"),
    output:
        **drawn("segments", "homogeneity", "segment_numbers", "segment_profile", "segment_mosaic"),
    log:
        "logs/{study}/draw_segments.log",
    script:
        "../../scripts/figures/draw_segments.py"


rule draw_needs:
    input:
        ipa="results/{study}/needs/ipa.csv",
        cuts="results/{study}/needs/ipa_grid.csv",
        kano="results/{study}/needs/kano.csv",
        white_space="results/{study}/needs/white_space.csv",
        needs="results/{study}/needs/needs.csv",
        groups="results/{study}/segments/groups.csv",
        attributes="results/{study}/survey/attributes.csv",
        mapped="results/{study}/needs/map_importance_performance.json",
        classified="results/{study}/needs/classify_kano.json",
        found="results/{study}/needs/find_white_space.json",
        ranked="results/{study}/needs/rank_needs.json",
        code=code("figures/draw_needs.py"),
    output:
        **drawn("needs", "ipa", "kano", "white_space", "needs"),
    log:
        "logs/{study}/draw_needs.log",
    script:
        "../../scripts/figures/draw_needs.py"


rule draw_strategy:
    input:
        qfd="results/{study}/strategy/qfd.csv",
        measures="results/{study}/strategy/measures.csv",
        families="results/{study}/strategy/families.csv",
        ranking="results/{study}/strategy/ranking.csv",
        acceptability="results/{study}/strategy/acceptability.csv",
        roadmap="results/{study}/strategy/roadmap.csv",
        risks="results/{study}/strategy/risks.csv",
        attributes="results/{study}/survey/attributes.csv",
        ranked="results/{study}/strategy/rank_strategies.json",
        planned="results/{study}/strategy/plan_safeguards.json",
        code=code("figures/draw_strategy.py"),
    output:
        **drawn("strategy", "qfd", "ranking", "roadmap", "risks"),
    log:
        "logs/{study}/draw_strategy.log",
    script:
        "../../scripts/figures/draw_strategy.py"
