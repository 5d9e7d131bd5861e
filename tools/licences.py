"""The licences of everything the program runs with, read from the packages themselves.

python -m tools.licences write    rewrites the table of docs/licences.md
python -m tools.licences check    fails where the table is not up to date, or a licence is not known to fit
"""

import json
import re
import sys
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "licences.md"
BEGIN, END = "<!-- table: written by `make licences` -->", "<!-- end of table -->"

PERMISSIVE = "permissive"
FITS = {
    "0BSD": PERMISSIVE,
    "Apache-2.0": "permissive; fits version 3 of the GNU licences, not version 2",
    "Apache-2.0 WITH LLVM-exception": "permissive; fits version 3 of the GNU licences, not version 2",
    "BSD": PERMISSIVE,
    "BSD-2-Clause": PERMISSIVE,
    "BSD-3-Clause": PERMISSIVE,
    "Bitstream-Vera": "permissive; a changed font takes another name",
    "CC0-1.0": PERMISSIVE,
    "LGPL-3.0-only": "a library used as it comes; its licence allows the terms of the AGPL for the whole",
    "MIT": PERMISSIVE,
    "MIT-0": PERMISSIVE,
    "MIT-CMU": PERMISSIVE,
    "MPL-2.0": "file by file; its section 3.3 allows the terms of the AGPL for the whole",
    "PSF-2.0": PERMISSIVE,
    "Zlib": PERMISSIVE,
}
"""The licences that fit AGPL-3.0-or-later, and why. One that is missing here has to be read first."""

ALSO_CALLED = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "MIT License": "MIT",
}

READ_BY_HAND = {
    "colorama": "BSD-3-Clause",  # installed on Windows only
    "dejavu-fonts-ttf": "Bitstream-Vera",  # its metadata point to its LICENSE file
    "pypdfium2": "Apache-2.0 AND BSD-3-Clause",  # its own code, and PDFium with what it carries
    "rich-click": "MIT",  # its metadata hold the whole text instead of the name
}


class UnknownLicence(Exception):
    """A package whose licence is not stated, or not known to fit."""


def python_packages() -> list[str]:
    """The names locked in run.txt."""
    lock = (ROOT / "requirements" / "run.txt").read_text()
    return sorted(set(re.findall(r"^([a-z0-9._-]+)==", lock, flags=re.MULTILINE)))


def npm_packages() -> dict[str, str]:
    """Name and stated licence of what package-lock.json holds."""
    lock = json.loads((ROOT / "package-lock.json").read_text())
    return {path.rpartition("node_modules/")[2]: about["license"] for path, about in lock["packages"].items() if path}


def stated(name: str) -> str:
    """The licence an installed package states, by its shortest unambiguous name."""
    about = metadata.metadata(name).json
    classifiers = [str(line).rpartition(" :: ")[2] for line in about.get("classifier", []) if "License ::" in line]
    statements = [about.get("license_expression"), about.get("license"), *classifiers]
    for said in (said for said in statements if isinstance(said, str)):
        licence = ALSO_CALLED.get(said, said)
        if terms(licence) <= FITS.keys():
            return licence
    raise UnknownLicence(f"{name} states {statements}: what licence is that, and does it fit AGPL-3.0-or-later?")


def terms(licence: str) -> set[str]:
    """The licences an expression is made of; of a choice, the ones that fit are enough.

    >>> sorted(terms("MIT AND (Apache-2.0 OR SSPL-1.0)"))
    ['Apache-2.0', 'MIT']
    """
    needed = set()
    for part in licence.split(" AND "):
        choice = set(part.strip("() ").split(" OR "))
        needed |= (choice & FITS.keys()) or choice
    return needed


def licence_of(name: str, npm: dict[str, str]) -> str:
    """The licence of one package; raises UnknownLicence."""
    licence = READ_BY_HAND.get(name) or npm.get(name) or stated(name)
    if unknown := terms(licence) - FITS.keys():
        raise UnknownLicence(f"{name} is under {', '.join(sorted(unknown))}: does that fit AGPL-3.0-or-later?")
    return licence


def table() -> str:
    """Every package with its licence, then every licence with why it fits."""
    npm = npm_packages()
    rows = [(name, "PyPI", licence_of(name, npm)) for name in python_packages()]
    rows += [(name, "npm", licence_of(name, npm)) for name in sorted(npm)]
    used = sorted(set().union(*(terms(licence) for _, _, licence in rows)))
    lines = ["| package | from | licence |", "|---|---|---|"]
    lines += [f"| {name} | {registry} | {licence} |" for name, registry, licence in rows]
    lines += ["", "| licence | why it fits |", "|---|---|"]
    lines += [f"| {licence} | {FITS[licence]} |" for licence in used]
    return "\n".join(lines)


def rewritten(page: str) -> str:
    """The page with the table as it should be."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def main(command: str) -> int:
    """0 when the page is, or has been made, right."""
    page = PAGE.read_text()
    try:
        right = rewritten(page)
    except UnknownLicence as unknown:
        print(unknown, file=sys.stderr)
        return 1
    if command == "write":
        PAGE.write_text(right)
    elif page != right:
        print("docs/licences.md is not up to date: run `make licences`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
