"""`panier verify`: the proof that the books of every network are right."""

import click
from sqlalchemy.orm import Session

from api.cli.base import databases, house, name_of, say
from common.errors import Kind, Refusal
from common.words import N_
from stock import balances
from stock.proof import faults


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


@click.command()
@click.option("--mend", is_flag=True, help="First make the balances anew from the movements.")
def verify(mend: bool) -> None:
    """Prove that the ledger holds: nothing on hand ever below zero, every balance the sum of its movements.

    In every network; ends 1 with the first fault.
    """
    with house() as opened:
        for host, database in databases(opened):
            if mend:
                with database.writing() as session:
                    balances.rebuild(session)
            with database.reading() as session:
                _prove(session, name_of(host))
            say(N_("The ledger of %(network)s holds."), network=name_of(host))


def _prove(session: Session, network: str) -> None:
    for fault in faults(session):
        raise LedgerDoesNotHold(network=network, movement=fault.movement_id, lot=fault.lot_id, left=fault.quantity)
    for drift in balances.drift(session):
        raise BalanceDrifted(
            network=network, lot=drift.lot_id, account=drift.where.account.value, off=f"{drift.quantity:+}"
        )
