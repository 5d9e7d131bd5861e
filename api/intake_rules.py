"""What is in force at a site's intake today: the partners' rules, and the sessions that short dates may come in for."""

from sqlalchemy.orm import Session

from allocation.sessions import days_ahead
from common.clock import Clock
from stock.dating import IntakeRules
from stock.rules import intake_rules, may_short_circuit


def rules_at(session: Session, site_id: int, clock: Clock) -> IntakeRules:
    """The rules every way into the stock is held to."""
    today = clock.today()
    ahead = days_ahead(session, site_id, today) if may_short_circuit(session, site_id, today) else ()
    return intake_rules(session, site_id, today, ahead)
