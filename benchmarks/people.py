"""How well people registered twice are recognised, and how long a search takes.

    python -m benchmarks.people [--database postgresql] [--search]

Ten thousand invented adults (`tests/households/names.py`) are compared with two thousand of them registered again,
half of them carefully and half with a slip. The baseline is what partners do without this program: the same name in
the same letters and the same birth date. Then ten thousand households of two adults are searched by card, by name
and by phone number as the page does (names of the first page opened, the look written down), beside the baseline of
opening every sealed identity. `--search` does that alone.
"""

import argparse
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from functools import partial
from statistics import median

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from benchmarks.serving import fresh_database
from common.clock import Clock, Stamp
from common.database import Database
from households.files import Place, Situation, find, names_of, register_file
from households.likeness import near, same
from households.listing import rows_of
from households.sealing import Identity, Named, Seal, new_key
from households.tables import Household
from households.tables import Identity as Sealed
from network.partners import add_organisation, add_site
from tests.households.names import CAREFUL, SLIPS, people

ADULTS, AGAIN, HOUSEHOLDS, TIMES, FIRST_PAGE = 10_000, 2_000, 10_000, 40, 60


def main() -> None:
    arguments, chance = _arguments(), random.Random(2026)
    if not arguments.search:
        recognising(chance)
    searching(chance, arguments.database)


def recognising(chance: random.Random) -> None:
    known = people(chance, ADULTS)
    print(f"{ADULTS} adults, {AGAIN} of them registered again")
    print(f"{'registered again':<16} {'compared by':<28} {'found':>7} {'right':>7}")
    for name, ways in (("carefully", CAREFUL), ("with a slip", SLIPS)):
        again = [(n, chance.choice(ways)(chance, known[n])) for n in chance.sample(range(ADULTS), AGAIN // 2)]
        for how, forms in COMPARED.items():
            recall, precision = measure(known, again, forms)
            print(f"{name:<16} {how:<28} {recall:>7.3f} {precision:>7.3f}")
    slips = Counter[str]()
    for way in dict.fromkeys(SLIPS):
        again = [(n, way(chance, known[n])) for n in chance.sample(range(ADULTS), 500)]
        slips[way.__name__] = round(1000 * measure(known, again, COMPARED["close or the same"])[0])
    print("found, per thousand, by kind of slip:", dict(slips))


def _letters(who: Named) -> Iterable[str]:
    return {f"{who.given}|{who.family}|{who.birth}"}


def _same(who: Named) -> Iterable[str]:
    return same(who.given, who.family, who.birth)


def _near(who: Named) -> Iterable[str]:
    return same(who.given, who.family, who.birth) | near(who.given, who.family, who.birth)


COMPARED: dict[str, Callable[[Named], Iterable[str]]] = {
    "the same letters (baseline)": _letters,
    "the same": _same,
    "close or the same": _near,
}


def measure(
    known: list[Named], again: list[tuple[int, Named]], forms: Callable[[Named], Iterable[str]]
) -> tuple[float, float]:
    """Share of those registered again that were found, and share of what was found that was right."""
    index = defaultdict(set)
    for number, who in enumerate(known):
        for form in forms(who):
            index[form].add(number)
    found = right = said = 0
    for number, who in again:
        hits = {n for form in forms(who) for n in index.get(form, ())}
        found += number in hits
        right += number in hits
        said += len(hits)
    return found / len(again), right / said if said else 1.0


def searching(chance: random.Random, database_kind: str) -> None:
    seal, clock = Seal([new_key()]), Clock()
    with fresh_database(database_kind) as url:
        database = Database(url)
        with database.writing() as session:
            partner = add_organisation(session, "Centre social", "municipal_social_centre").id
            site = add_site(session, partner, "C", "Centre").id
            for n in range(HOUSEHOLDS):
                one, other = people(chance, 2)
                register_file(
                    session,
                    seal,
                    identity=Identity((one, other), f"06 39 98 {n // 100:02} {n % 100:02}"),
                    situation=Situation(partner),
                    place=Place(partner, site, "free", 15_000),
                    holder_id=partner,
                    stamp=clock.stamp(),
                )
        with database.writing() as session:
            session.execute(text("ANALYZE"))
        with database.writing() as session:
            card = session.scalars(select(Household.card).limit(1)).one()
            asked = {"card": card, "name": "marie martin", "phone": "06 39 98 12 34", "nobody": "xyzzy"}
            print(
                f"\n{HOUSEHOLDS} households on {database_kind}, one search: processor ms, median and worst by the clock"
            )
            for kind, typed in asked.items():
                work = partial(answer, session, seal, typed, partner, clock.stamp())
                _tell(kind, work, TIMES, f"{len(find(session, seal, typed, partner))} found")
            _tell(
                "opening every identity",
                lambda: [seal.open(s) for s in session.scalars(select(Sealed.sealed))],
                2,
                "baseline",
            )
        database.close()


def answer(session: Session, seal: Seal, typed: str, partner: int, stamp: Stamp) -> None:
    """What the page of a search asks for."""
    found = find(session, seal, typed, partner)[:FIRST_PAGE]
    names_of(session, seal, found, stamp, "search")
    rows_of(session, found, stamp.on)
    session.flush()


def _tell(kind: str, work: Callable[[], object], times: int, said: str) -> None:
    """Means of processor time; by the clock the median and the worst, which others on the machine lengthen."""
    began, clocked = time.process_time(), []
    for _ in range(times):
        at = time.perf_counter()
        work()
        clocked.append((time.perf_counter() - at) * 1000)
    spent = (time.process_time() - began) * 1000 / times
    print(f"{kind:<28} {spent:8.2f} {median(clocked):8.2f} {max(clocked):8.2f}  ({said})")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--search", action="store_true", help="search only")
    return parser.parse_args()


if __name__ == "__main__":
    main()
