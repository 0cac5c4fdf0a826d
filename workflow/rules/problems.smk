"""The supposed problems, settled by what customers need and by how concentrated market and value are.

REQUIRED INPUTS: the study's factors; results/<study>/needs/{ipa,white_space}.csv; results/<study>/environment/{factors.csv,
                 factor_tests.csv,measure_concentration.json}; results/<study>/confidential/customer_groups.csv
OUTPUTS:         results/<study>/needs/{problems.csv,settle_problems.json}
"""


rule settle_problems:
    input:
        factors="results/{study}/environment/factors.csv",
        factor_tests="results/{study}/environment/factor_tests.csv",
        factors_file=raw("factors"),
        ipa="results/{study}/needs/ipa.csv",
        white_space="results/{study}/needs/white_space.csv",
        concentration="results/{study}/environment/measure_concentration.json",
        customer_groups="results/{study}/confidential/customer_groups.csv",
        code=code("needs/settle_problems.py"),
    output:
        table=told_table("needs/problems"),
        values="results/{study}/needs/settle_problems.json",
    log:
        "logs/{study}/settle_problems.log",
    params:
        needs=lookup(dpath="{study}/needs", within=STUDIES),
        min_cell=lookup(dpath="{study}/min_cell", within=STUDIES),
        seed=config["seed"],
    script:
        "../../scripts/needs/settle_problems.py"
