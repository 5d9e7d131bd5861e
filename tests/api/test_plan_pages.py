"""The manager's hand on the plan board, through the pages."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from allocation import baskets, closing, handover, proposals
from allocation.hand import Hand
from allocation.names import names_of
from allocation.past import compare_on_past
from allocation.sessions import expect_usual, get_session, plan_session
from allocation.standard_choice import compare_kinds
from api.house import House
from common.clock import Clock
from common.database import Database
from common.jobs import run_next
from common.words import words
from households.register import set_exclusions
from network.roles import Role
from stock.tables import Lot
from tests import small_town
from tests.api.conftest import Browser
from tests.labels.reading import text_of
from tests.small_town import Town

Propose = Callable[[], int]
CONFIRMED = "Vous ne confirmez que les paniers de celle-ci : "


@pytest.fixture
def propose(manager: Browser, database: Database, clock: Clock, town: Town) -> Propose:
    """Stock up, ask on the page, let the worker work; every later call lets it work at what was asked since."""
    small_town.stock_up(database, town, clock)
    manager.post(f"/sessions/{town.session_id}/plan")

    def work() -> int:
        while run_next(database, {"propose": proposals.make_proposal}, clock):
            pass
        with database.reading() as session:
            kept = proposals.latest(session, town.session_id)
            assert kept is not None
            return kept.id

    return work


def given(database: Database, plan_id: int) -> dict[tuple[str, str], int]:
    with database.reading() as session:
        return {(g["visit"], g["lot"]): g["units"] for g in proposals.get_proposal(session, plan_id).plan["give"]}


def hand(database: Database, plan_id: int) -> Hand:
    with database.reading() as session:
        return proposals.hand_of(proposals.get_proposal(session, plan_id))


def test_a_decision_changes_the_proposal_says_how_much_and_is_lifted_again(
    manager: Browser, database: Database, town: Town, propose: Propose
) -> None:
    first = propose()
    base = f"/sessions/{town.session_id}/plan"
    visit = next(iter(given(database, first)))[0]

    manager.post(f"{base}/visits/{visit}/absent")
    second = propose()
    manager.get(base)

    assert visit not in {v for v, _ in given(database, second)}
    assert "1 foyer ne viendra pas." in manager.words
    assert "Depuis la proposition précédente" in manager.words
    manager.get(f"{base}/history/{second}")
    assert "retiré" in manager.words

    manager.post(f"{base}/visits/{visit}/present")
    third = propose()

    assert hand(database, third) == Hand()
    assert visit in {v for v, _ in given(database, third)}


def test_a_line_fixed_as_it_stands_changes_nothing_but_its_reason(
    manager: Browser, database: Database, town: Town, propose: Propose
) -> None:
    first = propose()
    base = f"/sessions/{town.session_id}/plan"
    (visit, lot), units = next((line, n) for line, n in given(database, first).items() if line[0])

    manager.post(f"{base}/baskets/{visit}/{lot}/pin", units=str(units))
    second = propose()
    manager.get(base, visit=visit)

    assert second != first
    assert given(database, second) == given(database, first)
    assert "Votre décision est prise en compte ; aucune ligne de ces paniers n’a dû changer." in manager.words
    assert "Revenir à la proposition précédente" in manager.words
    assert "Fixée à la main." in manager.words


def test_a_search_that_finds_nothing_better_says_so_and_offers_no_way_back_to_the_same(
    manager: Browser, database: Database, town: Town, propose: Propose
) -> None:
    first = propose()
    base = f"/sessions/{town.session_id}/plan"

    manager.post(base)
    second = propose()
    manager.get(base)

    assert second != first
    assert given(database, second) == given(database, first)
    assert "rien de nettement meilleur n’a été trouvé. Ces paniers restent tels quels." in manager.words
    assert "Revenir à la proposition précédente" not in manager.words
    assert "Voir ce qui a changé" not in manager.words


def test_the_board_says_what_its_figures_are_of_and_what_is_confirmed(
    manager: Browser, database: Database, town: Town, propose: Propose
) -> None:
    with database.writing() as session:
        expect_usual(session, plan_session(session, town.site_id, small_town.FRIDAY + dt.timedelta(days=7), "free"))
    plan_id = propose()

    manager.get(f"/sessions/{town.session_id}/plan")

    with database.reading() as session:
        here = {v.basket for v in get_session(session, town.session_id).visits}
    lines = sum(visit in here for visit, _ in given(database, plan_id))
    assert 0 < lines < len(given(database, plan_id))
    assert f"pour les 2 séances d’ici au dimanche 6 décembre. {CONFIRMED}{lines} lignes." in manager.words
    assert "Le plus loin de ce qui est possible" in manager.words or "Prouvée la meilleure" in manager.words


def test_a_line_is_swapped_and_an_older_proposal_comes_back(
    manager: Browser, database: Database, town: Town, propose: Propose
) -> None:
    first = propose()
    base = f"/sessions/{town.session_id}/plan"
    visit, lot = next(line for line, units in given(database, first).items() if units)

    manager.get(f"{base}/baskets/{visit}/{lot}/swap")
    assert manager.page.status_code == 200
    other = next(x for v, x in given(database, first) if x != lot)
    manager.post(f"{base}/baskets/{visit}/{lot}/swap", lot=other, units="1")
    second = propose()

    assert (visit, lot) not in given(database, second)
    assert given(database, second)[visit, other] == 1
    manager.get(f"{base}/history")
    assert manager.words.count("1 ligne fixée") == 1

    manager.post(f"{base}/restore", plan=first)
    with database.reading() as session:
        counts = proposals.latest(session, town.session_id)
        assert counts is not None
        assert counts.id == first


def test_fixed_lines_that_cannot_hold_are_refused_at_once_in_the_names_people_know(
    manager: Browser, database: Database, town: Town, propose: Propose
) -> None:
    plan_id = propose()
    visit, lot = next(iter(given(database, plan_id)))

    manager.post(f"/sessions/{town.session_id}/plan/baskets/{visit}/{lot}/pin", units="500")

    with database.reading() as session:
        (name,) = names_of(session, [lot]).values()
    assert "ne tiennent pas ensemble" in manager.words
    assert name in manager.words
    notice = manager.page.text.split('class="notice')[1].split("</div>")[0]
    assert "au plus sont utiles" in notice
    assert re.search(r"[a-z]_[a-z]", notice) is None, "a food group by its name"
    assert visit not in notice
    assert propose() == plan_id


def test_wishes_hold_and_nonsense_is_refused(
    manager: Browser, database: Database, town: Town, propose: Propose
) -> None:
    propose()
    base = f"/sessions/{town.session_id}/plan"

    manager.post(f"{base}/wishes", reserve="80", lines="")
    assert "Mettez de côté" in manager.words
    assert 'name="reserve" type="text" value="80"' in manager.page.text
    manager.post(f"{base}/wishes", reserve="20", lines="2", seconds="0")
    assert "3 600 secondes" in manager.words
    manager.post(f"{base}/wishes", reserve="20", lines="2", seconds="600")
    manager.post(f"{base}/lots/{next(iter(given(database, propose())))[1]}/first")
    plan_id = propose()

    decided = hand(database, plan_id)
    assert (decided.reserve_percent, decided.max_lines, len(decided.first)) == (20, 2, 1)
    assert decided.max_seconds == 600
    manager.get(base)
    assert "sans la limite que vous avez fixée" in manager.words or "Prouvée la meilleure" in manager.words
    assert "Mis de côté pour les urgences : 20 %." in manager.words
    assert "Lots par panier, au plus : 2." in manager.words
    lines = given(database, plan_id)
    assert max(sum(v == visit for v, _ in lines) for visit, _ in lines) == 2


def test_a_wish_is_lifted_like_any_decision_and_the_figures_that_moved_are_told(
    manager: Browser, database: Database, town: Town, propose: Propose
) -> None:
    propose()
    base = f"/sessions/{town.session_id}/plan"
    manager.post(f"{base}/wishes", reserve="20", lines="1", seconds="600")
    limited = propose()
    manager.get(base)
    assert re.search(r"Lignes à préparer \d+ → \d+", manager.words)
    manager.get(f"{base}/history")
    assert "1 lot au plus par panier." in manager.words

    for wish in ("lines", "seconds"):
        manager.post(f"{base}/wishes/{wish}/lift")

    assert hand(database, propose()) == Hand(reserve_percent=20)
    assert hand(database, limited).max_lines == 1
    assert manager.post(f"{base}/wishes/none/lift").status_code == 404


def test_few_kinds_of_baskets_are_compared_chosen_and_given_up_again(
    manager: Browser, database: Database, clock: Clock, town: Town, propose: Propose
) -> None:
    propose()
    base = f"/sessions/{town.session_id}/plan"
    manager.get(base)
    manager.get(f"{base}/standard")
    assert "Pas encore calculé" in manager.words

    manager.post(f"{base}/standard")
    run_next(database, {"standard": compare_kinds}, clock)
    manager.get(f"{base}/standard")
    assert "Chacun a son propre panier" in manager.words
    assert "Comme d’habitude : dates courtes d’abord" in manager.words
    manager.post(f"{base}/standard/choose", kinds="0")
    assert "Choisissez de 1 à 99" in manager.words
    manager.post(f"{base}/standard/choose", kinds="1")
    one = propose()

    content: dict[str, set[tuple[str, int]]] = {}
    for (visit, lot), units in given(database, one).items():
        content.setdefault(visit, set()).add((lot, units))
    assert len({frozenset(lines) for lines in content.values()}) == 1
    manager.get(base, visit=next(iter(content)))
    assert "Sortes de paniers, au plus : 1." in manager.words
    assert f"Série A : {len(content)} paniers" in manager.words
    assert "de ce qui est possible" not in manager.words
    manager.post(f"{base}/confirm", plan=one)
    assert "Préparation par série" in manager.get("/labels").text
    picking = manager.get(f"/sessions/{town.session_id}/picking.pdf", by="series")
    assert f"Série A\u202f: {len(content)} paniers" in " ".join(text_of(picking.content))
    manager.post(f"{base}/take-back")

    manager.post(f"{base}/standard/choose")
    assert hand(database, propose()) == Hand()


def test_what_moved_meanwhile_is_named_and_the_baskets_are_proposed_again(
    manager: Browser, database: Database, clock: Clock, town: Town, house: House
) -> None:
    bookings = small_town.stock_up(database, town, clock)
    base = f"/sessions/{town.session_id}/plan"
    manager.post(base)
    run_next(database, {"propose": proposals.make_proposal}, clock)
    with database.reading() as session:
        kept = proposals.latest(session, town.session_id)
        assert kept is not None
        first = kept.id
    with database.writing() as session:
        small_town.take_from_shelf(session, bookings[0], clock)

    manager.post(f"{base}/confirm", plan=first)
    assert "Lait demi-écrémé UHT" in manager.words
    run_next(database, {"propose": proposals.make_proposal}, clock)
    manager.get(base)

    assert f"Entre-temps, ces lots avaient bougé : Lait demi-écrémé UHT ({bookings[0].lot_code})" in manager.words
    with database.reading() as session:
        again = proposals.latest(session, town.session_id)
        assert again is not None
        assert again.previous_id == first
        assert bookings[0].lot_code not in {g["lot"] for g in again.plan["give"]}


def test_what_a_household_excludes_meanwhile_is_named_and_the_baskets_are_proposed_again(
    manager: Browser, database: Database, clock: Clock, town: Town, propose: Propose
) -> None:
    first = propose()
    with database.writing() as session:
        set_exclusions(session, town.household_ids[2], ["milk"], clock.stamp())

    manager.post(f"/sessions/{town.session_id}/plan/confirm", plan=first)
    assert "contient lait, que le passage" in manager.words
    manager.post(f"/sessions/{town.session_id}/plan/confirm", plan=propose())

    assert "Les paniers sont confirmés" in manager.words


def test_the_council_sees_what_each_order_would_have_done(
    open_browser: Callable[[], Browser],
    manager: Browser,
    database: Database,
    clock: Clock,
    town: Town,
    propose: Propose,
) -> None:
    council = open_browser().sign_in(Role.COORDINATOR)
    council.get("/orders")
    assert "Rien à rejouer pour l’instant" in council.words
    plan_id = propose()
    with database.writing() as session:
        baskets.confirm(session, plan_id, clock.stamp())
        came = {sheet.visit_id: [] for sheet in handover.sheets(session, town.session_id)}
        handover.settle(session, came, clock.stamp())
        closing.check_dates(session, town.site_id, clock.stamp())
        closing.close(session, town.session_id, clock.stamp())
    friday = Clock(at=dt.datetime(2026, 11, 28, 9, tzinfo=dt.UTC))

    council.post("/orders", site=town.site_id, days="28", slack="10")
    run_next(database, {"simulate": compare_on_past}, friday)
    council.get("/orders", site=town.site_id)

    assert "la perte › le moins servi › l’équilibre moyen" in council.words
    assert "la perte (à 10 % près) › le moins servi (à 10 % près) › l’équilibre moyen (à 10 % près)" in council.words
    assert "4 passages · 4 foyers · " in council.words
    assert "foyers auraient eu plus" in council.words or "foyer aurait eu plus" in council.words
    assert "Séance la plus maigre : 27/11/2026" in council.words


def test_the_council_votes_the_order_of_goals_and_the_next_proposal_keeps_to_it(
    open_browser: Callable[[], Browser], manager: Browser, database: Database, town: Town, propose: Propose
) -> None:
    council = open_browser().sign_in(Role.COORDINATOR)
    voted = {"order": "floor>waste>mean", "waste": "1", "floor": "2,5 %", "mean": "", "source": "conseil du 20"}
    assert "Écrire ce que le conseil a voté" in council.get("/orders").text
    assert "Écrire ce que le conseil a voté" not in manager.get("/orders").text
    assert manager.post("/orders/vote", **voted, valid_from="2026-11-23").status_code == 403

    for wrong in ({"order": "floor>floor>mean"}, {"order": ""}, {"waste": "21"}, {"waste": "peu"}):
        assert council.post("/orders/vote", **{**voted, **wrong}, valid_from="2026-11-23").status_code == 400
    assert council.post("/orders/vote", **voted, valid_from="2026-11-22").status_code == 400
    assert 'value="conseil du 20"' in council.page.text
    council.post("/orders/vote", **voted, valid_from="2026-12-01")
    council.post("/orders/vote", **voted, valid_from="2026-11-23")

    council.get("/orders")
    assert "le moins servi (à 2,5 % près)" in council.words
    assert "À partir du 01/12/2026" in council.words
    propose()
    manager.get(f"/sessions/{town.session_id}/plan/history")
    order = "le moins servi (à 2,5 % près), la perte (à 1 % près), l’équilibre moyen et les lignes à préparer"
    assert f"{order} (en vigueur depuis le lundi 23 novembre 2026)" in manager.words


def test_a_line_is_given_another_quantity_and_a_lot_is_added_by_hand(
    manager: Browser, database: Database, town: Town, propose: Propose
) -> None:
    first = propose()
    base = f"/sessions/{town.session_id}/plan"
    visit, lot = next(line for line, units in given(database, first).items() if units)

    manager.get(f"{base}/baskets/{visit}/{lot}/swap")
    assert f'action="{base}/baskets/{visit}/{lot}/pin"' in manager.page.text
    had = [v for v, x in given(database, first) if x == lot]
    while holders := [v for v, x in given(database, propose()) if x == lot]:
        for holder in holders:
            manager.post(f"{base}/baskets/{holder}/{lot}/pin", units="0")

    manager.get(base, visit=visit)
    assert f'href="{base}/baskets/{visit}/add"' in manager.page.text
    offered = [v for v in had if f"/baskets/{v}/{lot}/pin" in manager.get(f"{base}/baskets/{v}/add").text]
    assert offered, "what was taken out of every basket is on the shelf for any"
    manager.post(f"{base}/baskets/{offered[0]}/{lot}/pin", units="1")
    assert given(database, propose())[offered[0], lot] == 1
    assert manager.get(f"{base}/baskets/NOBODY/add").status_code == 404


def test_a_lot_is_added_only_to_a_basket_that_has_room_for_one(
    manager: Browser, database: Database, town: Town, propose: Propose
) -> None:
    base = f"/sessions/{town.session_id}/plan"
    visits = {visit for visit, _ in given(database, propose())}

    assert visits
    for visit in visits:
        page = manager.get(base, visit=visit).text
        assert "Ne viendra pas" in page
        assert f"{base}/baskets/{visit}/add" not in page
        assert 'name="units"' not in manager.get(f"{base}/baskets/{visit}/add").text


def test_each_lot_says_where_it_goes_and_any_is_used_first(
    manager: Browser, database: Database, town: Town, propose: Propose
) -> None:
    base = f"/sessions/{town.session_id}/plan"
    plan_id = propose()
    with database.reading() as session:
        kept = proposals.get_proposal(session, plan_id)
        many = len(kept.instance["lots"])

    manager.get(f"{base}/lots", show="all")

    assert f"Tout ({many})" in manager.words
    assert "Personne" in manager.words
    lot = re.search(rf'action="{base}/lots/([0-9A-Z]+)/first"', manager.page.text)
    assert lot is not None
    manager.post(f"{base}/lots/{lot[1]}/first")
    assert lot[1] in hand(database, propose()).first
    assert f"/lots/{lot[1]}/first" not in manager.get(f"{base}/lots", show="all").text


def test_how_well_each_household_is_served_stands_in_its_row_least_first_and_in_its_basket(
    manager: Browser, database: Database, town: Town, propose: Propose
) -> None:
    propose()
    base = f"/sessions/{town.session_id}/plan"

    page = manager.get(base).text
    rows = re.findall(r'<th scope="row"><a href="[^"]*visit=(\w+)#.*?<td class="told"[^>]*>(\d+)', page, re.DOTALL)
    shares = [int(share) for _, share in rows]
    manager.get(base, visit=rows[0][0])

    assert len(rows) == len(town.household_ids)
    assert shares == sorted(shares)
    assert f"Servi à {shares[0]} % de ce qu’il pourrait recevoir" in manager.words
    assert f"Le moins servi {shares[0]} %" in manager.words


def test_a_line_fixed_by_hand_is_told_as_it_is_counted_pieces_or_a_weight(
    manager: Browser, database: Database, town: Town, propose: Propose
) -> None:
    first = propose()
    base = f"/sessions/{town.session_id}/plan"
    with database.reading() as session:
        portions = {lot.code: lot.portion for lot in session.scalars(select(Lot)) if lot.measure == "gram"}
    (visit, lot), units = next((line, n) for line, n in given(database, first).items() if line[1] in portions)

    manager.get(f"{base}/baskets/{visit}/{lot}/swap")
    assert f"en portions de {portions[lot]} g" in manager.words
    manager.post(f"{base}/baskets/{visit}/{lot}/pin", units=str(units))
    propose()
    manager.get(base)

    weight = " ".join(words("fr").weight(units * portions[lot]).split())
    assert f"Pommes, {weight}." in manager.words


def test_the_board_says_what_would_help_and_every_group_a_basket_lacks(
    manager: Browser, database: Database, town: Town, propose: Propose
) -> None:
    visit, _ = next(iter(given(database, propose())))

    manager.get(f"/sessions/{town.session_id}/plan", visit=visit)

    assert "Ce qui aiderait les moins servis" in manager.words
    assert re.search(r"un seul de ces apports suffit : [^.]+ de plus pour \d+ foyers?", manager.words)
    assert "Boissons, café, condiments, hygiène : 0 % du besoin" in manager.words, "it counts for little and is lacking"
    assert "Alimentation infantile : 0 % du besoin" not in manager.words


def test_a_confirmation_is_taken_back_long_after_and_a_day_that_did_not_take_place_says_how(
    manager: Browser, database: Database, clock: Clock, town: Town, propose: Propose
) -> None:
    base = f"/sessions/{town.session_id}"
    plan_id = propose()
    assert f'action="{base}/plan/take-back"' not in manager.get(f"{base}/plan").text
    manager.post(f"{base}/plan/confirm", plan=plan_id)

    manager.get(f"{base}/closing")
    assert "n’a pas eu lieu" in manager.words
    assert f'href="{base}/plan"' in manager.page.text
    assert f'action="{base}/plan/take-back"' in manager.get(f"{base}/plan").text
    manager.post(f"{base}/plan/take-back")
    assert f'action="{base}/plan/confirm"' in manager.page.text

    manager.post(f"{base}/plan/confirm", plan=plan_id)
    with database.writing() as session:
        came = {sheet.visit_id: [] for sheet in handover.sheets(session, town.session_id)[:1]}
        handover.settle(session, came, clock.stamp())
    assert f'action="{base}/plan/take-back"' not in manager.get(f"{base}/plan").text
    assert "n’a pas eu lieu" not in manager.get(f"{base}/closing").text
