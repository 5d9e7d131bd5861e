"""Where the browser for the tests is: `CHROMIUM`, else the one of the machine."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

ARGUMENTS = [
    "--no-sandbox",  # the sandbox refuses to run as root, which CI does
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""What to start it with so that it works as root and speaks to nobody but the page."""


def chromium() -> str | None:
    """The path of the browser, where there is one."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
