"""The study's catalogue: reading its two files, and what their models share.

Files: ``strategy`` (scripts/strategy/measures.py) and ``safeguards`` (scripts/strategy/safeguards.py). Their content is
the study's; nothing of it is in the code. What is wrong is told in one line a fault. Plain Python: the Snakefile reads
both files with it before anything runs (scripts/strategy/faults.py).
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, Field, ValidationError

from scripts.lib.instrument import Identifier, Label, Strict
from scripts.lib.job import InputError
from scripts.lib.sheet import entry_of
from scripts.lib.study import read_yaml
from scripts.strategy.baseline import Baseline

Model = TypeVar("Model", bound=BaseModel)
Quarter = Annotated[int, Field(ge=1, le=40)]  # ten years are no plan any more
HorizonName = Literal["short", "medium", "long"]
HORIZONS = {"short": 4, "medium": 8, "long": 10**6}  # last quarter: 12 months, 24 months, open
BETWEEN = " ;; "  # between the faults of one file


class Kpi(Strict):
    """How it is seen that a measure or a safeguard works."""

    id: Identifier | None = None
    definition: Label
    unit: str
    direction: Literal["up", "down"]
    baseline: Baseline | None = Field(None, description="where the data give its starting value")


class Named(Strict):
    """Something with a name."""

    id: Identifier
    label: Label


def repeated(kind: str, ids: Iterable[str]) -> list[str]:
    """A fault for each id that stands twice."""
    names = list(ids)
    return [
        f"{kind} {name}: found {names.count(name)} times; allowed: once; rename one"
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]


def unknown(where: str, found: Iterable[str], allowed: Sequence[str]) -> list[str]:
    """A fault for each id that is not among the allowed ones."""
    return [
        f"{where}: found {name}; allowed: {', '.join(allowed)}; correct it or add it"
        for name in found
        if name not in allowed
    ]


def raise_all(faults: Sequence[str]) -> None:
    """Raise ValueError with all faults of a file, where there are any."""
    if faults:
        raise ValueError(BETWEEN.join(faults))


def read(path: str | Path, model: type[Model]) -> tuple[Model | None, list[str]]:
    """One of the two files as its model, or what is wrong with it: entry by its id, found, allowed, what to do."""
    try:
        document = read_yaml(path)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return None, [f"found no readable YAML ({_flat(error)}); allowed: YAML in UTF-8; correct it"]
    try:
        return model.model_validate(document), []
    except ValidationError as error:
        return None, [line for detail in error.errors() for line in _told(document, detail)]


def load(path: str, model: type[Model], study: str) -> Model:
    """One of the two files as its model; raises InputError with a line a fault."""
    found, faults = read(path, model)
    if found is None:
        raise InputError(BETWEEN.join(f"study {study}, file {path}, {fault}" for fault in faults))
    return found


def _told(document: Any, detail: Any) -> list[str]:
    """Lines of one of pydantic's errors."""
    where = entry_of(document, detail["loc"]) or "the whole file"
    if detail["type"] == "value_error":
        lines = str(detail["ctx"]["error"]).split(BETWEEN)
        return [f"{where}: {line}" if detail["loc"] else line for line in lines]
    if detail["type"] == "extra_forbidden":
        return [f"{where}: found an unknown key; allowed: the keys of the other entries; correct or remove it"]
    if detail["type"] == "missing":
        return [f"{where}: found nothing; allowed: a value; add it"]
    allowed = "keys with their values" if detail["type"] == "model_type" else _flat(detail["msg"])
    return [f"{where}: found {detail['input']!r:.80}; allowed: {allowed}; correct it"]


def _flat(text: object) -> str:
    return " ".join(str(text).split())
