"""Two people have the same form open: who saves second is told so, keeps what was typed, and decides."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from common.clock import Clock
from common.database import Database
from network.printers import add_printer
from network.roles import Role
from stock.tables import Place, ProductCode
from tests.api.conftest import Browser
from tests.small_town import YOGHURT, Town

FORM = re.compile(r'<form[^>]*action="([^"]+)"[^>]*>(.*?)</form>', re.DOTALL)
MARK = re.compile(r'name="seen" value="(\w+)"')
TYPED, TICKED, WRITTEN = 'value="{}"', 'value="{}" checked', ">{}</textarea>"

HOUSEHOLD = {"given-0": "Amina", "birth-0": "1990", "bond-0": "self"}
YOGHURTS = {"name": "Yaourts", "family": "yoghurt", "grams": "500", "value": "2"}
FORMS = {
    "agreement": (Role.MANAGER, "/donors/{donor}", "/donors/{donor}/agreement", "slots", TYPED, {}),
    "partner": (Role.COORDINATOR, "/partners", "/partners/{partner}", "phone", TYPED, {}),
    "site": (Role.COORDINATOR, "/partners", "/partners/sites/{site}", "address", TYPED, {}),
    "identity": (
        Role.SOCIAL_WORKER,
        "/households/{household}/file",
        "/households/{household}/identity",
        "address",
        TYPED,
        HOUSEHOLD,
    ),
    "entitlement": (
        Role.SOCIAL_WORKER,
        "/households/{household}/file",
        "/households/{household}/entitlement",
        "visits",
        TYPED,
        {"channel": "free"},
    ),
    "card": (Role.SOCIAL_WORKER, "/households/{household}", "/households/{household}/card", "exclude", TICKED, {}),
    "product": (Role.VOLUNTEER, "/catalogue/{product}", "/catalogue/{product}", "brand", TYPED, YOGHURTS),
    "printer": (Role.MANAGER, "/labels/printers", "/labels/printers/{printer}", "right", TYPED, {"media": "L7160"}),
    "place": (Role.MANAGER, "/places", "/places/{place}", "name", TYPED, {"position": "2"}),
    "crates": (Role.ADMINISTRATOR, "/rules", "/rules/sites/{site}/tares", "written", WRITTEN, {}),
    "figure": (Role.ADMINISTRATOR, "/rules", "/rules/figures/undated_days", "value", TYPED, {}),
    "steps": (
        Role.ADMINISTRATOR,
        "/rules",
        "/rules/urgency",
        "watch",
        TYPED,
        {"now": "1", "soon": "2"},
    ),
}
SAID = {
    "entitlement": ("3", "4"),
    "card": ("eggs", "fish"),
    "printer": ("2", "3"),
    "crates": ("Cagette 1,5", "Cagette 1,6"),
    "figure": ("7", "8"),
    "steps": ("11", "12"),
}
"""What the one and the other say, where it is no text."""


@pytest.mark.parametrize("form", FORMS)
def test_what_somebody_else_saved_meanwhile_is_not_overwritten_unseen(
    open_browser: Callable[[], Browser], town: Town, database: Database, clock: Clock, form: str
) -> None:
    role, page, path, field, shown, rest = FORMS[form]
    first, second = SAID.get(form, ("03 53 01 62 10", "03 53 01 62 99"))
    with database.writing() as session:
        printer = add_printer(session, town.site_id, "Bureau", "L7160", clock.stamp())
        code = select(ProductCode.product_id).where(ProductCode.gtin == YOGHURT.zfill(14))
        there = {
            "donor": town.donor_id,
            "partner": town.organisation_id,
            "site": town.site_id,
            "household": town.household_ids[0],
            "printer": printer.id,
            "place": session.scalars(
                select(Place.id).where(Place.site_id == town.site_id).order_by(Place.rank)
            ).first(),
            "product": session.scalars(code).one(),
        }
    page, path = page.format(**there), path.format(**there)
    one, other = open_browser().sign_in(role), open_browser().sign_in(role)
    seen = mark(one.get(page).text, path)
    other.get(page)

    one.post(path, **rest, **{field: first}, seen=seen)
    late = other.post(path, **rest, **{field: second}, seen=seen)
    told = other.words
    other.post(path, **rest, **{field: second}, seen=mark(late.text, path))

    assert late.status_code == 409
    assert "Quelqu’un d’autre a enregistré" in told
    assert shown.format(second) in inside(late.text, path)
    assert shown.format(second) in inside(one.get(page).text, path)
    assert shown.format(first) not in inside(one.page.text, path)


def inside(page: str, path: str) -> str:
    """The form that is posted there."""
    (form,) = [inside for action, inside in FORM.findall(page) if action == path]
    return str(form)


def mark(page: str, path: str) -> str:
    """What the form that is posted there says it was made from."""
    return str(MARK.findall(inside(page, path))[0])
