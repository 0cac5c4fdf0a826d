"""The figures of the report, each drawn from tables only, never from confidential/; one rule a stage.

REQUIRED INPUTS: the tables and values of the stages
OUTPUTS:         results/<study>/figures/: <name>.svg and .png, <name>.csv (exactly what it shows), draw_<stage>.json
                 (titles, alternative texts, and the reason where a figure is absent)
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


rule draw_route:
    input:
        code=code("figures/draw_route.py"),
    output:
        **drawn("route", "technical_route"),
    log:
        "logs/{study}/draw_route.log",
    params:
        stages=stages,
    script:
        "../../scripts/figures/draw_route.py"


rule draw_workflow:
    input:
        code=code("figures/draw_workflow.py"),
    output:
        **drawn("workflow", "workflow"),
    log:
        "logs/{study}/draw_workflow.log",
    params:
        steps=readers,
    script:
        "../../scripts/figures/draw_workflow.py"
