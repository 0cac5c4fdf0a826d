"""``make`` and ``make compare``: run Snakemake and show a person how far it is, and at the end where the reports are.

Snakemake's own words are all in ``.snakemake/log``; what it says that is not progress (a fault of the user's files, a
failed job) is shown as it is.
"""

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import yaml

from scripts.lib import outputs
from scripts.lib.disk import NO_ACCESS, disk_fault, told_of_disk
from scripts.lib.job import FAULT
from scripts.lib.running import UNDER_WAY, alone

RULE = re.compile(r"^(?:local)?rule (\w+):$")
JOB = re.compile(r"^\s+jobid: (\d+)$")
STUDY = re.compile(r"^\s+wildcards: study=([\w-]+)")
FINISHED = re.compile(r"^Finished jobid: (\d+) \(Rule: (\w+)\)$")
STEPS = re.compile(r"^(\d+) of (\d+) steps")
NOTHING, OPENING = "Nothing to be done", ("Using workflow specific profile", "Config file ")
CHANGED = "{} was changed or cut off after it was made; it is made again."
FAULTS, END_OF_FAULTS = "What has to be put right:", "(nothing that was built is lost; put it right and run again)"
GUIDE = "What every table and file is: results/<study>/index.html"
COMPARISON, END_OF_COMPARISON = "# What changed: ", "All of it: "


class Progress:
    """Turns Snakemake's lines into one short line a finished step; a comparison is shown as it is."""

    def __init__(self) -> None:
        self.studies: dict[str, str] = {}
        self.job, self.last = "", ("", "")
        self.comparing = False

    def line(self, text: str) -> str | None:
        """What to show for one line of Snakemake's; None for nothing."""
        if self.comparing or text.startswith(COMPARISON):
            self.comparing = not text.startswith(END_OF_COMPARISON)
            return text
        if match := JOB.match(text):
            self.job = match[1]
        elif match := STUDY.match(text):
            self.studies[self.job] = match[1]
        elif match := FINISHED.match(text):
            self.last = (self.studies.get(match[1], ""), match[2])
        elif match := STEPS.match(text):
            study, rule = self.last
            return f"[{match[1]:>{len(match[2])}}/{match[2]}] {study:<18} {rule.replace('_', ' ')}"
        elif NOTHING in text:
            return "Everything is up to date."
        return None


def reports(studies: Iterable[str]) -> str:
    """Where the reports are, one a line."""
    paths = [f"results/{study}/report/report.{ending}" for study in studies for ending in ("html", "pdf", "docx")]
    return "\n".join(["The reports:", *(f"  {path}" for path in paths), GUIDE])


def trouble(lines: list[str]) -> str:
    """What a person needs of a failed run: the faults, or else the last things that were said."""
    for line in lines:
        if line.startswith((UNDER_WAY, NO_ACCESS, FAULT + NO_ACCESS)):
            return line.removeprefix(FAULT)
    if disk := told_of_disk(lines):
        return disk
    if not any("Building DAG" in line for line in lines):
        return "\n".join(line for line in lines if not line.startswith(OPENING))
    if FAULTS in lines and END_OF_FAULTS in lines:
        return "\n".join(lines[lines.index(FAULTS) : lines.index(END_OF_FAULTS) + 1])
    return "\n".join(lines[-40:])


def main(arguments: list[str]) -> int:
    """Run Snakemake with ``arguments``; its exit code."""
    command = [str(Path(sys.executable).with_name("snakemake")), *arguments]
    progress, lines = Progress(), []
    try:
        with alone() as nobody_else:
            for path in outputs.discard() if nobody_else else []:
                print(CHANGED.format(path), flush=True)
    except OSError as error:
        sys.exit(disk_fault(error))
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line.rstrip())
            if (shown := progress.line(lines[-1])) is not None:
                print(shown, flush=True)
    if process.returncode:
        print(trouble(lines), file=sys.stderr)
    elif "compare_runs" not in arguments:
        config = yaml.safe_load(Path("config/config.yaml").read_text(encoding="utf-8"))
        print(reports(config["studies"]))
    return process.returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("Stopped. What was finished is kept; run make again to go on.")
