"""Opaque codes printed on labels and cards: random, short to type, with a check character.

Crockford's base 32 leaves out I, L, O and U; the check character is modulo 37 as in his specification, so one
wrong character or two swapped neighbours are always noticed. A code never means anything by itself.
"""

import secrets

from common.errors import Refusal
from common.words import N_

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECKS = ALPHABET + "*~$=U"
READ_AS = str.maketrans("OIL", "011", "- ")


class WrongCode(Refusal):
    """A code that was mistyped or misread: its check character does not fit."""

    message = N_("The code “%(code)s” was misread: please scan or type it again.")


def new_code(length: int = 8) -> str:
    """A new random code of `length` characters and its check character.

    Codes whose check character would be one of `*~$=U` are drawn again: scanners and keyboards
    in French mode do not agree on them.
    """
    while True:
        body = "".join(secrets.choice(ALPHABET) for _ in range(length))
        if (check := _check(body)) in ALPHABET:
            return body + check


def read_code(typed: str) -> str:
    """The code as stored, from what was typed or scanned; raises WrongCode.

    >>> read_code(" k7q2-j "), read_code("oil")
    ('K7Q2J', '011')
    """
    code = typed.strip().upper().translate(READ_AS)
    if len(code) < 2 or any(c not in ALPHABET for c in code) or _check(code[:-1]) != code[-1]:
        raise WrongCode(code=typed.strip()[:40])
    return code


def _check(body: str) -> str:
    value = 0
    for character in body:
        value = value * 32 + ALPHABET.index(character)
    return CHECKS[value % 37]
