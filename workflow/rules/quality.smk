"""How far the answers carry, across the stages survey and needs: wrong flags, holes, results both ways, who enters what.

REQUIRED INPUTS: results/<study>/confidential/{responses,careless,complete}.csv; the tables and values of the stages
                 survey, segments and needs
OUTPUTS:         results/<study>/survey/: false_flags, planted, missing_patterns, little
                 results/<study>/needs/: screened_needs, screened_items, satisfaction, entrants
                 results/<study>/figures/: careless_map, missing_map
"""


rule simulate_careful:
    input:
        responses="results/{study}/confidential/responses.csv",
        careless="results/{study}/confidential/careless.csv",
        codebook="results/{study}/survey/codebook.csv",
        code=code("survey/simulate_careful.py"),
    output:
        false="results/{study}/survey/false_flags.csv",
        planted="results/{study}/survey/planted.csv",
        values="results/{study}/survey/simulate_careful.json",
    log:
        "logs/{study}/simulate_careful.log",
    params:
        survey=lookup(dpath="{study}/survey", within=STUDIES),
        seed=config["seed"],
    script:
        "../../scripts/survey/simulate_careful.py"


rule describe_missing:
    input:
        responses="results/{study}/confidential/responses.csv",
        complete="results/{study}/confidential/complete.csv",
        codebook="results/{study}/survey/codebook.csv",
        missing="results/{study}/survey/missing.csv",
        imported="results/{study}/survey/ingest_responses.json",
        code=code("survey/describe_missing.py"),
    output:
        patterns="results/{study}/survey/missing_patterns.csv",
        little="results/{study}/survey/little.csv",
        values="results/{study}/survey/describe_missing.json",
    log:
        "logs/{study}/describe_missing.log",
    params:
        survey=lookup(dpath="{study}/survey", within=STUDIES),
        min_cell=lookup(dpath="{study}/min_cell", within=STUDIES),
    script:
        "../../scripts/survey/describe_missing.py"


rule compare_screening:
    input:
        responses="results/{study}/confidential/responses.csv",
        careless="results/{study}/confidential/careless.csv",
        attributes="results/{study}/survey/attributes.csv",
        codebook="results/{study}/survey/codebook.csv",
        code=code("needs/compare_screening.py"),
    output:
        needs="results/{study}/needs/screened_needs.csv",
        by_item="results/{study}/needs/screened_items.csv",
        values="results/{study}/needs/compare_screening.json",
    log:
        "logs/{study}/compare_screening.log",
    params:
        min_cell=lookup(dpath="{study}/min_cell", within=STUDIES),
        top=lookup(dpath="{study}/needs/top", within=STUDIES),
    script:
        "../../scripts/needs/compare_screening.py"


rule regress_satisfaction:
    input:
        responses="results/{study}/confidential/responses.csv",
        complete="results/{study}/confidential/complete.csv",
        aspects="results/{study}/survey/aspects.csv",
        codebook="results/{study}/survey/codebook.csv",
        missing="results/{study}/survey/missing.csv",
        code=code("needs/regress_satisfaction.py"),
    output:
        table="results/{study}/needs/satisfaction.csv",
        values="results/{study}/needs/regress_satisfaction.json",
    log:
        "logs/{study}/regress_satisfaction.log",
    params:
        survey=lookup(dpath="{study}/survey", within=STUDIES),
        needs=lookup(dpath="{study}/needs", within=STUDIES),
        seed=config["seed"],
    script:
        "../../scripts/needs/regress_satisfaction.py"


rule trace_answers:
    input:
        completed="results/{study}/survey/complete_responses.json",
        scales="results/{study}/survey/scales.csv",
        built="results/{study}/segments/build_features.json",
        ipa="results/{study}/needs/ipa.csv",
        kano="results/{study}/needs/kano.csv",
        white_space="results/{study}/needs/white_space.csv",
        drivers="results/{study}/needs/drivers.csv",
        derived="results/{study}/needs/derived_importance.csv",
        regression="results/{study}/needs/satisfaction.csv",
        regressed="results/{study}/needs/regress_satisfaction.json",
        code=code("needs/trace_answers.py"),
    output:
        table="results/{study}/needs/entrants.csv",
        values="results/{study}/needs/trace_answers.json",
    log:
        "logs/{study}/trace_answers.log",
    params:
        answered=lookup(dpath="{study}/segments/answered", within=STUDIES),
        imputations=lookup(dpath="{study}/needs/imputations", within=STUDIES),
    script:
        "../../scripts/needs/trace_answers.py"


rule draw_quality:
    input:
        flags="results/{study}/survey/careless_flags.csv",
        pairs="results/{study}/survey/careless_pairs.csv",
        patterns="results/{study}/survey/missing_patterns.csv",
        aspects="results/{study}/survey/aspects.csv",
        code=code("figures/draw_quality.py"),
    output:
        **drawn("quality", "careless_map", "missing_map"),
    log:
        "logs/{study}/draw_quality.log",
    params:
        min_cell=lookup(dpath="{study}/min_cell", within=STUDIES),
    script:
        "../../scripts/figures/draw_quality.py"
