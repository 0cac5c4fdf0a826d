"""One build at a time in a folder, and nothing left at work of a build that was killed.

After ``kill -9`` Snakemake leaves its lock (``.snakemake/locks``: lists of files, no word of who holds it) and its
jobs, which go on writing. The kernel knows better: it takes a ``flock`` away from a process that is gone. So each run
of Snakemake holds one on ``.snakemake/running``, and each job one on a file of its own that is named by its process.

- Who gets the lock is alone. What Snakemake's lock says is then of the dead and is removed; a job that still holds its
  file was started by the dead and is stopped. All of this before Snakemake plans what to do.
- Who does not get it waits while the other only plans (a dry run), and is told of a build.
- A job that was started by the dead and comes to itself later finds another build's mark in ``.snakemake/running``, and
  ends before it writes anything.

The mark reaches jobs by the environment; jobs on other machines are the business of the executor that sent them there.
"""

import errno
import fcntl
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from scripts.lib.disk import disk_fault

FOLDER = Path(".snakemake")
RUNNING, JOBS, LOCKS = FOLDER / "running", FOLDER / "jobs", FOLDER / "locks"
WRITTEN = (Path("results"), Path("logs"), FOLDER)
MARK = "MAJOR_CUSTOMER_BUILD"
BUILDS = "builds"
PATIENCE = 60.0  # seconds that a run waits for another that only plans
UNDER_WAY = "Another build of this folder is under way: "


def _taken(file: IO[str]) -> bool:
    """Whether the lock of a file could be had without waiting."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_of_this_run() -> bool:
    """Whether this process was started by the run that has the lock of this folder."""
    mark = os.environ.get(MARK)
    return bool(mark and RUNNING.exists() and RUNNING.read_text(encoding="utf-8").startswith(f"{mark}\n"))


class Run:
    """The present run of Snakemake: made while the Snakefile is read, held until the process ends.

    Attributes
    ----------
    other : one line that names what keeps this run from building; empty when it is alone.
    """

    def __init__(self) -> None:
        self.other = ""
        self._file: IO[str] | None = None
        if _is_of_this_run():  # the Snakefile is read again, for one job
            return
        try:
            FOLDER.mkdir(exist_ok=True)
            for folder in filter(Path.exists, WRITTEN):
                if not os.access(folder, os.W_OK | os.X_OK):
                    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), f"{folder}/")
            self._file = RUNNING.open("a+", encoding="utf-8")
            self.other = self._waited(self._file)
            if not self.other:
                self._begin(self._file)
        except OSError as error:
            self.other = disk_fault(error)
        if self.other:  # who only reads may go on
            print(self.other, file=sys.stderr)

    def _begin(self, file: IO[str]) -> None:
        """Make this run known, and end what the dead have left."""
        mark = f"{os.uname().nodename} {os.getpid()} {time.time_ns()}"
        file.truncate(0)
        self._say(mark)
        os.environ[MARK] = mark
        stop_jobs()
        for lock in LOCKS.glob("*.lock"):
            lock.unlink()

    def _waited(self, file: IO[str]) -> str:
        """Take the lock; who has it, if that is a build or takes long to plan."""
        patient, before = time.monotonic() + PATIENCE, ""
        while not _taken(file):
            said = RUNNING.read_text(encoding="utf-8")
            host, process, *more = said.split() or ["this machine", "?"]
            settled = said == before  # who has just taken it has not yet put its mark in place of an old one
            if (settled and BUILDS in more) or time.monotonic() > patient:
                how = f"wait until it has ended, or stop it (kill {process}), and run again"
                return f"{UNDER_WAY}process {process} on {host}; {how}"
            before = said
            time.sleep(0.1)
        return ""

    def _say(self, word: str) -> None:
        if self._file:
            self._file.write(f"{word}\n")
            self._file.flush()

    def build(self) -> None:
        """Go on to build; ends the run with its one line when another build is under way or nothing can be written."""
        if self.other:
            sys.exit(self.other)
        self._say(BUILDS)


@contextmanager
def alone() -> Iterator[bool]:
    """Whether nobody is at work in this folder; nobody begins meanwhile."""
    FOLDER.mkdir(exist_ok=True)
    with RUNNING.open("a+", encoding="utf-8") as file:
        free = _taken(file)
        if free:
            file.truncate(0)
        yield free


def stop_jobs() -> None:
    """Stop what a killed build has left at work. A process that holds its file is alive, so its number is its own."""
    for path in JOBS.glob("*"):
        try:
            with path.open(encoding="utf-8") as file:
                if not _taken(file):
                    os.kill(int(path.name), signal.SIGKILL)
                    fcntl.flock(file, fcntl.LOCK_EX)
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended by itself just now
        path.unlink(missing_ok=True)


@contextmanager
def job() -> Iterator[None]:
    """Let a job be found, and stop it if the build that started it is gone and another one began."""
    mark = os.environ.get(MARK, "")
    if not mark.startswith(f"{os.uname().nodename} "):
        yield
        return
    JOBS.mkdir(exist_ok=True)
    path = JOBS / str(os.getpid())
    with path.open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not _is_of_this_run():
            path.unlink(missing_ok=True)
            sys.exit("The build that started this job is gone, and another one began; this job ends.")
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
