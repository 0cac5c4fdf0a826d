"""Draw the report as one HTML file that asks nothing of any network.

Style, script, figures, their data and the Chinese signs in use stand in the file. The Content-Security-Policy forbids
everything but these: style and script by their hashes, pictures and fonts as data. Chinese is set in the pinned face.
"""

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

from scripts.lib.job import run
from scripts.report.chinese import embedded
from scripts.report.pandoc import MARKDOWN, pandoc

RANGE = "U+2E80-9FFF, U+F900-FAFF, U+FE30-FFEF, U+20000-3FFFF"
POLICY = (
    "default-src 'none'; img-src data:; font-src data:; style-src 'sha256-{style}'; script-src 'sha256-{script}'; "
    "base-uri 'none'; form-action 'none'"
)


def page_options(given: Any) -> list[str]:
    """Options of pandoc that HTML and PDF share, from the inputs of their rules.

    ``numbering`` and ``drawing`` are filters, before and after the citations; ``front`` the front matter, ``uses`` the
    log of uses, ``csl`` the style of the references, ``literature`` and ``methods`` their files.
    """
    options = ["-f", MARKDOWN, "--standalone", "--metadata-file", given["front"], "--metadata", f"uses={given['uses']}"]
    options += [
        "--lua-filter",
        given["numbering"],
        "--citeproc",
        "--csl",
        given["csl"],
        "--lua-filter",
        given["drawing"],
    ]
    return [*options, "--bibliography", given["literature"], "--bibliography", given["methods"]]


def source_hash(text: str) -> str:
    """A hash as a Content-Security-Policy writes it."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def finish(page: str, style: str, script: str, face: Path) -> str:
    """Put style, script, face and policy into the page.

    Raises
    ------
    InputError
        If the face lacks a sign of the page.
    """
    font = embedded(page + style, face)
    if font:
        source = f"url(data:font/woff;base64,{font}) format('woff')"
        style = f"@font-face {{ font-family: 'Report Chinese'; src: {source}; unicode-range: {RANGE}; }}\n{style}"
    parts = {"style": style, "script": script}
    parts["policy"] = POLICY.format(style=source_hash(style), script=source_hash(script))
    return re.sub("@(style|script|policy)@", lambda found: parts[found[1]], page)


def draw(given: Any) -> str:
    """The page, from the inputs of the rule by name."""
    text, style, script = (Path(given[name]).read_text(encoding="utf-8") for name in ("report", "style", "script"))
    options = ["--to", "html5", "--mathml", "--toc", "--toc-depth", "2", "--wrap", "none", "--template"]
    page = pandoc(text, *page_options(given), *options, given["template"])
    return finish(page, style, script, Path(given["face"]))


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    Path(snakemake.output.page).write_text(draw(dict(snakemake.input.items())), encoding="utf-8")


if __name__ == "__main__":
    run(main, snakemake)
