"""What a reviewer takes away: the run crate of each study and, outside `all`, its pack (`snakemake pack`).

REQUIRED INPUTS: every output of the study's other rules, its raw files, all scripts, Snakefile, rule files, the lock
OUTPUTS:         results/<study>/ro-crate-metadata.json (Workflow Run RO-Crate, profile Provenance Run), audit/Snakefile
                 (the copy of the workflow that the profile wants in the crate); results/pack/<study>.zip
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


rule write_pack:
    input:
        files=packed,
        study="config/studies/{study}.yaml",
        template="report/pack.md.j2",
        code=code("pack/write_pack.py"),
    output:
        pack="results/pack/{study}.zip",
    log:
        "logs/{study}/write_pack.log",
    params:
        withheld=withheld,
        graph=graph,
        title=lookup(dpath="{study}/title/en", within=STUDIES),
        seed=config["seed"],
    script:
        "../../scripts/pack/write_pack.py"


rule pack:
    input:
        expand("results/pack/{study}.zip", study=STUDIES),
