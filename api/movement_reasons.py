"""The words for the code a movement keeps of why it was made, whoever's list it is from."""

from functools import cache

from common.words import Words
from stock.blocking import FREED
from stock.counts.differences import CAUSES
from stock.reference import loss_causes
from stock.transfers.register import DIFFERENCES


def reason_in_words(code: str, words: Words) -> str:
    """Empty for a code that no list knows, and where nobody asked."""
    if code in _marked():
        return words.text(_marked()[code])
    found = {cause.code: cause for cause in loss_causes()}.get(code)
    if found is None:
        return ""
    return found.name_fr if words.language == "fr" else found.name_en


@cache
def _marked() -> dict[str, str]:
    """Codes whose words are in the catalogue; a loss is called as the report calls it."""
    known = {str(code): name for names in (CAUSES, DIFFERENCES, FREED) for code, name in names.items()}
    return {code: name for code, name in known.items() if code not in {cause.code for cause in loss_causes()}}
