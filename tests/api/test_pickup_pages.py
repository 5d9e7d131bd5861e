"""Who comes instead, and the round: noted by a social worker, seen at the counter by initials and card number alone."""

from collections.abc import Callable

from sqlalchemy import func, select

from allocation import handover
from common.clock import Clock
from common.database import Database
from households import files, workshops
from households.sealing import Identity, Named
from network.roles import Role
from network.tables import AuditEntry
from tests import a_day
from tests.api.conftest import Browser, House
from tests.labels.reading import text_of
from tests.small_town import FRIDAY, Town

UNTIL = FRIDAY.replace(day=30).isoformat()


def test_the_counter_sees_initials_and_the_round_and_only_a_social_worker_an_address(
    open_browser: Callable[[], Browser], house: House, database: Database, clock: Clock, town: Town
) -> None:
    first, second, *_ = a_day.confirm_baskets(database, town, clock)
    lives = Identity((Named("Amina", "Ben Saïd", "1985", "self"),), "", "3 rue des Lilas")
    with database.writing() as session:
        files.keep_identity(session, house.seal, second.household_id, lives, clock.today())
    worker, counter = open_browser().sign_in(Role.SOCIAL_WORKER), open_browser().sign_in(Role.DISTRIBUTION)
    base, page = f"/households/{first.household_id}", f"/sessions/{town.session_id}"

    worker.post(f"{base}/proxies", initials="M. D.", until=UNTIL, key="first-proxy")
    assert "tant que le foyer n’a pas donné son accord" in worker.words
    assert worker.page.status_code == 400
    assert 'name="initials" type="text" value="M. D."' in worker.page.text
    assert f'id="proxy-until" name="until" type="date" value="{UNTIL}"' in worker.page.text
    for _ in range(2):
        worker.post(f"{base}/proxies", initials="M. D.", until=UNTIL, agreed="1", key="second-proxy")
    assert worker.words.count("MD peut retirer le panier") == 1
    worker.post(f"/households/{second.household_id}/delivery", rank="4000", until=UNTIL, key="too-far")
    assert worker.page.status_code == 400
    assert 'name="rank" type="text" value="4000"' in worker.page.text
    assert f'id="delivery-until" name="until" type="date" value="{UNTIL}"' in worker.page.text
    worker.post(f"/households/{second.household_id}/delivery", rank="4", until=UNTIL, key="bring-it")

    counter.get(page, visit=first.visit_id)
    assert "peut être retiré par MD" in counter.words
    counter.get(f"{page}/deliveries", addresses="1")
    assert second.card in counter.words
    assert first.card not in counter.words
    assert "rue des Lilas" not in counter.words
    worker.get(f"{page}/deliveries", addresses="1")
    assert "3 rue des Lilas" in worker.words
    assert f"{page}/deliveries.pdf?addresses=1" in worker.page.text
    driven, printed = (
        " ".join(text_of(who.client.get(f"{page}/deliveries.pdf?addresses=1").content)) for who in (counter, worker)
    )
    assert second.card in driven
    assert first.card not in driven
    assert "rue des Lilas" not in driven
    assert "3 rue des Lilas" in printed
    counter.post(f"{page}/visits/{second.visit_id}/served?back=deliveries", key="on-return")
    assert counter.page.url.path == f"{page}/deliveries"
    with database.reading() as session:
        assert handover.sheet(session, second.visit_id).state == "served"
        looks = select(func.count()).where(AuditEntry.subject == f"household:{second.household_id}")
        assert session.scalar(looks.where(AuditEntry.action == "identity.read")) == 2


def test_somebody_is_signed_up_for_a_workshop_at_the_counter_and_stays_there(
    open_browser: Callable[[], Browser], database: Database, clock: Clock, town: Town
) -> None:
    first, *_ = a_day.confirm_baskets(database, town, clock)
    described = {"kind": "cooking", "title": "Cuisiner le céleri", "begins": "14:00", "where": "Cuisine"}
    with database.writing() as session:
        who = town.organisation_id
        made = workshops.plan(session, organisation_id=who, on=FRIDAY, places=1, stamp=clock.stamp(), **described)
        workshop_id = made.id
    counter = open_browser().sign_in(Role.DISTRIBUTION)
    counter.get(f"/sessions/{town.session_id}", visit=first.visit_id)
    assert "1 place libre" in counter.words

    seats = f"/workshops/{workshop_id}/seats?session={town.session_id}&visit={first.visit_id}"
    counter.post(seats, card=first.card, key="signed-up")

    assert counter.page.url.query.decode() == f"visit={first.visit_id}"
    assert "Cuisiner le céleri" not in counter.words
    with database.reading() as session:
        assert workshops.seats_of(session, workshop_id) == [(first.household_id, first.card, None)]
