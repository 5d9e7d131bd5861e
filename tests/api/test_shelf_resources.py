"""Programs do with lots and transfers what people do on their pages, under the same rights."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from common.clock import Clock
from common.database import Database
from network.partners import add_site
from network.roles import Role
from network.tables import Account
from stock.places import Storage, add_place
from tests.api.conftest import Browser
from tests.small_town import PASSWORD, Town, stock_up


@pytest.fixture
def ask(manager: Browser) -> Callable[..., Any]:
    """Post as a program of a role does; the answer in JSON, with its status where it was refused."""
    tokens = {
        role: manager.client.post("/api/v1/sign-ins", json={"login": role.value, "password": PASSWORD}).json()["token"]
        for role in (Role.MANAGER, Role.VOLUNTEER)
    }

    def post(path: str, role: Role = Role.MANAGER, key: str = "", **said: Any) -> Any:
        headers = {"authorization": f"Bearer {tokens[role]}"} | ({"idempotency-key": key} if key else {})
        body = said.pop("lines_only", said)
        answer = manager.client.post(f"/api/v1{path}", json=body, headers=headers)
        return answer.json() if answer.status_code < 300 else (answer.status_code, answer.json()["code"])

    return post


def test_programs_move_split_block_free_date_and_lose_a_lot(
    ask: Callable[..., Any], manager: Browser, database: Database, town: Town, clock: Clock
) -> None:
    milk = stock_up(database, town, clock)[0]
    path, shelf = f"/stock/lots/{milk.lot_code}", milk.place_id

    made = ask(f"{path}/split", key="split-it-once", quantity=4, place_id=shelf)
    again = ask(f"{path}/split", key="split-it-once", quantity=4, place_id=shelf)
    other = ask(f"{path}/split", key="split-it-once", quantity=3, place_id=shelf)
    blocked = ask(f"{path}/block", Role.VOLUNTEER, quantity=3, place_id=shelf, cause="quality")
    freeing = {"quantity": 2, "from_place_id": shelf, "to_place_id": shelf, "why": "checked_good"}
    not_theirs = ask(f"{path}/release", Role.VOLUNTEER, **freeing)
    freed = ask(f"{path}/release", **freeing)
    later = ask(f"{path}/date", Role.VOLUNTEER, date="2027-05-01")
    dated = ask(f"{path}/date", date="2027-05-01", reason="misread")
    lost = ask(f"{path}/losses", quantity=1, cause="quality", exit="animals", blocked=True)
    nowhere = ask(f"{path}/move", quantity=1, from_place_id=shelf, to_place_id=99)

    assert made == again
    assert other[0] == 409
    assert {"id"} == blocked.keys() == freed.keys()
    assert (not_theirs[0], later) == (403, (403, "LaterDate"))
    assert dated["date"] == "2027-05-01"
    assert lost["grams"] == 1000
    assert nowhere == (404, "NotFound")
    told = manager.get(f"/api/v1/stock/lots/{milk.lot_code}").json()
    assert {s["account"]: s["quantity"] for s in told["stands"]} == {"shelf": 7}
    assert told["children"] == [made["code"]]


def test_programs_take_back_a_booking_a_move_a_split_and_a_loss_once_each(
    ask: Callable[..., Any], manager: Browser, database: Database, town: Town, clock: Clock
) -> None:
    milk, yoghurt, *_ = stock_up(database, town, clock)
    path, shelf = f"/stock/lots/{milk.lot_code}", milk.place_id
    with database.writing() as session:
        cellar = add_place(session, town.site_id, "Cave", Storage.DRY).id

    moved = ask(f"{path}/move", quantity=5, from_place_id=shelf, to_place_id=cellar)["id"]
    split = list(ask(f"{path}/split", quantity=4, place_id=shelf)["movements"])
    lost = ask(f"{path}/losses", quantity=7, cause="breakage", exit="biowaste")["movements"]
    blocked = ask(f"{path}/block", quantity=1, place_id=cellar, cause="quality")["id"]
    assert len(lost) == 2  # three stood on the shelf, the rest in the cellar

    not_theirs = ask(f"/movements/{blocked}/undo", Role.VOLUNTEER)
    halves = ask("/movements/undo", key="undo-too-much", movements=[*lost, 999])
    first, again = (ask("/movements/undo", Role.VOLUNTEER, key="undo-the-loss", movements=lost) for _ in range(2))
    other = ask("/movements/undo", Role.VOLUNTEER, key="undo-the-loss", movements=split)
    freed, whole, back = (
        ask(f"/movements/{blocked}/undo"),
        ask("/movements/undo", movements=split),
        ask(f"/movements/{moved}/undo", key="undo-the-move"),
    )
    twice = ask(f"/movements/{moved}/undo")
    of_undo = ask(f"/movements/{back['id']}/undo")
    booking = ask(f"/movements/{yoghurt.movement_id}/undo")

    assert (not_theirs, halves, other[0]) == ((403, "NotForYou"), (404, "NotFound"), 409)
    assert first == again
    assert [len(one["movements"]) for one in (first, whole)] == [2, 2]
    assert freed.keys() == back.keys() == booking.keys() == {"id"}
    assert (twice, of_undo) == ((409, "AlreadyUndone"), (409, "UndoneElsewhere"))
    told = manager.get(f"/api/v1/stock/lots/{milk.lot_code}").json()
    assert [(s["place"], s["quantity"]) for s in told["stands"]] == [("Étagère A", 12)]


def test_programs_send_goods_and_receive_them_line_by_line(
    ask: Callable[..., Any], database: Database, town: Town, clock: Clock
) -> None:
    milk, *_, apples = stock_up(database, town, clock)
    with database.writing() as session:
        annex = add_site(session, town.organisation_id, "ANNEXE", "Annexe").id
        add_place(session, annex, "Rayon", Storage.DRY)
        session.scalars(select(Account).where(Account.login == Role.VOLUNTEER.value)).one().site_id = annex
    lines = [{"lot_id": milk.lot_id, "quantity": 5}, {"lot_id": apples.lot_id, "quantity": 2000}]
    sites = {"from_site_id": town.site_id, "to_site_id": annex}

    twice = ask("/transfers", **sites, lines=lines[:1] * 2)
    sent = ask("/transfers", key="send-it-once", **sites, lines=lines)
    again = ask("/transfers", key="send-it-once", **sites, lines=lines)
    path, first = f"/transfers/{sent['id']}", sent["lines"][0]["id"]
    not_here = ask(f"{path}/arrival", lines_only=[])
    not_theirs = ask(f"{path}/call-back", Role.VOLUNTEER)
    strange = ask(f"{path}/arrival", Role.VOLUNTEER, lines_only=[{"line_id": 999, "received": 1}])
    why = ask(f"{path}/arrival", Role.VOLUNTEER, lines_only=[{"line_id": first, "received": 4}])
    told = [{"line_id": first, "received": 4, "difference": "breakage"}]
    arrived = ask(f"{path}/arrival", Role.VOLUNTEER, lines_only=told)

    assert sent == again
    assert twice[0] == 422 or twice[0] == 400
    assert (not_here[0], not_theirs[0], strange[0]) == (409, 409, 404)
    assert why[1] == "SayWhy"
    assert [(line["sent"], line["received"], line["difference"]) for line in arrived["lines"]] == [
        (5, 4, "breakage"),
        (2000, 2000, ""),
    ]
    assert arrived["missing_grams"] == 1000
