"""The guide to the results of a study: what every table and file is, for people and for programs.

REQUIRED INPUTS: every table, value file and figure of the study, its report; report/dictionary/*.yaml
OUTPUTS:         results/<study>/datapackage.json (Frictionless, the published tables), index.html (start here)
STEPS:           describe the tables -> write the guide; the audit then hashes both
"""


rule describe_tables:
    input:
        tables=tables_of,
        dictionary=dictionary.files(),
        code=code("guide/describe_tables.py"),
    output:
        package="results/{study}/datapackage.json",
    log:
        "logs/{study}/describe_tables.log",
    params:
        study=lookup(dpath="{study}", within=STUDIES),
        graph=graph,
    script:
        "../../scripts/guide/describe_tables.py"


rule write_guide:
    input:
        files=guided,
        uses="results/{study}/report/uses.json",
        dictionary=dictionary.files(),
        template="report/guide.html",
        styles=["report/page.css", "report/guide.css"],
        face=chinese_face(),
        code=code("guide/write_guide.py"),
    output:
        guide="results/{study}/index.html",
    log:
        "logs/{study}/write_guide.log",
    params:
        study=lookup(dpath="{study}", within=STUDIES),
        graph=graph,
    script:
        "../../scripts/guide/write_guide.py"
