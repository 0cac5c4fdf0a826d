"""The audit: what every file of a study's results is made from, with hashes; and, outside `all`, two builds compared.

REQUIRED INPUTS: every output of the study's other rules, its raw files, all scripts, requirements.lock
OUTPUTS:         results/<study>/audit/provenance.json, SHA256SUMS (both read by `python -m scripts.audit.verify`);
                 results/compare/<before>__<after>/changes.md and changes.csv: what differs between two builds
                 (`make compare A=<before> B=<after>`; config.yaml, before and after)
"""

COMPARED = [builds.folder(name, RUN.studies) for name in (RUN.before, RUN.after) if name]
COMPARISON = f"results/compare/{'__'.join(map(builds.title, COMPARED)) or 'nothing'}"


rule record_provenance:
    input:
        files=recorded,
        uses="results/{study}/report/uses.json",
        lock="requirements.lock",
        code=code("audit/record_provenance.py"),
    output:
        provenance="results/{study}/audit/provenance.json",
        checksums="results/{study}/audit/SHA256SUMS",
    log:
        "logs/{study}/record_provenance.log",
    params:
        graph=graph,
        git=sources_commit,
        study="{study}",
        settings=lookup(dpath="{study}", within=STUDIES),
        seed=config["seed"],
    script:
        "../../scripts/audit/record_provenance.py"


rule compare_runs:
    input:
        records=[f"{place}/{builds.RECORD}" for place in COMPARED],
        code=code("audit/compare_runs.py"),
    output:
        page=f"{COMPARISON}/changes.md",
        table=f"{COMPARISON}/changes.csv",
    log:
        "logs/compare/compare_runs.log",
    params:
        builds=COMPARED,
    script:
        "../../scripts/audit/compare_runs.py"
