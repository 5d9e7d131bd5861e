"""The rules of the stockroom, the roads and the audit trail that the partners set: each holds from a day on."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from sqlalchemy.orm import Session

from allocation import instance
from allocation.rescue import TRIPS_A_DAY
from api.amounts import day_typed, kilograms_typed, pieces_typed
from api.here import Here
from api.security import May
from api.unchanged import mark_of, refuse_changed
from api.writing import write_once
from common.errors import Invalid, NotFound, Refusal
from common.words import N_, Term
from network import audit, figures
from network.parameters import all_set, in_force_since
from network.partners import site as get_site
from network.partners import sites
from network.roles import Right
from stock import rules, urgency
from stock.rules import Tare
from stock.urgency import Steps

MAY = May(Right.MANAGE_ACCOUNTS)
PATH = "/rules"
FIGURES = (*rules.FIGURES, *instance.FIGURES, TRIPS_A_DAY, audit.READINGS_KEPT)
MOST_TARES = 8


@dataclass
class FigureForm:
    value: str = ""
    valid_from: str = ""
    source: str = ""
    key: str = ""
    seen: str = ""


@dataclass
class StepsForm:
    now: str = ""
    soon: str = ""
    watch: str = ""
    valid_from: str = ""
    source: str = ""
    key: str = ""
    seen: str = ""


@dataclass
class ShortCircuitForm:
    allowed: str = ""
    source: str = ""
    key: str = ""


@dataclass
class TaresForm:
    written: str = ""
    key: str = ""
    seen: str = ""


class ProofNeeded(Refusal):
    """The law asks the association to prove it (R-DATE-01)."""

    message = N_("Say what proves that this site gives such goods out in time: the hygiene plan, its date.")
    field = "source"


@get(PATH, guards=[MAY], sync_to_thread=True)
def rules_page(here: NamedDependency[Here]) -> Response[Any]:
    return _page(here)


@post(PATH + "/figures/{name:str}", guards=[MAY], sync_to_thread=True)
def set_figure(here: NamedDependency[Here], name: FromPath[str], data: URLEncodedBody[FigureForm]) -> Response[Any]:
    """A figure from a day on; a refusal shows the page again with what was typed."""
    figure = next((figure for figure in FIGURES if figure.name == name), None)
    if figure is None:
        raise NotFound(what=Term(N_("rule")), id=name)

    def work(session: Session) -> bool:
        refuse_changed(here, session, data.seen, lambda: all_set(session, name))
        day = day_typed(data.valid_from, "valid_from") or here.clock.today()
        value = _whole(data.value, name)
        figures.set_figure(session, figure, value, day, data.source.strip()[:200], here.stamp())
        return True

    return _written(here, data.key, [data.value, data.valid_from, data.source], work, {name: data})


@post(PATH + "/urgency", guards=[MAY], sync_to_thread=True)
def set_urgency(here: NamedDependency[Here], data: URLEncodedBody[StepsForm]) -> Response[Any]:
    """The three steps together, so that they always grow."""

    def work(session: Session) -> bool:
        refuse_changed(here, session, data.seen, lambda: all_set(session, urgency.NAME))
        day = day_typed(data.valid_from, "valid_from") or here.clock.today()
        days = tuple(_whole(typed, urgency.NAME) for typed in (data.now, data.soon, data.watch))
        urgency.set_steps(session, days, day, data.source.strip()[:200], here.stamp())
        return True

    asked = [data.now, data.soon, data.watch, data.valid_from, data.source]
    return _written(here, data.key, asked, work, {urgency.NAME: data})


@post(PATH + "/sites/{site_id:int}/short-circuit", guards=[MAY], sync_to_thread=True)
def set_short_circuit(
    here: NamedDependency[Here], site_id: FromPath[int], data: URLEncodedBody[ShortCircuitForm]
) -> Response[Any]:
    """Whether a site may take goods in within the 48 hours of the law, and what proves it."""

    def work(session: Session) -> bool:
        allowed = data.allowed == "yes"
        if allowed and not data.source.strip():
            raise ProofNeeded()
        at = get_site(session, site_id)
        rules.set_short_circuit(session, at.id, allowed, data.source.strip()[:200], here.stamp())
        return True

    return _written(here, data.key, [data.allowed, data.source], work, {f"short-{site_id}": data})


@post(PATH + "/sites/{site_id:int}/tares", guards=[MAY], sync_to_thread=True)
def set_tares(here: NamedDependency[Here], site_id: FromPath[int], data: URLEncodedBody[TaresForm]) -> Response[Any]:
    """The crates and boxes of a site, one a line."""

    def work(session: Session) -> bool:
        at = get_site(session, site_id)
        refuse_changed(here, session, data.seen, lambda: rules.tares(session, site_id, here.clock.today()))
        rules.set_tares(session, at.id, _tares(data.written), here.stamp())
        return True

    return _written(here, data.key, data.written, work, {f"tares-{site_id}": data})


def _whole(typed: str, field: str) -> int | None:
    """A whole number that may be nought."""
    return 0 if typed.strip() == "0" else pieces_typed(typed, field)


def _written(here: Here, key: str, asked: Any, work: Any, typed: dict[str, Any]) -> Response[Any]:
    try:
        write_once(here, key, asked, work, bool)
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(here, typed, refusal)
    return here.go(PATH, N_("Written down. What was done before keeps the rule of its day."))


def _tares(written: str) -> list[Tare]:
    """`Green crate 1,8` a line, kilograms last."""
    found = []
    for line in filter(None, (line.strip() for line in written.splitlines())):
        name, _, weight = line.removesuffix("kg").strip().rpartition(" ")
        grams = kilograms_typed(weight, "written")
        if not name.strip() or grams is None:
            raise Invalid(what=Term(N_("crate")), expected=Term(N_("a name, then its weight in kg")), got=line[:60])
        found.append(Tare(name.strip()[:30], grams))
    if len(found) > MOST_TARES:
        raise Invalid(what=Term(N_("crates")), expected=MOST_TARES, got=len(found))
    return found


def _page(here: Here, typed: dict[str, Any] | None = None, refusal: Refusal | None = None) -> Response[Any]:
    today = here.clock.today()
    with here.database.reading() as session:
        known = [
            {
                "name": figure.name,
                "label": here.words.text(figure.label),
                "unit": here.words.text(figure.unit),
                "why": here.words.text(figure.why),
                "usual": figure.usual,
                "least": figure.least,
                "most": figure.most,
                "value": figures.in_force(session, figure, today),
                "since": in_force_since(session, figure.name, today),
                "mark": mark_of(all_set(session, figure.name)),
            }
            for figure in FIGURES
        ]
        steps_since, steps_mark = in_force_since(session, urgency.NAME, today), mark_of(all_set(session, urgency.NAME))
        places = [
            {
                "id": site.id,
                "name": site.name,
                "allowed": rules.may_short_circuit(session, site.id, today),
                "since": rules.short_circuit_since(session, site.id, today),
                "tares": "\n".join(
                    f"{tare.name} {here.words.number(tare.grams / 1000)}"
                    for tare in rules.tares(session, site.id, today)
                ),
                "mark": mark_of(rules.tares(session, site.id, today)),
            }
            for site in sites(session)
        ]
    return here.page(
        "pages/rules.html",
        status=refusal.kind.value if refusal else 200,
        figures=known,
        steps={"days": here.steps, "usual": Steps(), "since": steps_since, "mark": steps_mark},
        sites=places,
        typed=typed or {},
        refusal=refusal.say(here.words) if refusal else None,
    )


ROUTES = [rules_page, set_figure, set_urgency, set_short_circuit, set_tares]
