"""Draw the report as one HTML file that asks nothing of any network.

Style, script, figures, faces and the tables behind tables and figures stand in the file. The Content-Security-Policy
forbids everything but these: style and script by their hashes, pictures and fonts as data. Chinese and figures are set
in the pinned face.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lxml import html

from scripts.lib.job import run
from scripts.report import carry
from scripts.report.chinese import faces
from scripts.report.dress import dress
from scripts.report.pandoc import pandoc
from scripts.report.words import node

POLICY = (
    "default-src 'none'; img-src data:; font-src data:; style-src 'sha256-{style}'; script-src 'sha256-{script}'; "
    "base-uri 'none'; form-action 'none'"
)
OPTIONS = ("--to", "html5", "--mathml", "--toc", "--toc-depth", "2", "--wrap", "none")


def source_hash(text: str) -> str:
    """A hash as a Content-Security-Policy writes it."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def carried(uses: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Elements with the tables behind tables and figures, and with the raw files that each file rests on."""
    behind = {use["file"] if use["kind"] == "table" else use["data"] for use in uses if "label" in use}
    files = [
        node("script", {"type": "text/plain", "id": f"file:{path}"}, carry.packed(path)) for path in sorted(behind)
    ]
    raw = json.dumps({use["file"]: use["raw_files"] for use in uses}, ensure_ascii=False, separators=(",", ":"))
    return [*files, node("script", {"type": "application/json", "id": "raw-files"}, raw.replace("<", "\\u003c"))]


def finish(tree: Any, uses: Sequence[Mapping[str, Any]], style: str, script: str, face: Path, second: Path) -> str:
    """Put style, script, faces, policy and what the page carries into it.

    Raises
    ------
    InputError
        If a face lacks a sign of the page.
    """
    pictures = {use["id"]: carry.picture(use) for use in uses if use["kind"] == "figure"}
    drawn = "".join(carry.words(picture) for picture in pictures.values())
    style = faces(html.tostring(tree, encoding="unicode", method="text"), drawn, face, second) + style
    last = tree.find("body/script")
    last.text, tree.find("head/style").text = script, style
    for block in carried(uses):
        last.addprevious(block)
    policy = POLICY.format(style=source_hash(style), script=source_hash(script))
    tree.find("head/meta[@http-equiv]").set("content", policy)
    page = html.tostring(tree, encoding="unicode", doctype="<!doctype html>").replace("</wbr>", "")
    return re.sub("<!--picture ([^-]+-f[0-9]+)-->", lambda found: pictures[found[1]], page) + "\n"


def draw(given: Any) -> str:
    """The page, from the inputs of the rule by name."""
    text, style, script, log = (
        Path(given[name]).read_text(encoding="utf-8") for name in ("report", "style", "script", "uses")
    )
    uses = json.loads(log)
    page = pandoc(text, "-f", "json", "--standalone", *OPTIONS, "--template", given["template"])
    tree = dress(page, {use["id"]: use for use in uses})
    return finish(tree, uses, style, script, Path(given["face"]), Path(given["signs"]))


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    Path(snakemake.output.page).write_text(draw(dict(snakemake.input.items())), encoding="utf-8")


if __name__ == "__main__":
    run(main, snakemake)
