"""Values: what an analysis says besides its tables, as plain JSON with its warnings.

Every analysis rule writes ``<rule>.json``. Its ``status`` is one of

``ok``       the result is there;
``absent``   the study does not have the input (no Kano pairs, no customer list);
``refused``  the input is there, but does not carry the method (too few answers, gate not passed).

``absent`` and ``refused`` carry a ``reason`` of one sentence, which the report prints in place of the result.
"""

import json
import math
from pathlib import Path
from typing import Any

from scripts.lib.tables import DECIMALS

Text = dict[str, str]
SEVERITIES = ("note", "caution", "serious")


def text(en: str, zh: str) -> Text:
    """One sentence in the report's two languages."""
    return {"en": en, "zh": zh}


def count(n: int, one: str, several: str) -> str:
    """A number with what it counts: ``1 record``, ``3 records``."""
    return f"{n} {one if n == 1 else several}"


def warning(code: str, severity: str, en: str, zh: str) -> dict[str, Any]:
    """A named warning; ``severity`` is note, caution or serious."""
    if severity not in SEVERITIES:
        raise ValueError(f"severity {severity!r} is not one of {SEVERITIES}")
    return {"code": code, "severity": severity, "text": text(en, zh)}


def absent(en: str, zh: str) -> dict[str, Any]:
    """Values of a stage whose input the study does not have."""
    return {"status": "absent", "reason": text(en, zh), "warnings": []}


def refused(en: str, zh: str, **also: Any) -> dict[str, Any]:
    """Values of a stage whose input cannot carry the method; ``also`` keeps what was measured."""
    return {"status": "refused", "reason": text(en, zh), "warnings": []} | also


def plain(value: Any) -> Any:
    """Plain JSON types, floats rounded to six decimals; a number that is not finite becomes null."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        value = value.item()
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, float):
        return round(value, DECIMALS) + 0.0 if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, int, str)):
        return value
    raise TypeError(f"{type(value).__name__} is not a plain value: {value!r}")


def write(values: dict[str, Any], path: str | Path) -> None:
    """Write the values of a rule; ``status`` defaults to ``ok`` and ``warnings`` to none."""
    whole = {"status": "ok", "warnings": []} | values
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    document = json.dumps(plain(whole), ensure_ascii=False, indent=1, sort_keys=True)
    Path(path).write_text(document + "\n", encoding="utf-8")


def read(path: str | Path) -> dict[str, Any]:
    """Read the values of a rule."""
    values: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    return values
