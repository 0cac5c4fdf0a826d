"""The survey: from the file of answers to usable answers and what they can carry.

REQUIRED INPUTS: the study's instrument and responses
OUTPUTS:         results/<study>/survey/: codebook, attributes, options, products, aspects, constructs (the instrument
                 as tables), import counts, careless flags, missing answers, items and scales
                 results/<study>/confidential/: responses.csv, careless.csv, complete.csv (one row a respondent)
STEPS:           ingest -> screen -> complete -> assess the scales; the sample is described in sample.smk
"""


rule ingest_responses:
    input:
        responses=raw("responses"),
        instrument=raw("instrument"),
        code=code("survey/ingest_responses.py"),
    output:
        responses="results/{study}/confidential/responses.csv",
        codebook="results/{study}/survey/codebook.csv",
        attributes="results/{study}/survey/attributes.csv",
        aspects="results/{study}/survey/aspects.csv",
        products="results/{study}/survey/products.csv",
        options="results/{study}/survey/options.csv",
        constructs="results/{study}/survey/constructs.csv",
        sections="results/{study}/survey/sections.csv",
        questionnaire="results/{study}/survey/questionnaire.csv",
        values="results/{study}/survey/ingest_responses.json",
    log:
        "logs/{study}/ingest_responses.log",
    params:
        study="{study}",
        survey=lookup(dpath="{study}/survey", within=STUDIES),
        bank=lookup(dpath="{study}/bank", within=STUDIES),
        subset=lookup(dpath="{study}/subset", within=STUDIES),
    script:
        "../../scripts/survey/ingest_responses.py"


rule screen_responses:
    input:
        responses="results/{study}/confidential/responses.csv",
        codebook="results/{study}/survey/codebook.csv",
        code=code("survey/screen_responses.py"),
    output:
        careless="results/{study}/confidential/careless.csv",
        flags="results/{study}/survey/careless_flags.csv",
        pairs="results/{study}/survey/careless_pairs.csv",
        values="results/{study}/survey/screen_responses.json",
    log:
        "logs/{study}/screen_responses.log",
    params:
        survey=lookup(dpath="{study}/survey", within=STUDIES),
        min_cell=lookup(dpath="{study}/min_cell", within=STUDIES),
    script:
        "../../scripts/survey/screen_responses.py"


rule complete_responses:
    input:
        responses="results/{study}/confidential/responses.csv",
        careless="results/{study}/confidential/careless.csv",
        codebook="results/{study}/survey/codebook.csv",
        code=code("survey/complete_responses.py"),
    output:
        complete="results/{study}/confidential/complete.csv",
        missing="results/{study}/survey/missing.csv",
        values="results/{study}/survey/complete_responses.json",
    log:
        "logs/{study}/complete_responses.log",
    params:
        survey=lookup(dpath="{study}/survey", within=STUDIES),
    script:
        "../../scripts/survey/complete_responses.py"


rule assess_scales:
    input:
        complete="results/{study}/confidential/complete.csv",
        codebook="results/{study}/survey/codebook.csv",
        constructs="results/{study}/survey/constructs.csv",
        missing="results/{study}/survey/missing.csv",
        code=code("survey/assess_scales.py"),
    output:
        item_statistics=told_table("survey/items"),
        scales=told_table("survey/scales"),
        values="results/{study}/survey/assess_scales.json",
    log:
        "logs/{study}/assess_scales.log",
    params:
        survey=lookup(dpath="{study}/survey", within=STUDIES),
        scales=lookup(dpath="{study}/scales", within=STUDIES),
    script:
        "../../scripts/survey/assess_scales.py"
