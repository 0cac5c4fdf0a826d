"""The literature: from BibTeX and a coding sheet to a selection and its map.

REQUIRED INPUTS: the study's literature, its coding sheet and list of topics, and the records of the methods; a study may
                 have a log of searches and a second coder's sheet
OUTPUTS:         results/<study>/literature/: records.csv (all records, verified or not), abstracts.csv, coding.csv,
                 searches.csv, agreement.csv (of two coders), screened.csv and flow.csv (the selection; counts add up),
                 trend.csv, topics.csv, topic_region.csv, topic_customer.csv (empty cells kept), key_works.csv,
                 region_works.csv, keyword_pairs.csv, themes.csv
STEPS:           ingest -> screen -> map
"""


rule ingest_literature:
    input:
        literature=raw("literature"),
        methods=raw("methods"),
        coding=raw("coding"),
        topics=raw("topics"),
        search_log=raw("search_log"),
        coding_second=raw("coding_second"),
        code=code("literature/ingest_literature.py"),
    output:
        records="results/{study}/literature/records.csv",
        abstracts="results/{study}/literature/abstracts.csv",
        coding="results/{study}/literature/coding.csv",
        searches="results/{study}/literature/searches.csv",
        agreement="results/{study}/literature/agreement.csv",
        values="results/{study}/literature/ingest_literature.json",
    log:
        "logs/{study}/ingest_literature.log",
    params:
        study="{study}",
    script:
        "../../scripts/literature/ingest_literature.py"


rule screen_literature:
    input:
        records="results/{study}/literature/records.csv",
        coding="results/{study}/literature/coding.csv",
        searches="results/{study}/literature/searches.csv",
        code=code("literature/screen_literature.py"),
    output:
        screened="results/{study}/literature/screened.csv",
        flow=told_table("literature/flow"),
        values="results/{study}/literature/screen_literature.json",
    log:
        "logs/{study}/screen_literature.log",
    script:
        "../../scripts/literature/screen_literature.py"


rule map_literature:
    input:
        records="results/{study}/literature/records.csv",
        screened="results/{study}/literature/screened.csv",
        coding="results/{study}/literature/coding.csv",
        abstracts="results/{study}/literature/abstracts.csv",
        searches="results/{study}/literature/searches.csv",
        topics=raw("topics"),
        code=code("literature/map_literature.py"),
    output:
        trend="results/{study}/literature/trend.csv",
        topics="results/{study}/literature/topics.csv",
        topic_region="results/{study}/literature/topic_region.csv",
        topic_customer="results/{study}/literature/topic_customer.csv",
        key_works="results/{study}/literature/key_works.csv",
        region_works="results/{study}/literature/region_works.csv",
        keyword_pairs="results/{study}/literature/keyword_pairs.csv",
        themes="results/{study}/literature/themes.csv",
        values="results/{study}/literature/map_literature.json",
    log:
        "logs/{study}/map_literature.log",
    params:
        study="{study}",
        literature=lookup(dpath="{study}/literature", within=STUDIES),
        seed=config["seed"],
    script:
        "../../scripts/literature/map_literature.py"
