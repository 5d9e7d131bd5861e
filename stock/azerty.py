"""What a hand-held scanner types when it believes the keyboard American and the computer believes it French.

The scanner presses keys, the computer names them by another layout: the top row gives `&é"'(-è_çà` for `1234567890`
and letters change places. Every key is given back its American name. Two French layouts are known: the PC's, and
the Apple and Belgian one where 6 and 8 give `§` and `!`.
"""

_AMERICAN = "1234567890-=qwertyuiop]asdfghjkl;'`\\zxcvbnm,./"
_FRENCH_PC = "&é\"'(-è_çà)=azertyuiop$qsdfghjklmù²*wxcvbn,;:!"
_APPLE = "&é\"'(§è!çà)-azertyuiop$qsdfghjklmù@`wxcvbn,;:="

_AMERICAN_SHIFTED = '!@#$%^&*()_+QWERTYUIOP}ASDFGHJKL:"|ZXCVBNM<>?'
_FRENCH_PC_SHIFTED = "1234567890°+AZERTYUIOP£QSDFGHJKLM%µWXCVBN?./§"
_APPLE_SHIFTED = "1234567890°_AZERTYUIOP*QSDFGHJKLM%£WXCVBN?./+"

_LAYOUTS = (
    str.maketrans(_FRENCH_PC + _FRENCH_PC_SHIFTED, _AMERICAN + _AMERICAN_SHIFTED),
    str.maketrans(_APPLE + _APPLE_SHIFTED, _AMERICAN + _AMERICAN_SHIFTED),
)
_TOP_ROW = frozenset("&é\"'(-è_çà§!")
_OUR_CODES = ("LOT)", "QRT)")
"""`LOT-` and `ART-` as they come out: such codes may hold no figure at all."""


def as_the_scanner_meant(text: str) -> list[str]:
    r"""The readings of a text that a French layout seems to have mangled, the likeliest first; else none.

    >>> as_the_scanner_meant("\"à&è-éà'ééàà\"")[0]
    '3017620422003'
    """
    top_row = sum(character in _TOP_ROW for character in text)
    figures = sum(character.isdigit() for character in text)
    if top_row <= figures and not text.upper().startswith(_OUR_CODES):
        return []
    readings = (text.translate(layout) for layout in _LAYOUTS)
    return list(dict.fromkeys(readings))
