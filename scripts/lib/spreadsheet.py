r"""What a cell of text may hold in a table that a person opens in a spreadsheet.

A spreadsheet takes a cell that begins with ``=``, ``+``, ``-``, ``@`` or a tab for a formula and may
run it, and the texts of a study are anybody's. So the writer of tables puts an apostrophe before such a text, as people
do by hand, and the readers take it off again: figures and reports show the text as it came, and the audit compares it
so. A number is no formula, and neither is a cell of signs alone (``=~``, ``---``). What begins with an apostrophe
before such a sign gets one more, so that nothing is read back otherwise than it was written.

Signs that print nothing and may turn or break a page are left out: controls, marks of direction, byte order marks; a
carriage return, which would end the row for some readers, becomes the end of a line.
"""

import re

FORMULA = re.compile(r"'*[=+\-@\t].*\w", re.DOTALL)
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
RETURN = re.compile("\r\n?")
HARMFUL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def guarded(text: str) -> str:
    """A text as a table holds it."""
    text = HARMFUL.sub("", RETURN.sub("\n", text))
    return f"'{text}" if FORMULA.match(text) and not NUMBER.fullmatch(text) else text


def bare(cell: str) -> str:
    """The text of a cell of a table."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell
