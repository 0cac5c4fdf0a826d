"""Editor schemas and the key table of the configuration, generated from the models.

``python -m scripts.lib.schema`` writes ``config/schema/*.json`` and ``config/README.md``; a test holds them in step.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from scripts.lib.instrument import Instrument, Label
from scripts.lib.study import Config, Study

MODELS: dict[str, type[BaseModel]] = {"config": Config, "study": Study, "instrument": Instrument}
INTRODUCTION = """# Configuration

Generated from the models in `scripts/lib/study.py` by `python -m scripts.lib.schema`; do not edit by hand.

`config.yaml` says which studies a run builds; `studies/<study>.yaml` is one study, whole: nothing is merged from
elsewhere, and a key that is not in the tables below is an error. A key with a default may be left out. For help in an
editor, begin a file with a line such as `# yaml-language-server: $schema=../schema/study.json`.

To run another branch, bank or region: copy `data/raw/<study>/` and `config/studies/<study>.yaml`, replace the files,
change the names, run `make sources DATA=<study>`, and add the study to `config.yaml`.
"""


def _section(field: FieldInfo) -> type[BaseModel] | None:
    """The model of a section; None for a plain key, a list or a label."""
    model = field.annotation
    return model if isinstance(model, type) and issubclass(model, BaseModel) and model is not Label else None


def _rows(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, str, str]]:
    for name, field in model.model_fields.items():
        section, required = _section(field), field.is_required()
        if section is not None:
            yield f"{prefix}{name}", "section, required" if required else "section", _first_line(section)
            yield from _rows(section, f"{prefix}{name}.")
        else:
            default = "required" if required else _shown(field.get_default(call_default_factory=True))
            yield f"{prefix}{name}", default, field.description or ""


def _first_line(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").strip().splitlines()[0].removesuffix(".")


def _shown(value: Any) -> str:
    return "none" if value is None else f"`{json.dumps(value, ensure_ascii=False)}`"


def key_table(model: type[BaseModel]) -> str:
    """The keys of a model as a Markdown table: key, default, meaning."""
    lines = ["| key | default | meaning |", "|---|---|---|"]
    lines += [f"| `{key}` | {default} | {meaning} |" for key, default, meaning in _rows(model)]
    return "\n".join(lines)


def documents() -> dict[str, str]:
    """{path: text} of everything that is generated."""
    out = {}
    for name, model in MODELS.items():
        schema = json.dumps(model.model_json_schema(), ensure_ascii=False, indent=1, sort_keys=True)
        out[f"config/schema/{name}.json"] = schema + "\n"
    sections = [f"## config.yaml\n\n{key_table(Config)}", f"## studies/&lt;study&gt;.yaml\n\n{key_table(Study)}"]
    out["config/README.md"] = "\n".join([INTRODUCTION, "\n\n".join(sections)]) + "\n"
    return out


if __name__ == "__main__":
    for path, text in documents().items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text, encoding="utf-8")
        print(path)
