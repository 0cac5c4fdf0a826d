"""How long the name of a group may be, so that it stands in the head of a column in tables and figures."""

import textwrap

NAME_EN, NAME_ZH = 64, 32  # signs; a Chinese sign is as wide as two others
MORE = "…"


def shorten(text: str, width: int) -> str:
    """A text of at most ``width`` signs, cut between words where it has any."""
    if len(text) <= width:
        return text
    short = textwrap.shorten(text, width, placeholder=MORE)
    return short if short != MORE else text[: width - 1] + MORE
