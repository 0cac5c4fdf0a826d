"""What should be done, in which order, and what secures it.

REQUIRED INPUTS: the study's files of measures and safeguards; results/<study>/needs/{needs,ipa,management_focus,
                 service_content,drivers,white_space}.csv; results/<study>/survey/{attributes.csv,describe_sample.json,
                 screen_responses.json}; results/<study>/customers/{holdings.csv,value_customers.json};
                 results/<study>/confidential/{need_draws,customers}.csv
OUTPUTS:         results/<study>/strategy/*.csv and a values file a rule
STEPS:           weigh_criteria -> rank_strategies -> measure_baselines, plan_safeguards
"""


rule weigh_criteria:
    input:
        strategy=raw("strategy"),
        code=code("strategy/weigh_criteria.py"),
    output:
        raters="results/{study}/strategy/raters.csv",
        criteria="results/{study}/strategy/criteria.csv",
        values="results/{study}/strategy/weigh_criteria.json",
    log:
        "logs/{study}/weigh_criteria.log",
    params:
        study="{study}",
        strategy=lookup(dpath="{study}/strategy", within=STUDIES),
    script:
        "../../scripts/strategy/weigh_criteria.py"


rule rank_strategies:
    input:
        strategy=raw("strategy"),
        criteria="results/{study}/strategy/criteria.csv",
        weighed="results/{study}/strategy/weigh_criteria.json",
        attributes="results/{study}/survey/attributes.csv",
        needs="results/{study}/needs/needs.csv",
        need_draws="results/{study}/confidential/need_draws.csv",
        ipa="results/{study}/needs/ipa.csv",
        focus="results/{study}/needs/management_focus.csv",
        content="results/{study}/needs/service_content.csv",
        code=code("strategy/rank_strategies.py"),
    output:
        measures="results/{study}/strategy/measures.csv",
        families="results/{study}/strategy/families.csv",
        qfd="results/{study}/strategy/qfd.csv",
        coverage="results/{study}/strategy/coverage.csv",
        ranking=told_table("strategy/ranking"),
        acceptability="results/{study}/strategy/acceptability.csv",
        bundles="results/{study}/strategy/bundles.csv",
        values="results/{study}/strategy/rank_strategies.json",
    log:
        "logs/{study}/rank_strategies.log",
    params:
        study="{study}",
        strategy=lookup(dpath="{study}/strategy", within=STUDIES),
        needs=lookup(dpath="{study}/needs", within=STUDIES),
        seed=config["seed"],
    script:
        "../../scripts/strategy/rank_strategies.py"


rule measure_baselines:
    input:
        strategy=raw("strategy"),
        safeguards=raw("safeguards"),
        qfd="results/{study}/strategy/qfd.csv",
        ipa="results/{study}/needs/ipa.csv",
        drivers="results/{study}/needs/drivers.csv",
        white_space="results/{study}/needs/white_space.csv",
        holdings="results/{study}/customers/holdings.csv",
        customers="results/{study}/confidential/customers.csv",
        screened="results/{study}/survey/screen_responses.json",
        describe_sample="results/{study}/survey/describe_sample.json",
        value_customers="results/{study}/customers/value_customers.json",
        code=code("strategy/measure_baselines.py"),
    output:
        table=told_table("strategy/kpis"),
        values="results/{study}/strategy/measure_baselines.json",
    log:
        "logs/{study}/measure_baselines.log",
    params:
        study="{study}",
        min_cell=lookup(dpath="{study}/min_cell", within=STUDIES),
    script:
        "../../scripts/strategy/measure_baselines.py"


rule plan_safeguards:
    input:
        strategy=raw("strategy"),
        safeguards=raw("safeguards"),
        measures="results/{study}/strategy/measures.csv",
        ranking="results/{study}/strategy/ranking.csv",
        bundles="results/{study}/strategy/bundles.csv",
        code=code("strategy/plan_safeguards.py"),
    output:
        roadmap=told_table("strategy/roadmap"),
        plan="results/{study}/strategy/plan.csv",
        group_plan="results/{study}/strategy/group_plan.csv",
        safeguards="results/{study}/strategy/safeguards.csv",
        raci="results/{study}/strategy/raci.csv",
        risks="results/{study}/strategy/risks.csv",
        secures="results/{study}/strategy/secures.csv",
        anchors="results/{study}/strategy/anchors.csv",
        values="results/{study}/strategy/plan_safeguards.json",
    log:
        "logs/{study}/plan_safeguards.log",
    params:
        study="{study}",
        strategy=lookup(dpath="{study}/strategy", within=STUDIES),
    script:
        "../../scripts/strategy/plan_safeguards.py"
