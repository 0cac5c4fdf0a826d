"""The supposed problems, settled by what the needs analysis found.

REQUIRED INPUTS: the study's factors; results/<study>/environment/factors.csv; results/<study>/needs/{ipa,white_space,
                 needs}.csv
OUTPUTS:         results/<study>/needs/problems.csv and settle_problems.json
"""


rule settle_problems:
    input:
        factors="results/{study}/environment/factors.csv",
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
