"""How a page carries a figure: what may stand in it, and what changes on the way."""

import re

import pytest

from scripts.lib.job import InputError
from scripts.report import carry

OPEN = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">'


def carried(path, inner, alt="What it says"):
    path.write_text(f"<?xml version='1.0'?>{OPEN}{inner}</svg>", encoding="utf-8")
    return carry.picture({"id": "c1-f2", "file": str(path), "alt": alt})


def test_styles_become_attributes_and_coordinates_are_rounded(tmp_path):
    style = 'style="fill: #0f4c5c; stroke-width: 0.655"'
    inner = f'<g id="patch_1"><path id="p" d="M 1.23456 2 \nL 3.999 -4.5 \nz\n" {style}/></g>'
    said = carried(tmp_path / "a.svg", inner)
    assert '<path d="M1.23 2L4-4.5z" fill="#0f4c5c" stroke-width="0.655"/></svg>' in said
    assert said.startswith('<svg role="img" aria-label="What it says" viewBox="0 0 9 9"')


def test_parts_that_are_referred_to_get_the_name_of_the_figure(tmp_path):
    inner = (
        '<defs><path id="m1" d="M 0 0"/><clipPath id="c1"><rect x="0" y="0" width="9" height="9"/></clipPath></defs>'
        '<use xlink:href="#m1" x="1" y="2" clip-path="url(#c1)"/>'
    )
    said = carried(tmp_path / "a.svg", inner)
    names = re.findall(r'id="([^"]*)"', said)
    assert sorted(names) == ["c1-f2-1", "c1-f2-2"]
    assert f'href="#{names[0]}"' in said
    assert f'clip-path="url(#{names[1]})"' in said


def test_a_colour_beside_a_pattern_stays_a_colour(tmp_path):
    pattern = '<defs><pattern id="h1" width="2" height="2"><path d="M 0 0" style="fill: #c9d3d6"/></pattern></defs>'
    said = carried(tmp_path / "a.svg", f'{pattern}<path d="M 1 1" style="fill: url(#h1); stroke: #c9d3d6"/>')
    assert 'fill="url(#c1-f2-1)" stroke="#c9d3d6"' in said
    assert '<path d="M0 0" fill="#c9d3d6"/>' in said


def test_text_stays_text(tmp_path):
    said = carried(tmp_path / "a.svg", '<text x="1" y="2">a &lt; b &amp; "大客户"</text>', alt='1 < 2 "so"')
    assert '<text x="1" y="2">a &lt; b &amp; "大客户"</text>' in said
    assert 'aria-label="1 &lt; 2 &quot;so&quot;"' in said
    assert carry.words(said) == 'a < b & "大客户"'


@pytest.mark.parametrize(
    ("inner", "wanted"),
    [
        ("<script>alert(1)</script>", "found <script>"),
        ('<foreignObject width="1" height="1"/>', "found <foreignObject>"),
        ('<path d="M 0 0" onclick="alert(1)"/>', "found 'onclick'"),
        ('<image xlink:href="https://example.org/a.png"/>', "found a link to https://example.org/a.png"),
        ('<path d="M 0 0" style="filter: blur(1px)"/>', "found 'filter'"),
        ("<g>", "found no SVG"),
    ],
)
def test_what_no_figure_of_ours_holds_is_refused(tmp_path, inner, wanted):
    with pytest.raises(InputError, match=re.escape(wanted)):
        carried(tmp_path / "a.svg", inner)


def test_a_table_is_carried_byte_for_byte(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b'a,b\n1,"x\r\n\xe5\xa4\xa7"\n')
    assert carry.unpacked(carry.packed(path)) == path.read_bytes()
    for wrong in ("", "AAAA", "not base64!"):
        with pytest.raises(ValueError, match="found no packed file"):
            carry.unpacked(wrong)
