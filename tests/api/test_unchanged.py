"""Two people have the same form open: who saves second is told so, keeps what was typed, and decides."""

import re
from collections.abc import Callable

import pytest

from network.roles import Role
from tests.api.conftest import Browser
from tests.small_town import Town

FORM = re.compile(r'<form[^>]*action="([^"]+)"[^>]*>(.*?)</form>', re.DOTALL)
MARK = re.compile(r'name="seen" value="(\w+)"')

HOUSEHOLD = {"given-0": "Amina", "birth-0": "1990", "bond-0": "self"}
FORMS = {
    "agreement": (Role.MANAGER, "/donors/{donor}", "/donors/{donor}/agreement", "slots", {}),
    "partner": (Role.COORDINATOR, "/partners", "/partners/{partner}", "phone", {}),
    "site": (Role.COORDINATOR, "/partners", "/partners/sites/{site}", "address", {}),
    "identity": (
        Role.SOCIAL_WORKER,
        "/households/{household}/file",
        "/households/{household}/identity",
        "address",
        HOUSEHOLD,
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_what_somebody_else_saved_meanwhile_is_not_overwritten_unseen(
    open_browser: Callable[[], Browser], town: Town, form: str
) -> None:
    role, page, path, field, rest = FORMS[form]
    there = {
        "donor": town.donor_id,
        "partner": town.organisation_id,
        "site": town.site_id,
        "household": town.household_ids[0],
    }
    page, path = page.format(**there), path.format(**there)
    one, other = open_browser().sign_in(role), open_browser().sign_in(role)
    seen = mark(one.get(page).text, path)
    other.get(page)

    one.post(path, **rest, **{field: "03 53 01 62 10"}, seen=seen)
    late = other.post(path, **rest, **{field: "03 53 01 62 99"}, seen=seen)
    told = other.words
    other.post(path, **rest, **{field: "03 53 01 62 99"}, seen=mark(late.text, path))

    assert late.status_code == 409
    assert "Quelqu’un d’autre a enregistré" in told
    assert 'value="03 53 01 62 99"' in late.text
    assert "03 53 01 62 99" in one.get(page).text
    assert "03 53 01 62 10" not in one.page.text


def mark(page: str, path: str) -> str:
    """What the form that is posted there says it was made from."""
    (form,) = [inside for action, inside in FORM.findall(page) if action == path]
    return str(MARK.findall(form)[0])
