"""What major customers need: importance against performance, Kano, white space, the ranking, the problems settled.

REQUIRED INPUTS: results/<study>/confidential/{complete,groups}.csv; results/<study>/survey/{codebook,attributes,
                 aspects,products,missing}.csv; results/<study>/environment/factors.csv
OUTPUTS:         results/<study>/needs/*.csv (aggregates only) and a values file a rule
"""


rule derive_importance:
    input:
        complete="results/{study}/confidential/complete.csv",
        attributes="results/{study}/survey/attributes.csv",
        codebook="results/{study}/survey/codebook.csv",
        missing="results/{study}/survey/missing.csv",
        code=code("needs/derive_importance.py"),
    output:
        table="results/{study}/needs/derived_importance.csv",
        draws="results/{study}/needs/derived_draws.csv",
        values="results/{study}/needs/derive_importance.json",
    log:
        "logs/{study}/derive_importance.log",
    params:
        needs=lookup(dpath="{study}/needs", within=STUDIES),
        seed=config["seed"],
    script:
        "../../scripts/needs/derive_importance.py"


rule map_importance_performance:
    input:
        complete="results/{study}/confidential/complete.csv",
        groups="results/{study}/confidential/groups.csv",
        attributes="results/{study}/survey/attributes.csv",
        codebook="results/{study}/survey/codebook.csv",
        derived="results/{study}/needs/derived_importance.csv",
        derived_draws="results/{study}/needs/derived_draws.csv",
        code=code("needs/map_importance_performance.py"),
    output:
        table="results/{study}/needs/ipa.csv",
        grid="results/{study}/needs/ipa_grid.csv",
        values="results/{study}/needs/map_importance_performance.json",
    log:
        "logs/{study}/map_importance_performance.log",
    params:
        needs=lookup(dpath="{study}/needs", within=STUDIES),
        min_cell=lookup(dpath="{study}/min_cell", within=STUDIES),
        seed=config["seed"],
    script:
        "../../scripts/needs/map_importance_performance.py"


rule classify_kano:
    input:
        complete="results/{study}/confidential/complete.csv",
        groups="results/{study}/confidential/groups.csv",
        attributes="results/{study}/survey/attributes.csv",
        instrument=raw("instrument"),
        code=code("needs/classify_kano.py"),
    output:
        table="results/{study}/needs/kano.csv",
        values="results/{study}/needs/classify_kano.json",
    log:
        "logs/{study}/classify_kano.log",
    params:
        needs=lookup(dpath="{study}/needs", within=STUDIES),
        min_cell=lookup(dpath="{study}/min_cell", within=STUDIES),
    script:
        "../../scripts/needs/classify_kano.py"


rule find_white_space:
    input:
        complete="results/{study}/confidential/complete.csv",
        groups="results/{study}/confidential/groups.csv",
        codebook="results/{study}/survey/codebook.csv",
        products="results/{study}/survey/products.csv",
        code=code("needs/find_white_space.py"),
    output:
        table="results/{study}/needs/white_space.csv",
        values="results/{study}/needs/find_white_space.json",
    log:
        "logs/{study}/find_white_space.log",
    params:
        min_cell=lookup(dpath="{study}/min_cell", within=STUDIES),
    script:
        "../../scripts/needs/find_white_space.py"


rule measure_loyalty:
    input:
        complete="results/{study}/confidential/complete.csv",
        groups="results/{study}/confidential/groups.csv",
        codebook="results/{study}/survey/codebook.csv",
        code=code("needs/measure_loyalty.py"),
    output:
        table="results/{study}/needs/drivers.csv",
        values="results/{study}/needs/measure_loyalty.json",
    log:
        "logs/{study}/measure_loyalty.log",
    params:
        min_cell=lookup(dpath="{study}/min_cell", within=STUDIES),
    script:
        "../../scripts/needs/measure_loyalty.py"


rule rank_needs:
    input:
        complete="results/{study}/confidential/complete.csv",
        groups="results/{study}/confidential/groups.csv",
        attributes="results/{study}/survey/attributes.csv",
        aspects="results/{study}/survey/aspects.csv",
        codebook="results/{study}/survey/codebook.csv",
        derived="results/{study}/needs/derived_importance.csv",
        kano="results/{study}/needs/kano.csv",
        white_space="results/{study}/needs/white_space.csv",
        code=code("needs/rank_needs.py"),
    output:
        needs="results/{study}/needs/needs.csv",
        draws="results/{study}/needs/need_draws.csv",
        focus="results/{study}/needs/management_focus.csv",
        content="results/{study}/needs/service_content.csv",
        strategy="results/{study}/needs/service_strategy.csv",
        values="results/{study}/needs/rank_needs.json",
    log:
        "logs/{study}/rank_needs.log",
    params:
        needs=lookup(dpath="{study}/needs", within=STUDIES),
        min_cell=lookup(dpath="{study}/min_cell", within=STUDIES),
        seed=config["seed"],
    script:
        "../../scripts/needs/rank_needs.py"


rule settle_problems:
    input:
        factors="results/{study}/environment/factors.csv",
        factor_tests="results/{study}/environment/factor_tests.csv",
        factors_file=raw("factors"),
        ipa="results/{study}/needs/ipa.csv",
        white_space="results/{study}/needs/white_space.csv",
        needs="results/{study}/needs/needs.csv",
        code=code("needs/settle_problems.py"),
    output:
        table="results/{study}/needs/problems.csv",
        values="results/{study}/needs/settle_problems.json",
    log:
        "logs/{study}/settle_problems.log",
    script:
        "../../scripts/needs/settle_problems.py"
