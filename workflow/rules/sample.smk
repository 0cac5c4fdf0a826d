"""The sample: who answered, how far they stand for the customer list, and what that means for the results.

REQUIRED INPUTS: results/<study>/confidential/{complete,customers}.csv; results/<study>/survey/{codebook,options,
                 attributes}.csv and the values of ingest_responses, screen_responses and ingest_customers
OUTPUTS:         results/<study>/survey/: flow, sample, representativeness, respondents, waves, weighted
                 results/<study>/confidential/: units.csv, weights.csv (one row a respondent), margins.csv
STEPS:           units of the bootstrap; describe against the list -> rake where the difference calls for it; early
                 against late answers
"""


rule assign_units:
    input:
        complete="results/{study}/confidential/complete.csv",
        customers="results/{study}/confidential/customers.csv",
        code=code("survey/assign_units.py"),
    output:
        units="results/{study}/confidential/units.csv",
        values="results/{study}/survey/assign_units.json",
    log:
        "logs/{study}/assign_units.log",
    params:
        min_cell=lookup(dpath="{study}/min_cell", within=STUDIES),
    script:
        "../../scripts/survey/assign_units.py"


rule describe_sample:
    input:
        complete="results/{study}/confidential/complete.csv",
        codebook="results/{study}/survey/codebook.csv",
        options="results/{study}/survey/options.csv",
        imported="results/{study}/survey/ingest_responses.json",
        screened="results/{study}/survey/screen_responses.json",
        customers="results/{study}/confidential/customers.csv",
        customers_values="results/{study}/customers/ingest_customers.json",
        code=code("survey/describe_sample.py"),
    output:
        flow="results/{study}/survey/flow.csv",
        sample=told_table("survey/sample"),
        tested="results/{study}/survey/representativeness.csv",
        profile="results/{study}/survey/respondents.csv",
        values="results/{study}/survey/describe_sample.json",
    log:
        "logs/{study}/describe_sample.log",
    params:
        survey=lookup(dpath="{study}/survey", within=STUDIES),
        min_cell=lookup(dpath="{study}/min_cell", within=STUDIES),
    script:
        "../../scripts/survey/describe_sample.py"


rule weigh_responses:
    input:
        complete="results/{study}/confidential/complete.csv",
        customers="results/{study}/confidential/customers.csv",
        codebook="results/{study}/survey/codebook.csv",
        sample="results/{study}/survey/sample.csv",
        described="results/{study}/survey/describe_sample.json",
        code=code("survey/weigh_responses.py"),
    output:
        weights="results/{study}/confidential/weights.csv",
        margins="results/{study}/confidential/margins.csv",
        weighted="results/{study}/survey/weighted.csv",
        values="results/{study}/survey/weigh_responses.json",
    log:
        "logs/{study}/weigh_responses.log",
    params:
        survey=lookup(dpath="{study}/survey", within=STUDIES),
    script:
        "../../scripts/survey/weigh_responses.py"


rule compare_waves:
    input:
        complete="results/{study}/confidential/complete.csv",
        customers="results/{study}/confidential/customers.csv",
        codebook="results/{study}/survey/codebook.csv",
        attributes="results/{study}/survey/attributes.csv",
        code=code("survey/compare_waves.py"),
    output:
        table="results/{study}/survey/waves.csv",
        values="results/{study}/survey/compare_waves.json",
    log:
        "logs/{study}/compare_waves.log",
    params:
        survey=lookup(dpath="{study}/survey", within=STUDIES),
        min_cell=lookup(dpath="{study}/min_cell", within=STUDIES),
    script:
        "../../scripts/survey/compare_waves.py"
