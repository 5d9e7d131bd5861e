"""What is in force at a site's intake today: the partners' rules, and the sessions that short dates may come in for."""

from dataclasses import replace

from sqlalchemy.orm import Session

from allocation.sessions import days_ahead
from common.clock import Clock
from stock.dating import IntakeRules
from stock.rules import intake_rules


def rules_at(session: Session, site_id: int, clock: Clock) -> IntakeRules:
    """The rules every way into the stock is held to."""
    today = clock.today()
    rules = intake_rules(session, site_id, today)
    return replace(rules, sessions=days_ahead(session, site_id, today)) if rules.short_circuit_allowed else rules
