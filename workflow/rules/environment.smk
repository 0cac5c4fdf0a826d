"""The environment: figures on the region, concentration of the market, factors and their matrices.

REQUIRED INPUTS: none; a study may have indicators, institutions, outlets, payment codes and factors, each by itself
OUTPUTS:         results/<study>/environment/: indicators.csv, shares.csv, outlets.csv, payment_codes.csv,
                 missing_figures.csv (what to supply), regions.csv (home beside country, peers and coast),
                 development.csv (how far the region is behind), concentration.csv, factors.csv, matrices.csv (EFE, IFE),
                 rater_scores.csv, factor_tests.csv (by number items of the survey), swot.csv, tows.csv
STEPS:           ingest -> compare regions, measure concentration, weigh factors; test factors on the answers
"""


rule ingest_environment:
    input:
        indicators=raw("indicators"),
        institutions=raw("institutions"),
        outlets=raw("outlets"),
        cnaps=raw("cnaps"),
        code=code("environment/ingest_environment.py"),
    output:
        indicators="results/{study}/environment/indicators.csv",
        shares="results/{study}/environment/shares.csv",
        outlets="results/{study}/environment/outlets.csv",
        payment_codes="results/{study}/environment/payment_codes.csv",
        missing_figures="results/{study}/environment/missing_figures.csv",
        values="results/{study}/environment/ingest_environment.json",
    log:
        "logs/{study}/ingest_environment.log",
    params:
        study="{study}",
        region=lookup(dpath="{study}/region", within=STUDIES),
        bank=lookup(dpath="{study}/bank", within=STUDIES),
    script:
        "../../scripts/environment/ingest_environment.py"


rule compare_regions:
    input:
        indicators="results/{study}/environment/indicators.csv",
        code=code("environment/compare_regions.py"),
    output:
        regions=told_table("environment/regions"),
        development="results/{study}/environment/development.csv",
        values="results/{study}/environment/compare_regions.json",
    log:
        "logs/{study}/compare_regions.log",
    params:
        region=lookup(dpath="{study}/region", within=STUDIES),
        environment=lookup(dpath="{study}/environment", within=STUDIES),
    script:
        "../../scripts/environment/compare_regions.py"


rule measure_concentration:
    input:
        outlets="results/{study}/environment/outlets.csv",
        shares="results/{study}/environment/shares.csv",
        payment_codes="results/{study}/environment/payment_codes.csv",
        code=code("environment/measure_concentration.py"),
    output:
        concentration=told_table("environment/concentration"),
        values="results/{study}/environment/measure_concentration.json",
    log:
        "logs/{study}/measure_concentration.log",
    params:
        region=lookup(dpath="{study}/region", within=STUDIES),
    script:
        "../../scripts/environment/measure_concentration.py"


rule weigh_factors:
    input:
        factors=raw("factors"),
        strategy=raw("strategy"),
        indicators="results/{study}/environment/indicators.csv",
        records="results/{study}/literature/records.csv",
        code=code("environment/weigh_factors.py"),
    output:
        factors=told_table("environment/factors"),
        matrices="results/{study}/environment/matrices.csv",
        rater_scores="results/{study}/environment/rater_scores.csv",
        swot="results/{study}/environment/swot.csv",
        tows="results/{study}/environment/tows.csv",
        values="results/{study}/environment/weigh_factors.json",
    log:
        "logs/{study}/weigh_factors.log",
    params:
        study="{study}",
        environment=lookup(dpath="{study}/environment", within=STUDIES),
    script:
        "../../scripts/environment/weigh_factors.py"


rule test_factors:
    input:
        factors=raw("factors"),
        complete="results/{study}/confidential/complete.csv",
        codebook="results/{study}/survey/codebook.csv",
        code=code("environment/test_factors.py"),
    output:
        factor_tests="results/{study}/environment/factor_tests.csv",
        values="results/{study}/environment/test_factors.json",
    log:
        "logs/{study}/test_factors.log",
    params:
        study="{study}",
    script:
        "../../scripts/environment/test_factors.py"
