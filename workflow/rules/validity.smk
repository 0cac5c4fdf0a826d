"""What the scales measure: which items go together, whether they fit the questionnaire's scales, and are told apart.

REQUIRED INPUTS: results/<study>/confidential/{complete,units}.csv
                 results/<study>/survey/: codebook, attributes, constructs, missing, items
OUTPUTS:         results/<study>/validity/: covariance and model_items (what the models rest on), parallel, efa_blocks,
                 efa_factors, efa_loadings, cfa_loadings, cfa_parameters, validity, construct_pairs
STEPS:           one EM covariance -> explore (parallel analysis, minres, oblimin), confirm (CFA) -> compare (HTMT)
"""


rule estimate_covariance:
    input:
        complete="results/{study}/confidential/complete.csv",
        codebook="results/{study}/survey/codebook.csv",
        attributes="results/{study}/survey/attributes.csv",
        constructs="results/{study}/survey/constructs.csv",
        missing="results/{study}/survey/missing.csv",
        code=code("validity/estimate_covariance.py"),
    output:
        covariance="results/{study}/validity/covariance.csv",
        entering="results/{study}/validity/model_items.csv",
        values="results/{study}/validity/estimate_covariance.json",
    log:
        "logs/{study}/estimate_covariance.log",
    script:
        "../../scripts/validity/estimate_covariance.py"


rule explore_factors:
    input:
        covariance="results/{study}/validity/covariance.csv",
        entering="results/{study}/validity/model_items.csv",
        estimated="results/{study}/validity/estimate_covariance.json",
        code=code("validity/explore_factors.py"),
    output:
        blocks="results/{study}/validity/efa_blocks.csv",
        loadings="results/{study}/validity/efa_loadings.csv",
        factors="results/{study}/validity/efa_factors.csv",
        parallel="results/{study}/validity/parallel.csv",
        values="results/{study}/validity/explore_factors.json",
    log:
        "logs/{study}/explore_factors.log",
    params:
        scales=lookup(dpath="{study}/scales", within=STUDIES),
        seed=config["seed"],
    script:
        "../../scripts/validity/explore_factors.py"


rule confirm_factors:
    input:
        complete="results/{study}/confidential/complete.csv",
        codebook="results/{study}/survey/codebook.csv",
        covariance="results/{study}/validity/covariance.csv",
        entering="results/{study}/validity/model_items.csv",
        estimated="results/{study}/validity/estimate_covariance.json",
        constructs="results/{study}/survey/constructs.csv",
        code=code("validity/confirm_factors.py"),
    output:
        loadings="results/{study}/validity/cfa_loadings.csv",
        parameters="results/{study}/validity/cfa_parameters.csv",
        validity=told_table("validity/validity"),
        values="results/{study}/validity/confirm_factors.json",
    log:
        "logs/{study}/confirm_factors.log",
    params:
        scales=lookup(dpath="{study}/scales", within=STUDIES),
    script:
        "../../scripts/validity/confirm_factors.py"


rule compare_constructs:
    input:
        complete="results/{study}/confidential/complete.csv",
        units="results/{study}/confidential/units.csv",
        codebook="results/{study}/survey/codebook.csv",
        constructs="results/{study}/survey/constructs.csv",
        covariance="results/{study}/validity/covariance.csv",
        entering="results/{study}/validity/model_items.csv",
        estimated="results/{study}/validity/estimate_covariance.json",
        parameters="results/{study}/validity/cfa_parameters.csv",
        validity="results/{study}/validity/validity.csv",
        code=code("validity/compare_constructs.py"),
    output:
        pairs="results/{study}/validity/construct_pairs.csv",
        values="results/{study}/validity/compare_constructs.json",
    log:
        "logs/{study}/compare_constructs.log",
    params:
        scales=lookup(dpath="{study}/scales", within=STUDIES),
        seed=config["seed"],
    script:
        "../../scripts/validity/compare_constructs.py"


rule draw_validity:
    input:
        statistics="results/{study}/survey/items.csv",
        constructs="results/{study}/survey/constructs.csv",
        entering="results/{study}/validity/model_items.csv",
        estimated="results/{study}/validity/estimate_covariance.json",
        loadings="results/{study}/validity/efa_loadings.csv",
        factors="results/{study}/validity/efa_factors.csv",
        explored="results/{study}/validity/explore_factors.json",
        validity="results/{study}/validity/validity.csv",
        pairs="results/{study}/validity/construct_pairs.csv",
        compared="results/{study}/validity/compare_constructs.json",
        code=code("figures/draw_validity.py"),
    output:
        **drawn("validity", "item_map", "loadings", "separation"),
    log:
        "logs/{study}/draw_validity.log",
    params:
        citc_floor=lookup(dpath="{study}/scales/citc_floor", within=STUDIES),
    script:
        "../../scripts/figures/draw_validity.py"
