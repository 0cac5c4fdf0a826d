"""Which files of ours a script is made of: the script and every module of ours that it imports."""

import ast
from functools import cache
from pathlib import Path

PACKAGE = "scripts"


@cache
def _imports(path: Path) -> tuple[Path, ...]:
    """Modules of our package that one file imports, as paths."""
    found: set[Path] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        for name in names:
            module = Path(*name.split(".")).with_suffix(".py")
            if name.split(".")[0] == PACKAGE and module.is_file():
                found.add(module)
    return tuple(sorted(found))


@cache
def closure(script: str) -> tuple[str, ...]:
    """The script (path below ``scripts/``) and all modules of ours that it imports, directly or not, sorted."""
    todo, seen = [Path(PACKAGE) / script], set[Path]()
    while todo:
        path = todo.pop()
        if path not in seen:
            seen.add(path)
            todo += _imports(path)
    return tuple(sorted(path.as_posix() for path in seen))
