"""Which commit the sources of a build belong to, as git tells.

Only what a build is made of counts: a commit that touches nothing of it leaves the answer as it is.
"""

import subprocess
from collections.abc import Iterable, Sequence
from typing import Any

from scripts.audit.lineage import PACKAGES

NONE = "none"  # where there is no git, or no commit has these files
BRIEF = 12  # digits of a commit that print
RULES = ("Snakefile", "workflow", "config/config.yaml")


def git(*arguments: str) -> str | None:
    """What git says of the present folder; ``None`` where there is no git or it refuses. Nothing is written."""
    command = ["git", "--no-optional-locks", "--literal-pathspecs", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    except FileNotFoundError:
        return None
    return None if done.returncode else done.stdout


def sources(names: Iterable[str], study: str) -> list[str]:
    """Of the files of a build those that people wrote, with the rules and the settings of the study."""
    written = {name for name in names if not name.startswith(("results/", "package:", "/")) and PACKAGES not in name}
    return sorted({*written, *RULES, f"config/studies/{study}.yaml"})


def since(commit: str, paths: Sequence[str]) -> list[str] | None:
    """Files that a commit has otherwise than they are now; ``None`` where git does not know the commit."""
    told = git("diff", "--name-only", "--relative", "--no-renames", "-z", commit, "--", *paths)
    return None if told is None else sorted(name for name in told.split("\0") if name)


def state(paths: Sequence[str]) -> dict[str, Any]:
    """The last commit that touched one of the paths, and the files that it has otherwise or not at all.

    Returns
    -------
    ``{"commit": ..., "changed": [...]}``, the same for the same sources; ``commit`` is ``"none"`` where none has them.
    """
    commit = (git("log", "-1", "--format=%H", "--", *paths) or "").strip()
    if not commit:
        return {"commit": NONE, "changed": []}
    tracked = (git("ls-files", "-z", "--", *paths) or "").split("\0")
    unknown = {path for path in paths if not any(name == path or name.startswith(f"{path}/") for name in tracked)}
    return {"commit": commit, "changed": sorted({*(since(commit, paths) or []), *unknown})}
