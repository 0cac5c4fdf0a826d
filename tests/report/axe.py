"""Whether pages can be used by everyone: ``python tests/report/axe.py results/*/report/report.html``.

Runs axe-core over each page in light and dark, on a wide screen and a phone, and reads what the browser tells: errors,
refusals by the page's policy, requests to any network. Exit code 1 if there is anything to tell.
"""

import sys
import tempfile
from importlib import metadata
from pathlib import Path
from typing import Any

from browser import Browser

SCHEMES = ("light", "dark")
WIDTHS = {1280: "wide", 390: "phone"}
PAGE = "axe.run(document, {resultTypes: ['violations']}).then(done => done.violations)"
DIALOG = "axe.run('dialog', {resultTypes: ['violations']}).then(done => done.violations)"


def script() -> str:
    """axe-core, as the package of the locked environment carries it."""
    found = metadata.distribution("axe_playwright_python").locate_file("axe_playwright_python/axe.min.js")
    return Path(str(found)).read_text(encoding="utf-8")


def violations(browser: Browser, what: str = PAGE) -> list[str]:
    """What axe-core finds on the open page, one line each."""
    browser.ask(f"{script()}; 1")
    found: list[dict[str, Any]] = browser.ask(what)
    return [f"{one['id']}: {one['help']}: {node['target']}" for one in found for node in one["nodes"][:5]]


def told(browser: Browser, page: Path) -> list[str]:
    """Errors, refusals and requests that the browser told of since the page was opened."""
    lines = []
    for event in browser.events:
        method, params = event.get("method", ""), event.get("params", {})
        if method == "Network.requestWillBeSent":
            url = params["request"]["url"]
            lines += [] if url.startswith(("data:", "blob:", page.resolve().as_uri())) else [f"request: {url}"]
        elif method == "Log.entryAdded":
            lines.append(f"{params['entry']['source']}: {params['entry']['text']}")
        elif method == "Runtime.exceptionThrown":
            lines.append(f"error: {params['exceptionDetails']['exception']['description']}")
        elif method == "Runtime.consoleAPICalled":
            lines.append(f"console: {params['type']}")
    return lines


def main(pages: list[Path]) -> int:
    """Look at pages; returns the exit code."""
    faults = 0
    with tempfile.TemporaryDirectory() as profile:
        browser = Browser(Path(profile))
        for page in pages:
            for width, scheme in ((width, scheme) for width in WIDTHS for scheme in SCHEMES):
                browser.open(page, width=width, scheme=scheme)
                lines = [*told(browser, page), *violations(browser)]
                if browser.ask("document.documentElement.scrollWidth > innerWidth"):
                    lines.append("the page scrolls sideways")
                faults += len(lines)
                print(f"{page}, {WIDTHS[width]}, {scheme}: {len(lines) or 'no'} faults", *lines, sep="\n  ")
        browser.close()
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main([Path(page) for page in sys.argv[1:]]))
