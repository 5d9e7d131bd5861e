"""The facts of the demo network are facts: codes that scan, goods of every kind, and a town that holds together."""

import re
from pathlib import Path
from typing import Any

import pytest

from api.demo.facts import ArticleFacts, ProductFacts, articles, in_store_codes, network, products
from network.roles import Role
from stock.codes import ScanKind, read_scan
from stock.dates import DateKind
from stock.reference import contents, families, food_groups, sources
from tests.fixtures.scans.make_day import TODAY

FAMILIES = {family.code: family for family in families()}


def test_every_product_is_named_by_a_code_that_a_scanner_reads() -> None:
    for product in products():
        scan = read_scan(product.gtin, today=TODAY)

        assert (scan.kind, scan.gtin14) == (ScanKind.GTIN, product.gtin.zfill(14)), product


def test_a_code_names_one_product() -> None:
    assert len({product.gtin for product in products()}) == len(products()) >= 150


def test_goods_with_a_use_by_date_and_with_a_best_before_date_abound() -> None:
    kinds = [FAMILIES[product.family].date_kind for product in products()]

    assert kinds.count(DateKind.USE_BY) >= 60
    assert kinds.count(DateKind.BEST_BEFORE) >= 60


def test_every_food_group_has_goods() -> None:
    groups = {FAMILIES[goods.family].food_group for goods in (*products(), *articles())}

    assert groups == {group.id for group in food_groups()}


def test_contents_are_told_in_the_words_of_the_list() -> None:
    assert {c for product in products() for c in product.contains} <= {content.code for content in contents()}


def test_meat_that_is_pork_is_meat() -> None:
    assert all("meat" in p.contains for p in products() if "pork" in p.contains and "gelatine" not in p.contains)


def test_no_alcohol_is_given() -> None:
    assert not [p.name for p in products() if re.search(r"\b(bière|vin|cidre|rhum)\b", p.name.casefold())]


def test_every_fact_says_where_it_comes_from() -> None:
    assert all(product.source.startswith("Open Food Facts, ODbL 1.0") for product in products())


def test_every_picture_of_an_article_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([^"]+)"', Path("api/static/icons/food.svg").read_text(encoding="utf-8")))

    assert {article.pictogram for article in articles()} <= drawn


def test_goods_without_a_date_keep_for_a_known_time() -> None:
    undated = [a for a in articles() if FAMILIES[a.family].date_kind is DateKind.NONE]

    assert [article.code for article in undated if article.shelf_life_days is None] == []


def test_the_town_holds_together() -> None:
    town = network()
    organisations, sites = {o.code for o in town.organisations}, {s.code for s in town.sites}
    donors = {d.code for d in town.donors}

    assert (len(organisations), len(sites)) == (4, 3)
    assert {s.organisation for s in town.sites} <= organisations
    assert {p.site for p in town.places} == sites
    assert {a.organisation for a in town.accounts} <= organisations
    assert {a.site for a in town.accounts} <= sites | {None}
    assert {d.source for d in town.donors} <= {s.code for s in sources()}
    assert {c.donor for c in in_store_codes()} <= donors
    assert {c.article for c in in_store_codes()} <= {a.code for a in articles()}


def test_somebody_of_each_role_can_sign_in_and_two_partners_have_a_social_worker() -> None:
    accounts = network().accounts

    assert {account.role for account in accounts} == set(Role)
    assert len({a.organisation for a in accounts if a.role == Role.SOCIAL_WORKER}) == 2


def test_every_site_can_keep_dry_chilled_and_frozen_goods_and_set_some_aside() -> None:
    kept = {site.code: {p.storage for p in network().places if p.site == site.code} for site in network().sites}

    assert {len(storages) for storages in kept.values()} == {4}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"gtin": "3017620422004"}, "not a GTIN"),
        ({"gtin": "2123450012343"}, "not a GTIN"),
        ({"family": "sweet dreams"}, "no family"),
    ],
)
def test_a_product_that_cannot_be_is_refused(changes: dict[str, Any], reason: str) -> None:
    usual = next(product for product in products() if product.gtin == "3017620422003")

    with pytest.raises(ValueError, match=reason):
        ProductFacts(**{name: getattr(usual, name) for name in usual.__struct_fields__} | changes)


@pytest.mark.parametrize("changes", [{"unit_grams": 250}, {"portion_grams": None}, {"measure": "unit"}])
def test_a_weighed_article_has_a_portion_and_no_piece(changes: dict[str, Any]) -> None:
    apples = next(article for article in articles() if article.code == "POMME")

    with pytest.raises(ValueError, match="weighed goods"):
        ArticleFacts(**{name: getattr(apples, name) for name in apples.__struct_fields__} | changes)
