"""What major customers need: importance against performance, Kano, white space, the ranking.

REQUIRED INPUTS: results/<study>/confidential/{complete,groups,units,weights}.csv; results/<study>/survey/{codebook,
                 attributes,aspects,products,missing}.csv
OUTPUTS:         results/<study>/needs/*.csv (aggregates only), a values file a rule, confidential/need_draws.csv
"""


rule derive_importance:
    input:
        complete="results/{study}/confidential/complete.csv",
        units="results/{study}/confidential/units.csv",
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
        units="results/{study}/confidential/units.csv",
        groups="results/{study}/confidential/groups.csv",
        attributes="results/{study}/survey/attributes.csv",
        codebook="results/{study}/survey/codebook.csv",
        derived="results/{study}/needs/derived_importance.csv",
        derived_draws="results/{study}/needs/derived_draws.csv",
        code=code("needs/map_importance_performance.py"),
    output:
        table=told_table("needs/ipa"),
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
        table=told_table("needs/kano"),
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
        table=told_table("needs/white_space"),
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
        units="results/{study}/confidential/units.csv",
        weights="results/{study}/confidential/weights.csv",
        groups="results/{study}/confidential/groups.csv",
        attributes="results/{study}/survey/attributes.csv",
        aspects="results/{study}/survey/aspects.csv",
        codebook="results/{study}/survey/codebook.csv",
        derived="results/{study}/needs/derived_importance.csv",
        kano="results/{study}/needs/kano.csv",
        white_space="results/{study}/needs/white_space.csv",
        code=code("needs/rank_needs.py"),
    output:
        needs=told_table("needs/needs"),
        draws="results/{study}/confidential/need_draws.csv",
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
