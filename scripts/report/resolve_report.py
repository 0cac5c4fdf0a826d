"""Number chapters, tables and figures, and resolve references and citations: once, for all formats of the report.

The result is pandoc's own document (JSON), from which every page is drawn. A reference to nothing, two things of one
name and a citation that no bibliography has are errors.
"""

from pathlib import Path
from typing import Any

from scripts.lib.job import run
from scripts.report.pandoc import MARKDOWN, pandoc


def resolve(given: Any) -> str:
    """The document, from the inputs of the rule by name.

    ``report`` is the text, ``front`` the front matter, ``uses`` the log of uses, ``numbering`` and ``names`` filters
    before and after the citations, ``csl`` the style of the references, ``literature`` and ``methods`` their files.
    """
    options = ["-f", MARKDOWN, "-t", "json", "--metadata-file", given["front"], "--metadata", f"uses={given['uses']}"]
    options += ["--lua-filter", given["numbering"], "--citeproc", "--csl", given["csl"], "--lua-filter", given["names"]]
    options += ["--bibliography", given["literature"], "--bibliography", given["methods"]]
    return pandoc(Path(given["report"]).read_text(encoding="utf-8"), *options)


def main(snakemake: Any) -> None:
    """Adapter: files in, file out."""
    Path(snakemake.output.document).write_text(resolve(dict(snakemake.input.items())), encoding="utf-8")


if __name__ == "__main__":
    run(main, snakemake)
