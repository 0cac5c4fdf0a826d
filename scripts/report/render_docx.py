"""Draw the report as a Word file: a thesis on A4, whose numbers lead to their rows of the provenance table and back.

Text, tables and lists are written by word_blocks.py; pandoc writes pictures, notes and formulas with the template of
the document. Styles, settings, fonts, header and footer are the parts under report/word/ and take the place of pandoc's
own. Chinese is set in the pinned face, whose signs in use the file carries as a font, masked as the format asks
(ECMA-376, part 4): it shows where no Chinese font is installed, and a sign that the face lacks is an error. The file
holds one date, the study's reference date: the same text gives the same bytes.
"""

import hashlib
import io
import json
import re
import tempfile
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from scripts.lib import subset
from scripts.lib.job import run
from scripts.lib.signs import CHINESE
from scripts.report.chinese import refuse
from scripts.report.pandoc import pandoc
from scripts.report.tree import Node, Uses
from scripts.report.word_blocks import bitmap, prepare
from scripts.report.word_text import runs

# Part of the file: the input that holds it.
OURS = {
    "word/styles.xml": "styles",
    "word/settings.xml": "settings",
    "word/fontTable.xml": "fonts",
    "word/header.xml": "header",
    "word/footer.xml": "footer",
}
DROPPED = "docProps/custom.xml"  # pandoc's copy of all metadata
DOCUMENT, RELATIONS, CONTENTS, CORE = (
    "word/document.xml",
    "word/_rels/document.xml.rels",
    "[Content_Types].xml",
    "docProps/core.xml",
)
KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml"
TYPE = f'<Override PartName="/word/{{0}}.xml" ContentType="{KIND}.{{0}}+xml" />'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATION = f'<Relationship Type="{OFFICE}/{{0}}" Id="rId{{1}}" Target="{{0}}.xml" />'
EDGES = ("header", "footer")
FONT, FONT_TYPE = "fonts/chinese.odttf", "application/vnd.openxmlformats-officedocument.obfuscatedFont"
FONT_RELATION = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Type="{OFFICE}/font" Id="rIdFont" Target="{FONT}" /></Relationships>'
)
EMBEDDED = '<w:embedRegular r:id="rIdFont" w:fontKey="{key}" w:subsetted="true"/>'
MARK = re.compile(rb"<!--(\d+)-->")  # of a block that is set aside; a text cannot hold it, its "<" is "&lt;"
TITLE = "{http://purl.org/dc/elements/1.1/}title"
KINDS = "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}keywords"


def masked(font: bytes) -> tuple[str, bytes]:
    """A font as Word carries it: its key, a GUID from its content, and its bytes, the first 32 masked with the key."""
    digest = hashlib.sha256(font).hexdigest().upper()[:32]
    key = "-".join([digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:]])
    mask = bytes.fromhex(digest)[::-1] * 2
    return f"{{{key}}}", bytes(one ^ other for one, other in zip(font, mask, strict=False)) + font[32:]


def carry(parts: dict[str, bytes], signs: set[str], face: Path) -> None:
    """Put the Chinese signs in use into the file, as a font."""
    key, parts[f"word/{FONT}"] = masked(subset.truetype(signs, face))
    parts["word/_rels/fontTable.xml.rels"] = FONT_RELATION.encode()
    lines = {
        CONTENTS: (f'<Default Extension="odttf" ContentType="{FONT_TYPE}" />', "</Types>"),
        "word/fontTable.xml": (EMBEDDED.format(key=key), "</w:font>\n</w:fonts>"),
    }
    for name, (line, end) in lines.items():
        parts[name] = parts[name].replace(end.encode(), f"{line}{end}".encode())


def finish(parts: dict[str, bytes], given: Any) -> dict[str, bytes]:
    """Pandoc's parts with ours among them, and what names them in the lists of the file.

    Raises
    ------
    InputError
        If the pinned face lacks a Chinese sign of the text.
    """
    parts = {name: part for name, part in parts.items() if name != DROPPED}
    parts |= {name: Path(given[ours]).read_bytes() for name, ours in OURS.items()}
    core = ElementTree.fromstring(parts[CORE])
    words = {"title": core.findtext(TITLE, ""), "kinds": core.findtext(KINDS, "").replace(", ", " · ")}
    header = parts["word/header.xml"].decode()
    for name, text in words.items():
        header = header.replace(f"@{name}@", runs(text))
    parts["word/header.xml"] = header.encode()
    for name in (CONTENTS, "_rels/.rels"):
        parts[name] = re.sub(rb"<(Override|Relationship) [^>]*custom[.-][^>]*/>", b"", parts[name])
    for name, line, end in ((CONTENTS, TYPE, "</Types>"), (RELATIONS, RELATION, "</Relationships>")):
        lines = "".join(line.format(edge, edge.title()) for edge in EDGES)
        parts[name] = parts[name].replace(end.encode(), f"{lines}{end}".encode())
    signs, face = set(re.findall(CHINESE, parts[DOCUMENT].decode() + header)), Path(given["face"])
    refuse(subset.lacking(signs, face), face)
    if signs:
        carry(parts, signs, face)
    return parts


def packed(parts: dict[str, bytes]) -> bytes:
    """The parts as one file, without times; pictures are packed already."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, part in parts.items():
            how = zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
            package.writestr(zipfile.ZipInfo(name), part, how)
    return buffer.getvalue()


def set_aside(blocks: Sequence[Node]) -> list[str]:
    """The blocks that are written already, with a mark in the place of each."""
    ours = [block["c"] for block in blocks if block["t"] == "RawBlock"]
    texts = [text for _, text in ours]
    for number, content in enumerate(ours):
        content[1] = f"<!--{number}-->"
    return texts


def written(tree: Node, uses: Uses, template: str, moment: int) -> dict[str, bytes]:
    """The parts of the file: pandoc writes what is not written already.

    It would decode each picture for its size, which the text says already, so it gets a file with the picture's name.
    """
    texts = set_aside(tree["blocks"])
    with tempfile.TemporaryDirectory() as folder:
        for path in (bitmap(use) for use in uses.values() if use["kind"] == "figure"):
            stand_in = Path(folder, path)
            stand_in.parent.mkdir(parents=True, exist_ok=True)
            stand_in.write_text(path, encoding="utf-8")
        file = f"{folder}/report.docx"
        options = ["-f", "json", "--standalone", "--template", template, "--resource-path", folder]
        pandoc(json.dumps(tree, ensure_ascii=False), *options, "-t", "docx", "-o", file, moment=moment)
        with zipfile.ZipFile(file) as package:
            parts = {name: package.read(name) for name in package.namelist()}
    pictures = (name for name in parts if name.startswith("word/media/"))
    parts |= {name: Path(parts[name].decode()).read_bytes() for name in pictures}
    return parts | {DOCUMENT: MARK.sub(lambda found: texts[int(found[1])].encode(), parts[DOCUMENT])}


def draw(given: Any, date: str) -> bytes:
    """The Word file, from the inputs of the rule by name."""
    uses = {use["id"]: use for use in json.loads(Path(given["uses"]).read_text(encoding="utf-8"))}
    tree = prepare(Path(given["report"]).read_text(encoding="utf-8"), uses)
    moment = int(datetime.fromisoformat(date).replace(tzinfo=UTC).timestamp())
    return packed(finish(written(tree, uses, given["template"], moment), given))


def main(snakemake: Any) -> None:
    """Adapter: files in, file out."""
    docx = draw(dict(snakemake.input.items()), snakemake.params.study["reference_date"])
    Path(snakemake.output.docx).write_bytes(docx)


if __name__ == "__main__":
    run(main, snakemake)
