"""A handful of days at the centre, through a real browser, the real server and its worker."""

import datetime as dt
import re

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from common.clock import Clock
from common.words import words
from network.roles import Role
from tests.browser.conftest import Opening, Served
from tests.small_town import YOGHURT

pytestmark = pytest.mark.browser

FRENCH = words("fr")


def _scan(page: Page, code: str) -> None:
    """What a USB scanner does: a keyboard that types very fast and presses Enter."""
    expect(page.locator("[data-scan-field]")).to_be_focused()
    page.keyboard.type(code, delay=2)
    page.keyboard.press("Enter")


def _shorthand(days: int) -> str:
    """The day so many days from today as a volunteer types it: `2811`."""
    return f"{Clock().today() + dt.timedelta(days=days):%d%m}"


def _book(page: Page, pieces: int) -> None:
    page.get_by_label("Combien").fill(str(pieces))
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.locator("#flash")).to_contain_text(f"Rangé dans Frigo : Yaourt nature 4 × 125 g, quantité {pieces}.")


def _undo(page: Page) -> None:
    page.locator("#flash").get_by_role("button", name="Annuler").click()
    expect(page.locator("#flash")).to_contain_text("Annulé : ce n’est plus en stock.")
    expect(page.get_by_role("region", name="Derniers enregistrements")).to_contain_text("Annulé")


def _box(element: Locator) -> FloatRect:
    box = element.bounding_box()
    assert box is not None
    return box


def _bottom(box: FloatRect) -> float:
    return box["y"] + box["height"]


def test_a_volunteer_scans_a_pack_types_its_date_books_it_and_undoes_it(open_page: Opening) -> None:
    page = open_page(Role.VOLUNTEER)
    date = page.get_by_label("À consommer jusqu’au (DLC)")

    page.goto("/intake")
    _scan(page, YOGHURT)
    expect(page.get_by_role("heading", name="Yaourt nature 4 × 125 g")).to_be_visible()
    expect(date).to_be_focused()
    date.fill("")
    page.keyboard.type(_shorthand(5))
    expect(page.locator("#reading")).to_contain_text("dans 5 jours")
    _book(page, 6)
    _undo(page)


def test_on_a_phone_what_books_a_pack_and_where_it_goes_are_in_sight_at_once(open_page: Opening) -> None:
    page = open_page(Role.VOLUNTEER, viewport={"width": 360, "height": 740})

    page.goto("/intake")
    _scan(page, YOGHURT)
    expect(page.get_by_label("À consommer jusqu’au (DLC)")).to_be_focused()
    button = _box(page.get_by_role("button", name="Enregistrer", exact=True))
    assert _bottom(_box(page.get_by_label("Combien"))) <= button["y"]
    assert _bottom(button) <= _box(page.locator("nav.places"))["y"]
    assert _box(page.get_by_label("Ranger dans"))["width"] >= 120


def test_the_same_pack_is_booked_and_undone_without_a_script(open_page: Opening) -> None:
    page = open_page(Role.VOLUNTEER, java_script_enabled=False)

    page.goto("/intake")
    _scan(page, YOGHURT)
    expect(page.get_by_role("heading", name="Yaourt nature 4 × 125 g")).to_be_visible()
    page.get_by_label("À consommer jusqu’au (DLC)").fill(_shorthand(5))
    _book(page, 7)
    booked = page.get_by_role("region", name="Derniers enregistrements").get_by_role("listitem").first
    expect(booked).to_contain_text("7 pièces")
    expect(booked.locator("time")).to_have_attribute("datetime", f"{Clock().today() + dt.timedelta(days=5)}")
    _undo(page)


def _tab_to(page: Page, found: Locator) -> None:
    """Tab until this has the focus, as somebody without a mouse does; where it is out of reach, say so."""
    for _ in range(80):
        if found.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no key leads to {found}")


def _planned(page: Page) -> None:
    """Wait for the proposal under way; meanwhile and afterwards the focus is somewhere on the page.

    The page one comes from shows no progress either, nor does one that is still being read: the figures tell them
    apart, before and after.
    """
    worth = page.get_by_role("region", name="Ce que vaut cette proposition").locator(".figure")
    expect(worth).to_have_count(4)
    expect(page.get_by_role("progressbar", name="Proposition des paniers")).to_be_hidden()
    expect(worth).to_have_count(4)
    page.wait_for_load_state()


