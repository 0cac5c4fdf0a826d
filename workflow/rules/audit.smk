"""The audit: what every file of a study's results is made from, with hashes.

REQUIRED INPUTS: every output of the study's other rules, its raw files, all scripts, requirements.lock
OUTPUTS:         results/<study>/audit/provenance.json, SHA256SUMS (both read by `python -m scripts.audit.verify`)
"""


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
    script:
        "../../scripts/audit/record_provenance.py"
