"""Behind a figure of the waste report: its donors, sites and lots, and the movements and visits of one lot."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from allocation.chain import MOST, Figure, Question, chain, without_cards
from allocation.exits import EXIT_NAMES
from allocation.waste import CAUSE_NAMES
from api.here import Here
from api.scopes import asked
from api.security import May
from common.errors import NotFound
from common.words import N_, Term
from network.roles import Right

FIGURE_NAMES = {
    Figure.RECEIVED: N_("Received"),
    Figure.COUNTED: N_("Found or missing by counting"),
    Figure.EATEN: N_("Eaten"),
    Figure.GIVEN: N_("Eaten by households"),
    Figure.WORKSHOPS: N_("Cooking workshops"),
    Figure.PARTNERS: N_("Given to partners"),
    Figure.LEFT: N_("Left behind"),
    Figure.SAVED: N_("Left behind and saved"),
    Figure.LOST: N_("Lost"),
    Figure.ON_HAND: N_("On hand at the end"),
}

WORDS = CAUSE_NAMES | {exit_.value: name for exit_, name in EXIT_NAMES.items()}
"""Causes of loss, reasons for leaving and exits, by their codes."""


@get("/waste/chain", guards=[May(Right.SEE_REPORTS)], sync_to_thread=True)
def chain_page(here: NamedDependency[Here]) -> Response[Any]:
    """One figure, opened; any of its parts opens it further."""
    chosen, question = asked(here), _question(here)
    with here.database.reading() as session:
        seen = chosen.scope(session)
        found = chain(session, seen, question)
    if Right.SEE_CARDS not in here.me.rights:
        found = without_cards(found)
    more = {"figure": question.figure.value, "reason": question.reason, "exit": question.exit, "lot": question.lot}

    def to(**changes: Any) -> str:
        return chosen.address("/waste/chain", **(more | changes))

    return here.page(
        "pages/chain.html",
        chain=found,
        figure=here.words.text(FIGURE_NAMES[question.figure]),
        steps=_crumbs(here, question, seen.names_fr if here.words.language == "fr" else seen.names_en),
        chosen=chosen,
        question=question,
        to=to,
        reasons=WORDS,
        rest=max(0, found.lots_in_all - MOST),
    )


def _question(here: Here) -> Question:
    """What the address asks; raises NotFound for a figure the report has not got."""
    given = here.request.query_params
    figure = given.get("figure", Figure.LOST.value)
    if figure not in set(Figure):
        raise NotFound(what=Term(N_("figure of the report")), id=figure[:40])
    return Question(
        Figure(figure), given.get("reason") or None, given.get("exit") or None, (given.get("lot") or "").strip() or None
    )


def _crumbs(here: Here, question: Question, names: tuple[str, ...]) -> list[str]:
    """What was chosen on the way here, in words."""
    said = [WORDS[code] for code in (question.reason, question.exit) if code and code in WORDS]
    return [*names, *map(here.words.text, said), *([question.lot] if question.lot else [])]


ROUTES = [chain_page]
