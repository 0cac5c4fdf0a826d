"""What is handed on: shown by `snakemake --report`, under stage and study, worded; and packed. No rules here.

told(path, stage, ..)       output: a file that the report shows, with a caption from report/captions/<stage>.rst
told_figure(path, values)   output: a figure; its title is the one in the values of its step
told_table("needs/needs")   output: a main table; its title is the one in report/dictionary/<stage>.yaml
packed                      input: every file of a build that may leave the house
withheld                    params: why the others stay

A caption prints the settings of its study, which `config["settings"]` holds for that one purpose. Titles are read when
the report is made; a changed caption or title runs nothing again.
"""

import json

from scripts.pack import sharing

ORDER = ["literature", "environment", "survey", "validity", "customers", "segments", "needs", "strategy", "report"]
STAGE_OF = {
    "factors": "environment",
    "quality": "survey",
    "route": "report",
    "workflow": "report",
}  # steps that draw for another stage

config["settings"] = STUDIES


report: "../../report/captions/workflow.rst"


def described(stage):
    """What the dictionary says of a stage."""
    return read_yaml(f"report/dictionary/{stage}.yaml")


def study_title(wildcards):
    """Subcategory: the title of a study."""
    return STUDIES[wildcards.study]["title"]["en"]


def told(path, stage, title):
    """Output: a file that the report shows; ``title`` is a text, or a function of the study's name."""
    place = ORDER.index(stage) + 1

    def category(wildcards):
        return f"{place} {described(stage)['title']['en']}"

    def labels(wildcards):
        study = wildcards.study
        made = graph_of(study)
        kinds = lineage.kinds_of(path.format(study=study), made, {raw: one["kind"] for raw, one in made["raw"].items()})
        return {"title": title(study) if callable(title) else title, "rests on data": ", ".join(kinds)}

    caption = f"../../report/captions/{stage}.rst"
    return report(path, category=category, subcategory=study_title, labels=labels, caption=caption)


def told_figure(path, values):
    """Output: a figure, with its title in the values of its step."""
    step, name = Path(values).stem.removeprefix("draw_"), Path(path).stem

    def title(study):
        figures = json.loads(Path(values.format(study=study)).read_text(encoding="utf-8"))["figures"]
        what = "Figure" if figures[name]["status"] == "ok" else "Figure, not drawn"
        return f"{what}: {figures[name]['title']['en']}"

    return told(path, STAGE_OF.get(step, step), title)


def told_table(name):
    """Output: a main table, with its title in the dictionary."""
    stage, _, table = name.partition("/")

    def title(study):
        return f"Table: {described(stage)['tables'][table]['title']['en']}"

    return told(f"results/{{study}}/{name}.csv", stage, title)


def withheld(wildcards):
    """Params: why files of a build stay at home, {path: reason}."""
    model = MODELS[wildcards.study]
    keys = {str(locate(model, file)): key for key, file in checks.raw_files(model).items()}
    return sharing.withheld(hashed(wildcards, after=[]), wildcards.study, keys, declared(wildcards.study))


def packed(wildcards):
    """Input function: every file of a build that may leave the house."""
    stays = withheld(wildcards)
    return [path for path in hashed(wildcards, after=[]) if path not in stays]
