"""The French catalogue beside the code: every sentence a person can see, translated.

    python -m tools.translations update    adds what is new in the code, removes what has gone
    python -m tools.translations check     names everything that is missing, empty or does not fit

Sentences are found where the code marks them: `N_("…")`, `plural("…", "…")`, and `_("…")` in the pages.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
CATALOGUE = ROOT / "common" / "locale" / "fr" / "LC_MESSAGES" / "messages.po"
ROOMS = ("common", "network", "stock", "households", "allocation", "labels", "api")
KEYWORDS = {"N_": None, "_": None, "plural": (1, 2), "ngettext": (1, 2)}

# Without dates: a catalogue that says the same is the same file.
HEADER = """\
# The sentences of Panier juste in French. `make translations` brings this file up to date with the code.
msgid ""
msgstr ""
"Language: fr\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""

HOLE = re.compile(r"%\((\w+)\)s")
COMMAND = re.compile(r"[“«]\s?(panier [a-z -]+[a-z])")
MISWRITTEN = (
    ("a plain space where French has a narrow one (U+202F)", r" [;:!?»%€]|« |\u00a0[;:!?»%€]|«\u00a0"),
    ("a narrow space behind a mark, where a line may break", r"[;:!?]\u202f"),
    ("a straight quote where French has ’ or « »", r"""['"]"""),
)


def in_code(root: Path = ROOT) -> Catalog:
    """Every marked sentence of the code and the pages, with the files it is in."""
    found = Catalog(charset="utf-8")
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            _read(found, root, path, "python", {})
        for path in sorted((root / room).rglob("*.html")):
            _read(found, root, path, "jinja2", {"silent": "false"})
    return found


def _read(found: Catalog, root: Path, path: Path, method: str, options: dict[str, str]) -> None:
    with path.open("rb") as file:
        for _, message, comments, context in extract(method, file, KEYWORDS, options=options):
            place = (path.relative_to(root).as_posix(), 0)
            found.add(message, None, [place], auto_comments=comments, context=context)


def in_catalogue(path: Path = CATALOGUE) -> Catalog:
    """The catalogue as it stands; an empty one where there is none yet."""
    if not path.is_file():
        return Catalog(locale="fr")
    with path.open("rb") as file:
        return read_po(file, locale="fr")


def update(path: Path = CATALOGUE, root: Path = ROOT) -> None:
    """Write the catalogue anew: the sentences of the code, with the translations they have."""
    catalogue = in_catalogue(path)
    catalogue.update(in_code(root), no_fuzzy_matching=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(HEADER.encode())
        write_po(
            file,
            catalogue,
            width=110,
            sort_output=True,
            ignore_obsolete=True,
            include_lineno=False,
            omit_header=True,
        )


def faults(marked: Catalog, catalogue: Catalog) -> Iterator[str]:
    """A sentence for everything that would reach a reader untranslated or broken."""
    for message in marked:
        if message.id and catalogue.get(message.id) is None:
            yield f"not in the catalogue: {first(message)!r}"
    for message in catalogue:
        if not message.id:
            continue
        if marked.get(message.id) is None:
            yield f"no longer in the code: {first(message)!r}"
        yield from _misfits(message)


def texts(said: object) -> list[str]:
    """A sentence, or the forms of one that depends on a count."""
    return [str(form) for form in said] if isinstance(said, list | tuple) else [str(said or "")]


def first(message: Message) -> str:
    """The sentence, or its singular."""
    return texts(message.id)[0]


def _misfits(message: Message) -> Iterator[str]:
    name = repr(first(message))
    wanted = {hole for form in texts(message.id) for hole in HOLE.findall(form)}
    # "One lot" needs no figure.
    needed = wanted - {"n"} if message.pluralizable else wanted
    for form in texts(message.string):
        holes = set(HOLE.findall(form))
        if not form:
            yield f"not translated: {name}"
        elif not needed <= holes <= wanted:
            yield f"other holes than its original: {name} → {form!r}"
        elif wanted and "%" in HOLE.sub("", form).replace("%%", ""):
            yield f"a percent sign that is no hole (write %%): {name} → {form!r}"
        elif fault := next((fault for fault, sign in MISWRITTEN if re.search(sign, HOLE.sub("…", form))), None):
            yield f"{fault}: {name} → {form!r}"
        if COMMAND.findall(form) != COMMAND.findall(first(message)):
            yield f"another command than its original: {name} → {form!r}"
    if message.fuzzy:
        yield f"only guessed (fuzzy): {name}"


def main(command: str) -> int:
    """0 when the catalogue is, or has been made, complete."""
    if command == "update":
        update()
    found = sorted(faults(in_code(), in_catalogue()))
    print(*found, sep="\n", end="\n" if found else "", file=sys.stderr)
    return 1 if found and command == "check" else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
