"""Who made what from what: pure functions over the graph of a study's rules.

The graph is made while the Snakefile is read (``workflow/rules/common.smk``)::

    {"rules": {rule: {"input": [path], "output": [path], "code": [path], "settings": [section]}},
     "raw": {path: {"file": ..., "kind": ..., "source": ..., ...}}}

where ``raw`` holds the row of SOURCES.csv that declares the file.

A file that an installed package carries goes by its logical name (``package:zhplot/fonts/NotoSansSC-Regular.ttf``), so
that no path of a machine stands in an output.
"""

import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scripts.lib.sources import KINDS

Graph = Mapping[str, Any]
PACKAGES = "site-packages/"
PRESENTING = ("figures", "chapters", "report", "audit", "guide", "pack")  # stages that show what others made


def makers(graph: Graph) -> dict[str, str]:
    """The rule that makes each file."""
    return {path: rule for rule, part in graph["rules"].items() for path in part["output"]}


def readers(graph: Graph, stages: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """For each rule of ``stages`` its stage and the rules of these that it reads."""
    made_by = makers(graph)
    return {
        rule: {
            "stage": stage,
            "reads": sorted({made_by[path] for path in graph["rules"][rule]["input"] if made_by.get(path) in stages}),
        }
        for rule, stage in stages.items()
    }


def ancestors(path: str, graph: Graph) -> set[str]:
    """Every file that ``path`` is made from, directly or not."""
    made_by = makers(graph)
    todo, seen = [path], set[str]()
    while todo:
        rule = made_by.get(todo.pop())
        fresh = set(graph["rules"][rule]["input"]) - seen if rule else set()
        seen |= fresh
        todo += fresh
    return seen


def kinds_of(path: str, graph: Graph, sources: Mapping[str, str]) -> list[str]:
    """Kinds of the raw files that ``path`` rests on, in the order of :data:`scripts.lib.sources.KINDS`.

    Parameters
    ----------
    path : a raw file or a file that a rule makes.
    graph : see above.
    sources : kind of each raw file by path.
    """
    found = {sources[one] for one in {path} | ancestors(path, graph) if one in sources}
    return [kind for kind in KINDS if kind in found]


def logical(path: str, graph: Graph) -> str:
    """The name of a file in provenance: its path in the project, or what package carries it."""
    name = str(graph["raw"].get(path, {}).get("file", ""))
    if name.startswith("package:"):
        return name
    head, found, rest = path.partition(PACKAGES)
    return f"package:{rest}" if found else head


def locate(name: str) -> Path:
    """The file behind a name in provenance."""
    if not name.startswith("package:"):
        return Path(name)
    rest = name.removeprefix("package:")
    first, _, path = rest.partition("/")
    return Path(sysconfig.get_path("purelib")) / (path if "==" in first else rest)


def outputs(graph: Graph, but: Sequence[str] = ()) -> list[str]:
    """Every file that the rules of a study make, but those of some rules."""
    return sorted(path for rule, part in graph["rules"].items() if rule not in but for path in part["output"])
