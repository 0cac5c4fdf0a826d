"""Chinese among other signs, and how messages name a sign."""

import re
import unicodedata

# Ideographs, their punctuation, full-width forms.
CHINESE = "[\u2e80-\u9fff\uf900-\ufaff\ufe30-\uffef\U00020000-\U0010ffff]"
RUNS = re.compile(f"{CHINESE}+|(?:(?!{CHINESE}).)+", re.DOTALL)  # of Chinese signs, and of others


def name(sign: str) -> str:
    """A sign with its number and name."""
    return f"{sign} (U+{ord(sign):04X} {unicodedata.name(sign, '')})".replace(" )", ")")
