"""What a reviewer takes away: the run crate, and the pack of each study.

REQUIRED INPUTS: every published output of the study's other rules, its raw files, all scripts, Snakefile, rule files
OUTPUTS:         results/<study>/ro-crate-metadata.json (Workflow Run RO-Crate, profile Provenance Run) with a copy of
                 the Snakefile in audit/
"""


rule write_crate:
    input:
        files=crated,
        workflow="Snakefile",
        rules=RULE_FILES,
        lock=LOCK,
        code=code("audit/write_crate.py"),
    output:
        crate="results/{study}/ro-crate-metadata.json",
        workflow="results/{study}/audit/Snakefile",
    log:
        "logs/{study}/write_crate.log",
    params:
        graph=graph,
        scripts=scripts,
        settings=lookup(dpath="{study}", within=STUDIES),
        seed=config["seed"],
    script:
        "../../scripts/audit/write_crate.py"
