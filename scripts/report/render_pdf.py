"""Draw the report as a PDF with Typst: tagged and accessible (PDF/UA-1), for archives (PDF/A-2a).

Faces are those of the compiler and the pinned Chinese one; a sign that none of them has is an error, because it would
print as an empty box. The date in the file is the study's reference date, so that the same text gives the same bytes.
"""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

from scripts.lib.job import InputError, run
from scripts.lib.signs import named
from scripts.report.book import prepare
from scripts.report.pandoc import pandoc

LACKING = re.compile('the text `"(.+)"` could not be displayed')
STANDARDS = ["a-2a", "ua-1"]


def compile_pdf(source: str, fonts: str, date: str) -> bytes:
    """Compile Typst to PDF.

    Raises
    ------
    InputError
        If the compiler warns of anything, a missing sign above all.
    """
    moment = int(datetime.fromisoformat(date).replace(tzinfo=UTC).timestamp())
    try:
        made, warnings = typst.compile_with_warnings(
            source.encode(),
            root=".",
            font_paths=[fonts],
            ignore_system_fonts=True,
            pdf_standards=STANDARDS,
            timestamp=moment,
        )
    except typst.TypstError as error:
        if lacking := LACKING.search(error.message):
            signs = ", ".join(map(named, dict.fromkeys(lacking[1])))
            raise InputError(f"the PDF cannot be made: no face has {signs}; write this otherwise") from error
        raise InputError(f"the PDF cannot be made: {error.message}; {'; '.join(error.hints)}") from error
    if warnings:
        told = sorted({warning.message for warning in warnings})
        raise InputError(f"the PDF would not be whole: {'; '.join(told[:10])}")
    return bytes(made)


def draw(given: Any, author: str, date: str) -> bytes:
    """The PDF, from the inputs of the rule by name."""
    uses = {use["id"]: use for use in json.loads(Path(given["uses"]).read_text(encoding="utf-8"))}
    text = prepare(Path(given["report"]).read_text(encoding="utf-8"), uses)
    options = ["-f", "json", "--standalone", "--to", "typst-citations", "--wrap", "none", "--template"]
    named = f"author-string={json.dumps(author, ensure_ascii=False)}"
    source = pandoc(text, *options, given["template"], "--variable", named)
    return compile_pdf(source, str(Path(given["face"]).parent), date)


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    study = snakemake.params.study
    pdf = draw(dict(snakemake.input.items()), study["author"], study["reference_date"])
    Path(snakemake.output.pdf).write_bytes(pdf)


if __name__ == "__main__":
    run(main, snakemake)
