"""`panier verify`: the proof that the books of every network are right."""

import click
from sqlalchemy.orm import Session

from api.cli.base import databases, house, name_of, say, spoken
from common.errors import Kind, Refusal
from common.words import N_, Grams, Term
from stock import balances
from stock.conservation import DONOR, ON_THE_WAY, PROGRAMME, SITE, Books, books, unplaced
from stock.lots import get_lot
from stock.proof import faults
from stock.reference import sources

CALLED = {SITE: N_("site"), DONOR: N_("donor"), PROGRAMME: N_("programme")}


class LedgerDoesNotHold(Refusal):
    """The self-check found a movement after which stock stood below zero."""

    kind = Kind.CONFLICT
    message = N_("The ledger of %(network)s does not hold: after movement %(movement)s lot %(lot)s stands at %(left)s.")


class BalanceDrifted(Refusal):
    """The self-check found a balance that is not the sum of its movements; the movements are right."""

    kind = Kind.CONFLICT
    message = N_(
        "The balances of %(network)s have drifted: lot %(lot)s, “%(account)s”, is kept %(off)s off its movements. "
        "Run “panier verify --mend”."
    )


class NotAccountedFor(Refusal):
    """What came in is not what left and what is here."""

    kind = Kind.CONFLICT
    message = N_("The books of %(network)s do not add up for %(of)s “%(name)s”: %(off)s g cannot be accounted for.")


class NeverHere(Refusal):
    """Goods that went from outside to outside."""

    kind = Kind.CONFLICT
    message = N_("In %(network)s, movement %(movement)s speaks of goods that never stood anywhere.")


@click.command()
@click.option("--mend", is_flag=True, help="First make the balances anew from the movements.")
@click.option("--donors", is_flag=True, help="Tell the books of every donor too.")
def verify(mend: bool, donors: bool) -> None:
    """Prove that the ledger holds: nothing on hand ever below zero, every balance the sum of its movements.

    And that for every site, donor and programme, received = given + lost + missing + sent away + on hand. In every
    network; ends 1 with the first fault.
    """
    with house() as opened:
        for host, database in databases(opened):
            if mend:
                with database.writing() as session:
                    balances.rebuild(session)
            with database.reading() as session:
                told = books(session)
                _prove(session, name_of(host), told)
            for each in told:
                if donors or each.of != DONOR:
                    _tell(each)
            say(N_("The ledger of %(network)s holds."), network=name_of(host))


def _tell(each: Books) -> None:
    grams = {name: Grams(getattr(each, name)) for name in ("received", "given", "lost", "missing", "away", "on_hand")}
    said = N_(
        "%(of)s “%(name)s”: received %(received)s = given %(given)s + lost %(lost)s + missing %(missing)s "
        "+ sent away %(away)s + on hand %(on_hand)s"
    )
    say(said, of=Term(CALLED[each.of]), name=_name(each), **grams)


def _name(each: Books) -> str:
    """A programme is called as its reference row says, in the language of the terminal."""
    known = {source.code: source for source in sources()} if each.of == PROGRAMME else {}
    found = known.get(each.name)
    if found is None:
        return spoken().text(ON_THE_WAY) if each.name == ON_THE_WAY else each.name
    return found.name_fr if spoken().language == "fr" else found.name_en


def _prove(session: Session, network: str, told: list[Books]) -> None:
    for fault in faults(session):
        code = get_lot(session, fault.lot_id).code
        raise LedgerDoesNotHold(network=network, movement=fault.movement_id, lot=code, left=fault.quantity)
    for drift in balances.drift(session):
        code, account = get_lot(session, drift.lot_id).code, drift.where.account.value
        raise BalanceDrifted(network=network, lot=code, account=account, off=f"{drift.quantity:+}")
    if (movement := unplaced(session)) is not None:
        raise NeverHere(network=network, movement=movement)
    for each in told:
        if each.off:
            raise NotAccountedFor(network=network, of=Term(CALLED[each.of]), name=each.name, off=f"{each.off:+}")