def test_the_manager_plans_pins_bans_swaps_undoes_and_confirms_by_keyboard_alone(
    open_page: Opening, served: Served
) -> None:
    page = open_page(Role.MANAGER)
    keys, basket, decided = page.keyboard, page.locator("#basket"), page.get_by_role("button", name="Lever")

    page.goto(f"/sessions/{served.town.session_id}/plan")
    keys.press("p")
    expect(page.get_by_role("progressbar", name="Proposition des paniers")).to_be_visible()
    _planned(page)
    rows = page.locator("table.heat tbody tr")
    # Somebody who lives alone does not carry home a little of everything: something is left to swap for.
    alone = max(n for n, row in enumerate(rows.all_inner_texts()) if re.search(r"\b1\s+pers\.", row))
    _tab_to(page, rows.first.locator("th a"))
    for key in ("ArrowRight", "ArrowRight", *["ArrowDown"] * alone):
        keys.press(key)
    expect(rows.nth(alone).locator("td").nth(1)).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("Panier de la carte"))).to_be_visible()
    expect(basket).to_be_focused()
    keys.press("ArrowDown")
    kept = basket.locator(".line").first.locator("strong").inner_text()
    keys.press("f")
    expect(decided).to_have_count(1)
    _planned(page)
    expect(basket.get_by_role("button", name=f"Ne plus fixer : {kept}")).to_be_focused()
    keys.press("ArrowDown")
    page.locator(":focus").dispatch_event("keydown", {"key": "é", "bubbles": True})  # no key of the browser's own
    expect(decided).to_have_count(2)
    _planned(page)
    expect(basket.locator("[data-row] :focus")).to_have_count(1)
    keys.press("z")
    expect(decided).to_have_count(1)
    expect(basket.locator("[data-row] :focus")).to_have_count(1)
    _planned(page)
    keys.press("r")
    expect(page.get_by_role("heading", name=re.compile("Échanger"))).to_be_visible()
    _tab_to(page, page.get_by_role("button", name=re.compile("Prendre")).first)
    keys.press("Enter")
    _planned(page)
    expect(basket.locator("[data-row] :focus")).to_have_count(1)
    keys.press("b")
    expect(page.locator("#row-of-basket")).to_be_focused()
    keys.press("?")
    shown = page.get_by_role("dialog", name="Raccourcis clavier").get_by_role("listitem")
    # Whether that basket is the first or the last of all is the proposal's doing.
    for key, does in (
        ("b", "Revenir à sa ligne du tableau"),
        ("[jk]", "Panier (suivant|précédent)"),
        ("p", "Proposer à nouveau"),
    ):
        expect(shown.filter(has_text=re.compile(does)).first).to_have_text(re.compile(f"^{key}{does}$"))
    keys.press("Escape")
    expect(page.locator("#row-of-basket")).to_be_focused()
    keys.press("Home")
    _tab_to(page, page.get_by_role("button", name="Confirmer ces paniers"))
    keys.press("Enter")
    expect(page.locator("#flash")).to_contain_text("Les paniers sont confirmés")
    expect(page.locator(":focus")).to_have_count(1)
    page.get_by_role("link", name="Imprimer listes et étiquettes").click()
    with page.context.expect_event("response", lambda answer: "baskets.pdf" in answer.url) as printed:
        page.get_by_role("button", name="Étiquettes des paniers").first.click()

    assert printed.value.url.startswith(f"{served.address}/sessions/{served.town.session_id}/")
    assert printed.value.status == 200
    assert printed.value.headers["content-type"] == "application/pdf"


def test_a_basket_is_handed_over_but_for_two_lines_and_the_day_ends_with_every_gram_told(
    open_page: Opening, served: Served
) -> None:
    """What is dry is left in two taps; what is chilled in one more, which says whether it stayed in the cold."""
    page = open_page(Role.DISTRIBUTION)

    page.goto(f"/sessions/{served.today_id}")
    _scan(page, served.card)
    line = page.locator("[data-line]").filter(has_text=served.line)
    line.locator("summary").click()
    line.get_by_role("radio", name="Pas à leur goût").click()
    expect(page.locator("[data-left]")).to_contain_text(served.line)
    cold = page.locator("[data-line]").filter(has_text=served.cold)
    cold.locator("summary").click()
    cold.get_by_role("radio", name="En a déjà assez").click()
    page.get_by_role("button", name="Remis, personne suivante").click()
    expect(cold.get_by_text("Dites s’il est resté au froid")).to_be_visible()
    expect(page.locator("[data-left]")).not_to_contain_text(served.cold)
    cold.get_by_role("radio", name="Compost").click()
    expect(page.locator("[data-left]")).to_contain_text(served.cold)
    page.get_by_role("button", name="Remis, personne suivante").click()
    expect(page.locator("#flash")).to_contain_text(f"Remis à la carte {served.card}.")
    page.get_by_role("link", name="Clôturer la séance").first.click()
    page.get_by_role("button", name="Personne d’autre ne viendra").click()
    page.get_by_role("button", name="Vérifié", exact=True).click()
    page.get_by_role("button", name="Clôturer la séance").click()
    expect(page.locator("#flash")).to_contain_text("La séance est clôturée")
    page.goto("/waste")

    reasons = page.get_by_role("region", name="Pourquoi on a délaissé").get_by_role("listitem")
    expect(reasons.filter(has_text="Pas à leur goût")).to_contain_text(FRENCH.weight(served.grams))


