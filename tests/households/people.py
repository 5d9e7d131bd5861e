"""Invented people for the tests of files."""

from households.files import Place, Situation
from households.sealing import Identity, Named

AMINA = Named("Amina", "Ben Saïd", "1985-03-12", "self", "woman")
KARIM = Named("Karim", "Ben Saïd", "1983", "partner")
LINA = Named("Lina", "Ben Saïd", "2012", "child")
FAMILY = Identity((AMINA, KARIM, LINA), "06 39 98 12 34", "3 rue des Lilas")


def situation(partner_id: int, status: str = "unsaid") -> Situation:
    return Situation(partner_id, heard="school", housing="social_tenant", status=status)


def place(partner_id: int, site_id: int) -> Place:
    return Place(organisation_id=partner_id, site_id=site_id, channel="free", carry_grams=15_000)
