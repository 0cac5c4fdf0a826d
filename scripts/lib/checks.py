"""What is wrong with the user's files, told before anything runs: one line a fault, all faults of all studies."""

import difflib
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from scripts.lib.check_files import check_data
from scripts.lib.instrument import Instrument, load_instrument
from scripts.lib.job import readable
from scripts.lib.sources import read_sources, sha256
from scripts.lib.study import Config, Files, PackageFile, Study, load_study, locate, named, read_yaml
from scripts.lib.words import Glossary, Words
from scripts.strategy.faults import catalogue_faults
from scripts.survey.responses import read_answers

MOST = 12  # faults told of one file; a hundred lines of the same kind help nobody
FEWEST = 30  # usable answers below which no study is possible (METHODS)


def _explain(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """Pydantic's errors as lines: key, what was found, what is allowed."""
    lines = []
    for detail in error.errors():
        path = ".".join(str(part) for part in detail["loc"])
        if detail["type"] == "extra_forbidden":
            keys = _keys(model, detail["loc"][:-1])
            near = difflib.get_close_matches(str(detail["loc"][-1]), keys, n=1)
            hint = f"did you mean {near[0]}?" if near else "remove it"
            lines.append(f"{path}: found an unknown key; allowed: {', '.join(keys) or 'the keys of its like'}; {hint}")
        elif detail["type"] == "missing":
            lines.append(f"{path}: found nothing; allowed: {detail['msg'].lower()}; add the key")
        else:
            lines.append(f"{path}: found {detail['input']!r:.120}; allowed: {detail['msg']}; correct it")
    return lines


def _keys(model: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """Keys that a model allows at a path; none where the path leaves the models."""
    for part in path:
        field = model.model_fields.get(str(part))
        if field is None or not (isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)):
            return []
        model = field.annotation
    return list(model.model_fields)


def load_config(config: dict[str, Any]) -> tuple[Config | None, list[str]]:
    """The run's config as a model, or what is wrong with it."""
    try:
        return Config.model_validate(config), []
    except ValidationError as error:
        return None, [f"config/config.yaml, {line}" for line in _explain(error, Config)]


def check_study(name: str) -> tuple[Study | None, list[str]]:
    """A study as a model, and everything that is wrong with its files."""
    file = f"config/studies/{name}.yaml"
    try:
        study = load_study(name)
    except FileNotFoundError:
        known = sorted(path.stem for path in Path("config/studies").glob("*.yaml"))
        return None, [f"study {name}: found no {file}; allowed: {', '.join(known)}; correct config/config.yaml"]
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return None, [f"study {name}, file {file}: found no readable YAML ({_flat(error)}); correct the file"]
    except ValidationError as error:
        return None, [f"study {name}, file {file}, {line}" for line in _explain(error, Study)]
    faults = _check_files(study)
    if not faults:
        faults = _check_model(study, study.files.words, Words)
        if study.files.glossary is not None:
            faults += _check_model(study, study.files.glossary, Glossary)
        wrong = _check_model(study, study.files.instrument, Instrument)
        if not wrong:
            instrument = load_instrument(locate(study, study.files.instrument))
            wrong = _check_choices(study, instrument) or _check_answers(study, instrument)
            wrong += catalogue_faults(study, instrument)
            wrong += check_data(study, name, instrument)
        faults += wrong
    return study, [f"study {name}, {readable(fault)}" for fault in faults]


def _flat(error: Exception) -> str:
    return " ".join(str(error).split())


def raw_files(study: Study) -> dict[str, str | PackageFile]:
    """The raw files that a study names, by key."""
    files = {key: getattr(study.files, key) for key in Files.model_fields}
    return {key: file for key, file in files.items() if file is not None}


def _check_files(study: Study) -> list[str]:
    """Every raw file is there, is declared in SOURCES.csv and is the one that was declared."""
    folder = Path("data/raw") / study.data
    try:
        sources = read_sources(folder)
    except FileNotFoundError:
        return [
            f"file {folder}/SOURCES.csv: found no such file; allowed: one row a raw file; copy that of another study"
        ]
    except (ValueError, UnicodeDecodeError) as error:
        return [f"file {folder}/SOURCES.csv, {_flat(error)}; correct the file"]
    faults = []
    for key, file in raw_files(study).items():
        try:
            path = locate(study, file)
            present = sha256(path)
        except FileNotFoundError:
            there = ", ".join(sorted(p.name for p in folder.glob("*"))) or "nothing"
            faults.append(
                f"file {named(study, file) if isinstance(file, str) else file.package}: found no such file; "
                f"allowed: a file of {folder} ({there}); put it there or correct files.{key}"
            )
            continue
        name = named(study, file)
        if name not in sources:
            faults.append(f"file {folder}/SOURCES.csv: found no row for {name}; allowed: one row a raw file; add it")
        elif present != sources[name].sha256:
            faults.append(
                f"file {folder}/{name}: found SHA-256 {present[:12]}...; allowed: {sources[name].sha256[:12]}..., as "
                f"SOURCES.csv declares; if the change is meant, run: make sources DATA={study.data}"
            )
    return faults


def _check_model(study: Study, file: str, model: type[BaseModel]) -> list[str]:
    """A YAML file of the study is what its model describes."""
    path = locate(study, file)
    try:
        model.model_validate(read_yaml(path))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return [f"file {path}: found no readable YAML ({_flat(error)}); allowed: YAML in UTF-8; correct the file"]
    except ValidationError as error:
        return [f"file {path}, {line}" for line in _explain(error, model)][:MOST]
    return []


def _check_choices(study: Study, instrument: Instrument) -> list[str]:
    """What the study says of items agrees with the instrument."""
    firmographic = {item.id: item for item in instrument.with_role("firmographic")}
    names = ", ".join(sorted(firmographic)) or "none"
    faults = [
        f"segments.a_priori: found {item}; allowed: firmographic items ({names}); correct the study"
        for item in study.segments.a_priori
        if item not in firmographic
    ]
    for item, value in study.subset.items():
        if item not in firmographic:
            faults.append(f"subset: found {item}; allowed: firmographic items ({names}); correct the study")
            continue
        keys = [option.key for option in instrument.choices(firmographic[item])]
        if value not in keys:
            faults.append(f"subset.{item}: found {value!r}; allowed: {' | '.join(keys)}; correct the study")
    return faults


def _gathered(faults: list[str]) -> list[str]:
    """Faults of cells, those that say the same of several cells as one: a label that the export spells otherwise."""
    same: dict[str, list[str]] = {}
    for fault in faults:
        same.setdefault(fault.partition("): ")[2] or fault, []).append(fault)
    return [one[0] + (f" (so in {len(one)} cells)" if len(one) > 1 else "") for one in same.values()]


def _check_answers(study: Study, instrument: Instrument) -> list[str]:
    path = named(study, study.files.responses)
    rows, faults = read_answers(
        locate(study, study.files.responses), instrument, study.survey.model_dump(), study.bank.zh
    )
    faults = _gathered(faults)
    more = [f"... and {len(faults) - MOST} more faults of this file"] if len(faults) > MOST else []
    if not faults:
        kept = [row for row in rows if all(row[item] == value for item, value in study.subset.items())]
        if len(kept) < FEWEST:
            faults = [
                f"found {len(kept)} answers; allowed: at least {FEWEST}; collect more answers or widen the subset"
            ]
    return [f"file {path}, {fault}" for fault in faults[:MOST] + more]
