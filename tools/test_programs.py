"""Make sure that the programs the tests start are there: PostgreSQL's server and Chromium.

What is missing is installed where that can be done unasked (Debian, as root); elsewhere it is named.
"""

import os
import shutil
import subprocess
import sys

from tests.browser.chromium import chromium
from tests.postgresql import OLDEST, binaries


def missing() -> dict[str, str]:
    """Debian's package and what it is for, for each program that is not there."""
    packages = {}
    if not os.environ.get("TEST_DATABASE_URL") and binaries() is None:
        packages["postgresql"] = f"PostgreSQL {OLDEST} or newer (or the address of a server in TEST_DATABASE_URL)"
    if chromium() is None:
        packages["chromium"] = "Chromium (or the path of another one in CHROMIUM)"
    return packages


def install(packages: list[str]) -> None:
    """Install Debian packages without a question; what went wrong is shown by `main`."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        print(f"apt-get {' '.join(command)}…", flush=True)
        done = subprocess.run(
            ["apt-get", "-qq", *command],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            print(done.stdout, file=sys.stderr)


def main() -> int:
    """0 when everything is there, at last."""
    absent = missing()
    if absent and os.geteuid() == 0 and shutil.which("apt-get"):
        install(sorted(absent))
        absent = missing()
    for package, program in absent.items():
        print(f"The tests need {program}: on Debian, “apt-get install {package}” as root.", file=sys.stderr)
    return 1 if absent else 0


if __name__ == "__main__":
    sys.exit(main())
