import datetime as dt

import pytest

from allocation.chain import Figure, Question, chain
from allocation.impact import Factors
from allocation.scope import Scope, scope
from allocation.waste import WasteReport, waste_report
from common.database import Database
from common.errors import NotFound
from stock.ledger import EATEN, LOST, ON_HAND, Account, standings
from stock.tables import Lot
from tests import a_day
from tests.databases import Furnish
from tests.small_town import FRIDAY, Town


@pytest.fixture
def standing() -> Furnish:
    return a_day.lived


def test_every_figure_of_the_report_is_what_the_ledger_adds_up_to(database: Database, town: Town) -> None:
    with database.reading() as session:
        report = waste_report(session, scope(session, FRIDAY - dt.timedelta(days=7), FRIDAY), Factors())
        grams = dict.fromkeys(Account, 0)
        for standing in standings(session, accounts=list(Account)):
            lot = session.get_one(Lot, standing.lot_id)
            grams[standing.where.account] += standing.quantity * lot.grams_each

    def on(accounts: frozenset[Account]) -> int:
        return sum(grams[account] for account in accounts)

    assert (report.received, report.eaten, report.lost, report.on_hand) == (
        -grams[Account.OUTSIDE],
        on(EATEN),
        on(LOST),
        on(ON_HAND),
    )
    assert report.received == report.eaten + report.lost + report.on_hand


def test_any_figure_opens_into_donors_sites_and_lots_that_add_up_to_it(database: Database, town: Town) -> None:
    with database.reading() as session:
        seen = scope(session, FRIDAY - dt.timedelta(days=7), FRIDAY)
        report = waste_report(session, seen, Factors())
        opened = {figure: chain(session, seen, Question(figure)) for figure in Figure}

    for figure, found in opened.items():
        assert found.grams == getattr(report, figure.value), figure
        for parts in (found.donors, found.sites, found.lots):
            assert sum(part.grams for part in parts) == found.grams, figure
    assert {figure for figure, found in opened.items() if found.grams} >= {"received", "left_behind", "lost", "on_hand"}


def test_a_lost_lot_is_followed_to_the_visit_that_left_it(database: Database, town: Town) -> None:
    with database.reading() as session:
        seen = scope(session, FRIDAY - dt.timedelta(days=7), FRIDAY)
        lots = chain(session, seen, Question(Figure.LOST, reason="taste")).lots
        followed = chain(session, seen, Question(Figure.LOST, reason="taste", lot=lots[0].key))

    assert [(step.session_id, step.target) for step in followed.steps] == [(town.session_id, "animals")]
    assert sum(step.grams for step in followed.steps) == lots[0].grams


def test_a_report_of_part_of_the_network_holds_for_that_part(database: Database, town: Town) -> None:
    with database.reading() as session:
        whole = _report(database, scope(session, FRIDAY - dt.timedelta(days=7), FRIDAY))
        site = _report(database, scope(session, whole.since, FRIDAY, site_id=town.site_id))
        partner = _report(database, scope(session, whole.since, FRIDAY, partner_id=town.organisation_id))
        milk = _report(database, scope(session, whole.since, FRIDAY, family="milk"))
        with pytest.raises(NotFound):
            scope(session, whole.since, FRIDAY, donor_id=999)

    for part in (site, partner, milk):
        assert part.before + part.received == part.eaten + part.lost + part.on_hand
    assert (site.received, site.coverage) == (partner.received, partner.coverage) == (whole.received, whole.coverage)
    assert milk.received == 12_000
    assert milk.coverage is None
    assert (site.name_fr, milk.name_fr) == ("Centre social", "Lait longue conservation")


def test_a_period_is_told_beside_the_one_before_it(database: Database, town: Town, today: dt.date) -> None:
    now = _report(database, Scope(today, today))
    next_day = _report(database, Scope(today + dt.timedelta(days=1), today + dt.timedelta(days=1)))

    before = {measure.key: measure.grams_before for measure in next_day.measures}
    assert (next_day.received, next_day.before, next_day.on_hand) == (0, now.on_hand, now.on_hand)
    assert (before["received"], before["eaten"], before["lost"]) == (now.received, now.eaten, now.lost)
    assert next_day.rescue_rate_before == now.rescue_rate < 1


def _report(database: Database, seen: Scope) -> WasteReport:
    with database.reading() as session:
        return waste_report(session, seen, Factors())
