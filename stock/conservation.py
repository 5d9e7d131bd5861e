"""received = given + lost + missing + sent away + on hand: told by site, by donor and by programme, and proven.

The left side and the ways out are summed over the movements of all time; what is on hand is read from the balances,
which are kept apart: the two agree or something was written past the ledger. Everything is read in two statements,
however many lots there are.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable

from msgspec import Struct
from sqlalchemy import BigInteger, cast, func, select
from sqlalchemy.orm import Session

from common.words import N_, Term
from network.tables import Site
from stock.accounts import EATEN, LOST, ON_HAND, Account
from stock.tables import Balance, Donor, Lot, Movement, Place

ON_THE_WAY = Term(N_("on the way"))
"""What stands between two sites is a site of its own here: a sum of sites leaves nothing out."""
SITE, DONOR, PROGRAMME = "site", "donor", "programme"


class Books(Struct):
    """Grams of all time, as one site, donor or programme sees them."""

    of: str
    name: str
    received: int = 0
    given: int = 0
    lost: int = 0
    missing: int = 0
    """Missing at counts, less what was found."""
    away: int = 0
    """Sent to other sites or made into other goods, less what came so."""
    on_hand: int = 0

    @property
    def off(self) -> int:
        """What cannot be accounted for: 0, or somebody wrote past the ledger."""
        return self.received - self.given - self.lost - self.missing - self.away - self.on_hand


class _Group(Struct, frozen=True):
    """All goods of one programme and donor that went one way, in grams."""

    source: str
    donor: str
    from_account: Account
    from_site: str
    to_account: Account
    to_site: str
    grams: int


def books(session: Session) -> list[Books]:
    """The books of every site, donor and programme, in the order of their names."""
    sites = _site_of_place(session)
    groups = _groups(session, sites)
    told = _by_site(groups)
    told += _by_goods(groups, DONOR, lambda group: group.donor)
    told += _by_goods(groups, PROGRAMME, lambda group: group.source)
    _add_on_hand(session, sites, told)
    return sorted(told, key=lambda each: ((SITE, PROGRAMME, DONOR).index(each.of), each.name))


def _by_site(groups: Iterable[_Group]) -> list[Books]:
    found: dict[str, Books] = {}

    def of(site: str) -> Books:
        return found.setdefault(site, Books(SITE, site))

    for group in groups:
        if group.to_account in ON_HAND:
            _enter(of(group.to_site), group.from_account, group.grams, inside=group.from_site == group.to_site)
        if group.from_account in ON_HAND:
            _leave(of(group.from_site), group.to_account, group.grams, inside=group.from_site == group.to_site)
    return list(found.values())


def _by_goods(groups: Iterable[_Group], of: str, name: Callable[[_Group], str]) -> list[Books]:
    found: dict[str, Books] = {}
    for group in groups:
        book = found.setdefault(name(group), Books(of, name(group)))
        if group.to_account in ON_HAND:
            _enter(book, group.from_account, group.grams, inside=group.from_account in ON_HAND)
        if group.from_account in ON_HAND:
            _leave(book, group.to_account, group.grams, inside=group.to_account in ON_HAND)
    return list(found.values())


def _enter(book: Books, source: Account, grams: int, *, inside: bool) -> None:
    """So much came onto a shelf: from a donor, or back from where it had gone."""
    if source is Account.OUTSIDE:
        book.received += grams
    else:
        _leave(book, source, -grams, inside=inside)


def _leave(book: Books, target: Account, grams: int, *, inside: bool) -> None:
    """So much went from a shelf; back to its donor, it was not received after all."""
    if target is Account.OUTSIDE:
        book.received -= grams
    elif target in EATEN:
        book.given += grams
    elif target in LOST:
        book.lost += grams
    elif target is Account.COUNT:
        book.missing += grams
    elif not inside:
        book.away += grams


def _groups(session: Session, sites: dict[int | None, str]) -> list[_Group]:
    keys = (
        Lot.source,
        Donor.name,
        Movement.from_account,
        Movement.from_place_id,
        Movement.to_account,
        Movement.to_place_id,
    )
    query = (
        select(*keys, cast(func.sum(Movement.quantity * Lot.grams_each), BigInteger))
        .join(Lot, Lot.id == Movement.lot_id)
        .join(Donor, Donor.id == Lot.donor_id)
        .group_by(*keys, Donor.id)
    )
    return [
        _Group(source, donor, Account(left), sites[origin], Account(entered), sites[target], int(grams))
        for source, donor, left, origin, entered, target, grams in session.execute(query)
    ]


def _add_on_hand(session: Session, sites: dict[int | None, str], told: list[Books]) -> None:
    query = (
        select(Lot.source, Donor.name, Balance.place_id, func.sum(Balance.quantity * Lot.grams_each))
        .join(Lot, Lot.id == Balance.lot_id)
        .join(Donor, Donor.id == Lot.donor_id)
        .group_by(Lot.source, Donor.name, Balance.place_id)
    )
    there: dict[tuple[str, str], int] = defaultdict(int)
    for source, donor, place, grams in session.execute(query):
        for key in ((SITE, sites[place or None]), (DONOR, donor), (PROGRAMME, source)):
            there[key] += int(grams)
    for each in told:
        each.on_hand = there.pop((each.of, each.name), 0)
    # Goods that stand somewhere and never came are nobody's books yet.
    told += [Books(of, name, on_hand=grams) for (of, name), grams in there.items()]


def _site_of_place(session: Session) -> dict[int | None, str]:
    query = select(Place.id, Site.name).join(Site, Site.id == Place.site_id)
    return {None: ON_THE_WAY} | dict(session.execute(query).all())


def unplaced(session: Session) -> int | None:
    """The first movement by which goods came and went without ever standing anywhere; None is the proof."""
    inside = [account.value for account in ON_HAND | {Account.COUNT, Account.REMADE}]
    query = select(func.min(Movement.id)).where(
        Movement.from_account.not_in(inside), Movement.to_account.not_in(inside)
    )
    return session.scalar(query)
