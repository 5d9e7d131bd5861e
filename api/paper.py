"""Documents as answers: a PDF that opens in the browser, or the document's own refusal as a sentence."""

from collections.abc import Callable
from typing import Any

from litestar import Response

from common.errors import Refusal
from common.words import Words
from labels.words import Refused


class CannotPrint(Refusal):
    """What a document refuses, in its own words."""

    def __init__(self, refused: Refused) -> None:
        self.refused = refused
        super().__init__()

    def say(self, words: Words) -> str:
        return self.refused.say(words)


def pdf(name: str, draw: Callable[[], bytes]) -> Response[Any]:
    """The document under this file name; raises CannotPrint."""
    try:
        data = draw()
    except Refused as refused:
        raise CannotPrint(refused) from None
    return Response(data, media_type="application/pdf", headers={"content-disposition": f'inline; filename="{name}"'})
