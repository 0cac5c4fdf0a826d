"""The study's catalogue: reading its two files, and what their models share.

Files: ``strategy`` (scripts/strategy/measures.py) and ``safeguards`` (scripts/strategy/safeguards.py). Their content is
the study's; nothing of it is in the code. What is wrong is told in one line.
"""

from collections.abc import Iterable, Sequence
from typing import Annotated, Literal, TypeVar

import yaml
from pydantic import BaseModel, Field, ValidationError

from scripts.lib.instrument import Identifier, Label, Strict
from scripts.lib.job import InputError
from scripts.lib.sheet import entry_of
from scripts.lib.study import read_yaml

Model = TypeVar("Model", bound=BaseModel)
Quarter = Annotated[int, Field(ge=1)]
HorizonName = Literal["short", "medium", "long"]
HORIZONS = {"short": 4, "medium": 8, "long": 10**6}  # last quarter: 12 months, 24 months, open


class Kpi(Strict):
    """How it is seen that a measure or a safeguard works."""

    id: Identifier | None = None
    definition: Label
    unit: str
    direction: Literal["up", "down"]


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


def load(path: str, model: type[Model], study: str) -> Model:
    """Read and check one of the two files.

    Raises
    ------
    InputError
        In one line, with the entry by its id, what was found, what is allowed and what to do.
    """
    try:
        document = read_yaml(path)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"study {study}, file {path}: found no readable YAML ({_flat(error)}); correct it") from error
    try:
        return model.model_validate(document)
    except ValidationError as error:
        detail, more = error.errors()[0], error.error_count() - 1
        also = f" (and {more} more faults of this file)" if more else ""
        where = entry_of(document, detail["loc"])
        if detail["type"] == "value_error":
            line = str(detail["ctx"]["error"])
        elif detail["type"] == "extra_forbidden":
            line = f"{where}: found an unknown key; allowed: the keys of the other entries; correct or remove it"
        elif detail["type"] == "missing":
            line = f"{where}: found nothing; allowed: a value; add it"
        else:
            line = f"{where}: found {detail['input']!r:.80}; allowed: {_flat(detail['msg'])}; correct it"
        raise InputError(f"study {study}, file {path}, {line}{also}") from error


def _flat(text: object) -> str:
    return " ".join(str(text).split())
