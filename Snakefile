"""Major customers: from raw files to a seven-chapter report, every number traceable.

Rule files lie in workflow/rules by stage; rule R of stage S runs scripts/S/R.py. A study is config/studies/<study>.yaml
and the folder of raw files that it names. Start with workflow/rules/common.smk.
"""

from snakemake.utils import min_version

min_version("9.19")


configfile: "config/config.yaml"


include: "workflow/rules/common.smk"
include: "workflow/rules/lineage.smk"
include: "workflow/rules/handed_on.smk"
include: "workflow/rules/literature.smk"
include: "workflow/rules/survey.smk"
include: "workflow/rules/customers.smk"
include: "workflow/rules/sample.smk"
include: "workflow/rules/environment.smk"
include: "workflow/rules/validity.smk"
include: "workflow/rules/segments.smk"
include: "workflow/rules/needs.smk"
include: "workflow/rules/problems.smk"
include: "workflow/rules/quality.smk"
include: "workflow/rules/strategy.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/figures_survey.smk"
include: "workflow/rules/chapters.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/guide.smk"
include: "workflow/rules/pack.smk"
include: "workflow/rules/audit.smk"
include: "workflow/rules/validation.smk"


rule all:
    default_target: True
    input:
        expand("results/{study}/report/chapter_{n}.md", study=STUDIES, n=range(1, 8)),
        expand("results/{study}/report/report.{format}", study=STUDIES, format=["html", "pdf", "docx"]),
        expand("results/{study}/{guide}", study=STUDIES, guide=["datapackage.json", "index.html"]),
        expand("results/{study}/audit/provenance.json", study=STUDIES),
        [results_of(study) for study in STUDIES],  # all else, so that what is deleted is made again


onstart:
    HERE.build()


onsuccess:
    print("" if COMPARED else reports(STUDIES), file=sys.stderr)


onerror:
    print(fault_lines(), file=sys.stderr)