def test_on_a_phone_what_hands_a_basket_over_is_in_sight_at_once_and_one_tap_leads_back_to_all(
    open_page: Opening, served: Served
) -> None:
    page = open_page(Role.MANAGER, viewport={"width": 360, "height": 740})

    page.goto(f"/sessions/{served.ready_id}?visit={served.visit_id}")
    button = _box(page.get_by_role("button", name="Remis, personne suivante"))
    assert _bottom(button) <= _box(page.locator("nav.places"))["y"]
    page.get_by_role("link", name="Tous les foyers").click()

    expect(page.get_by_role("heading", name="encore attendu")).to_be_visible()
    expect(page.get_by_role("link", name="Clôturer la séance")).to_be_visible()


def test_in_the_shop_on_a_phone_it_is_in_sight_too_under_what_there_is_to_pay(
    open_page: Opening, served: Served
) -> None:
    """The page of the session as the shop's is: with the field of what they choose, and what is left of the month."""
    page = open_page(Role.MANAGER, viewport={"width": 360, "height": 740})

    page.goto(f"/sessions/{served.shop_id}?visit={served.buyer_id}")
    expect(page.locator(".due").first).to_contain_text("à payer")
    button = _box(page.get_by_role("button", name="Remis, personne suivante"))

    assert _bottom(button) <= _box(page.locator("nav.places"))["y"]


def test_the_language_changes_and_the_page_stays(open_page: Opening, served: Served) -> None:
    page = open_page(Role.COORDINATOR)
    asked = f"{served.address}/stock?q=lait"

    page.goto(asked)
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page).to_have_url(asked)
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Français").click()

    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page).to_have_url(asked)


def test_a_family_of_five_is_registered_by_keyboard_alone(open_page: Opening) -> None:
    """In the numbers of docs/benchmarks.md; the draft is there again after the browser was closed."""
    page = open_page(Role.SOCIAL_WORKER)
    signs = others = fields = 0

    def fill(text: str) -> None:
        nonlocal signs, fields
        page.keyboard.type(text)
        signs += len(text) + sum(sign.isupper() for sign in text)
        fields += 1

    def press(key: str, times: int = 1) -> None:
        nonlocal others
        for _ in range(times):
            page.keyboard.press(key)
        others += times * len(key.split("+"))

    page.goto("/households/new")
    expect(page.get_by_label("Prénom").first).to_be_focused()
    for given, family, born in (
        ("Amina", "Ben Saïd", "12/03/1985"),
        ("Karim", "", "1983"),
        ("Lina", "", "2012"),
        ("Sami", "", "2015"),
        ("Noé", "", "2019"),
    ):
        fill(given)
        press("Tab")
        if family:
            fill(family)
        press("Tab")
        fill(born)
        press("Tab", 3)
    press("Tab")
    fill("06 39 98 12 34")
    press("Tab")
    fill("3 rue des Lilas")
    press("Tab")
    for kind, amount in (("Sal", "1450"), ("RSA", "210"), ("Loy", "620"), ("Tax", "40"), ("Imp", "45,90")):
        fill(kind)
        press("Tab")
        fill(amount)
        press("Tab")
        press("Space")
        fields += 1
        press("Tab")
    expect(page.locator("#answer")).to_contain_text("par personne et par jour")
    page.context.close()
    page = open_page(Role.SOCIAL_WORKER)
    page.goto("/households/new")
    expect(page.get_by_label("Prénom").first).to_have_value("Amina")
    expect(page.get_by_label("Prénom").first).to_be_focused()
    press("Control+Enter")
    expect(page.get_by_role("combobox", name="Décision")).to_be_focused()
    press("Control+Enter")
    fields += 1

    expect(page.get_by_role("heading", name="Dossier de la carte")).to_be_visible()
    assert (signs, others, fields) == (131, 52, 29)
