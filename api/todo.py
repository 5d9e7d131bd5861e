"""What is most useful to do today, for each role: at most three things, each with its figure and where to do it.

Each question costs a statement or two and answers with nothing where there is nothing to do. A role asks its
questions in the order of what would be lost by waiting, until three have answered.
"""

import datetime as dt
from collections.abc import Callable
from itertools import islice

from msgspec import Struct
from sqlalchemy.orm import Session

from allocation.alerts import alerts
from allocation.concerned import watch
from allocation.proposals import is_proposed
from allocation.sessions import SessionRow, list_sessions
from api.here import Here
from common.words import N_
from households import admission, emergency, first_contacts, moving, referrals
from labels.temperatures import degrees
from network.accounts import list_accounts
from network.roles import Right, Role
from stock.accounts import Account
from stock.counts.register import counts
from stock.label_queue import wishes
from stock.losses import expired
from stock.place_log import alarms
from stock.shelf import at_risk
from stock.transfers.register import transfers

MOST = 3
SOON = 3
"""Days within which what is not set aside is urgent."""
AHEAD, BEHIND = dt.timedelta(days=14), dt.timedelta(days=60)


class Todo(Struct, frozen=True):
    """One thing to do: the sentence that says it with its figure, and the button that leads there."""

    text: str
    button: str
    href: str
    icon: str


Question = Callable[[Here, Session], Todo | None]


def todos(here: Here, session: Session) -> list[Todo]:
    """What this person does first today; nothing where nothing waits."""
    answers = (question(here, session) for question in QUESTIONS[here.me.role])
    return list(islice(filter(None, answers), MOST))


# The shelves


def past_their_day(here: Here, session: Session) -> Todo | None:
    gone = [e for e in expired(session, here.clock.today(), here.me.site_id) if e.account is not Account.RESERVED]
    if not gone:
        return None
    weight = here.words.about(sum(e.grams for e in gone))
    text = here.words.text(N_("%(weight)s past their last day are still on the shelves."), weight=weight)
    return _todo(here, text, N_("Take them off"), "/at-risk", "warn")


def out_of_range(here: Here, session: Session) -> Todo | None:
    wrong = alarms(session, here.me.site_id)
    if not wrong:
        return None
    text = here.words.text(
        N_("%(place)s was read at %(degrees)s, out of its limits."),
        place=wrong[0].place,
        degrees=degrees(wrong[0].tenths, here.words),
    )
    href = f"/temperatures/{wrong[0].place_id}" if len(wrong) == 1 else "/temperatures"
    return _todo(here, text, N_("See to what stands there"), href, "thermometer")


def soon_lost(here: Here, session: Session) -> Todo | None:
    risk = at_risk(session, here.clock.today(), site_id=here.me.site_id, horizon_days=SOON)
    grams = risk.grams - risk.planned_grams
    if grams <= 0:
        return None
    weight = here.words.about(grams)
    text = here.words.text(N_("%(weight)s must go within 3 days and are in no confirmed basket."), weight=weight)
    return _todo(here, text, N_("See what to save"), "/at-risk", "warn")


def on_its_way(here: Here, session: Session) -> Todo | None:
    sent = [t for t in transfers(session, here.me.site_id) if t.settled_at is None]
    coming = [t for t in sent if here.me.site_id in (None, t.to_site_id)]
    if not coming:
        return None
    text = here.words.plural(
        "A transfer of %(weight)s is on its way.",
        "%(n)s transfers, %(weight)s together, are on their way.",
        len(coming),
        weight=here.words.about(sum(t.grams for t in coming)),
    )
    href = f"/transfers/{coming[0].id}" if len(coming) == 1 else "/transfers"
    return _todo(here, text, N_("Receive it"), href, "swap")


def being_counted(here: Here, session: Session) -> Todo | None:
    under_way = [c for c in counts(session, here.me.site_id) if c.closed_at is None and not c.dropped]
    if not under_way:
        return None
    text = here.words.text(
        N_("A count begun %(day)s is not finished: %(where)s."),
        day=here.words.near_date(under_way[0].opened_at.date(), here.clock.today()),
        where=under_way[0].place or under_way[0].site,
    )
    return _todo(here, text, N_("Go on counting"), f"/counts/{under_way[0].id}", "check")


def labels_waiting(here: Here, session: Session) -> Todo | None:
    wanted = sum(wish.copies for wish in wishes(session, here.me.site_id)) if here.me.site_id else 0
    if not wanted:
        return None
    text = here.words.plural("%(n)s label waits to be printed.", "%(n)s labels wait to be printed.", wanted)
    return _todo(here, text, N_("Print"), "/labels/queue", "label")


def recalls(here: Here, session: Session) -> Todo | None:
    waiting = watch(session, here.clock.now()).waiting
    if not waiting:
        return None
    text = here.words.plural(
        "%(n)s product recall concerns our goods and waits.",
        "%(n)s product recalls concern our goods and wait.",
        waiting,
    )
    return _todo(here, text, N_("Look at the recalls"), "/recalls", "ban")


def old_alerts(here: Here, session: Session) -> Todo | None:
    known = watch(session, here.clock.now())
    if not known.stale:
        return None
    if known.last is None:
        text = here.words.text(N_("The recalls of products were never read."))
    else:
        on = here.words.day(known.last.at.date(), here.clock.today())
        text = here.words.text(N_("The recalls of products were last read on %(day)s."), day=on)
    return _todo(here, text, N_("Look at the recalls"), "/recalls", "ban")


# The sessions


def at_the_counter(here: Here, session: Session) -> Todo | None:
    opening = next((s for s in _sessions(here, session) if s.on == here.clock.today() and s.state == "confirmed"), None)
    if opening is None:
        return None
    waiting = opening.expected - opening.served - opening.absent
    text = here.words.plural(
        "Today at %(site)s: %(n)s household is still expected.",
        "Today at %(site)s: %(n)s households are still expected.",
        waiting,
        site=opening.site,
    )
    return _todo(here, text, N_("Open the counter"), f"/sessions/{opening.id}", "card")


def to_pack(here: Here, session: Session) -> Todo | None:
    today = here.clock.today()
    ready = next((s for s in _sessions(here, session) if s.on >= today and s.state == "confirmed"), None)
    if ready is None:
        return None
    text = here.words.plural(
        "%(n)s basket is to be packed for %(day)s.",
        "%(n)s baskets are to be packed for %(day)s.",
        ready.expected - ready.served - ready.absent,
        day=_when(here, ready.on),
    )
    if Right.RUN_SESSIONS in here.me.rights:
        return _todo(here, text, N_("Pack the baskets"), f"/sessions/{ready.id}/picking", "basket")
    return _todo(here, text, N_("Print the pick lists"), f"/labels?session={ready.id}", "basket")


def baskets_to_decide(here: Here, session: Session) -> Todo | None:
    today = here.clock.today()
    planned = next((s for s in _sessions(here, session) if s.on >= today and s.state == "planned"), None)
    if planned is None:
        return None
    day, href = _when(here, planned.on), f"/sessions/{planned.id}/plan"
    if is_proposed(session, planned.id):
        text = here.words.text(N_("The baskets proposed for %(day)s wait for your word."), day=day)
        return _todo(here, text, N_("Look at the baskets"), href, "basket")
    text = here.words.plural(
        "%(n)s household is expected %(day)s, and no basket is proposed yet.",
        "%(n)s households are expected %(day)s, and no basket is proposed yet.",
        planned.expected,
        day=day,
    )
    return _todo(here, text, N_("Propose the baskets"), href, "basket")


def next_opening(here: Here, session: Session) -> Todo | None:
    coming = next((s for s in _sessions(here, session) if s.on > here.clock.today()), None)
    if coming is None:
        return None
    text = here.words.plural(
        "%(site)s opens %(day)s: %(n)s household is expected.",
        "%(site)s opens %(day)s: %(n)s households are expected.",
        coming.expected,
        site=coming.site,
        day=_when(here, coming.on),
    )
    return _todo(here, text, N_("See who comes"), f"/sessions/{coming.id}", "calendar")


def to_close(here: Here, session: Session) -> Todo | None:
    late = [s for s in _sessions(here, session) if s.on < here.clock.today() and s.state != "closed"]
    if not late:
        return None
    text = here.words.plural(
        "%(n)s session is over and not closed: its food is not accounted for yet.",
        "%(n)s sessions are over and not closed: their food is not accounted for yet.",
        len(late),
    )
    return _todo(here, text, N_("Close the first"), f"/sessions/{late[0].id}/closing", "check")


def warnings(here: Here, session: Session) -> Todo | None:
    found = alerts(session, here.clock.today())
    told = len(found.rescues) + len(found.donors) + len(found.households)
    if not told:
        return None
    text = here.words.plural(
        "%(n)s thing is worth a look: food to save, a donor to speak with, a home without fresh food.",
        "%(n)s things are worth a look: food to save, donors to speak with, homes without fresh food.",
        told,
    )
    return _todo(here, text, N_("Read the alerts"), "/waste/alerts", "leaf")


# The people


def to_call(here: Here, session: Session) -> Todo | None:
    waiting = first_contacts.how_many_wait(session, here.me.organisation_id)
    if not waiting:
        return None
    text = here.words.plural(
        "%(n)s person asked for help and waits for a call.", "%(n)s people asked for help and wait for a call.", waiting
    )
    return _todo(here, text, N_("Call back"), "/first-contacts", "person")


def parcels(here: Here, session: Session) -> Todo | None:
    waiting = sum(parcel.ours for parcel in emergency.waiting(session, here.me.organisation_id))
    if not waiting:
        return None
    text = here.words.plural(
        "%(n)s emergency parcel was given without a file.",
        "%(n)s emergency parcels were given without a file.",
        waiting,
    )
    return _todo(here, text, N_("Follow up"), "/emergency", "box")


def ending(here: Here, session: Session) -> Todo | None:
    soon = admission.renewals(session, here.clock.today(), here.me.organisation_id)
    if not soon:
        return None
    text = here.words.plural(
        "%(n)s admission ends soon or has just ended.", "%(n)s admissions end soon or have just ended.", len(soon)
    )
    return _todo(here, text, N_("Renew"), "/households", "people")


def coming_over(here: Here, session: Session) -> Todo | None:
    waiting = len(moving.incoming(session, here.me.organisation_id, here.clock.today()))
    if not waiting:
        return None
    text = here.words.plural(
        "%(n)s household would come over to you and waits for an answer.",
        "%(n)s households would come over to you and wait for an answer.",
        waiting,
    )
    return _todo(here, text, N_("Give an answer"), "/moves", "swap")


def standing_still(here: Here, session: Session) -> Todo | None:
    late = referrals.overdue(session, here.clock.today(), here.me.organisation_id)
    if not late:
        return None
    text = here.words.plural(
        "The referral of %(n)s household stands still.", "The referrals of %(n)s households stand still.", len(late)
    )
    return _todo(here, text, N_("Ask the partners"), "/referrals", "swap")


def handed_over(here: Here, session: Session) -> Todo | None:
    waiting = referrals.unanswered(session, here.clock.today(), here.me.organisation_id)
    if not waiting:
        return None
    text = here.words.plural(
        "%(n)s household was referred to you and waits for an answer.",
        "%(n)s households were referred to you and wait for an answer.",
        waiting,
    )
    return _todo(here, text, N_("Give an answer"), "/referrals", "people")


def alone(here: Here, session: Session) -> Todo | None:
    active = [account for account, _ in list_accounts(session, here.clock.now()) if account.active]
    if len(active) > 1:
        return None
    text = here.words.text(N_("Nobody but you can sign in yet."))
    return _todo(here, text, N_("Add people"), "/accounts", "key")


# Recalls that nobody read may already be on a plate: for whoever answers for them, that question is never further down
# than the third.
QUESTIONS: dict[Role, tuple[Question, ...]] = {
    Role.VOLUNTEER: (out_of_range, past_their_day, on_its_way, being_counted, to_pack, labels_waiting, soon_lost),
    Role.DISTRIBUTION: (at_the_counter, to_close, to_pack, soon_lost, next_opening),
    Role.MANAGER: (
        recalls,
        out_of_range,
        old_alerts,
        past_their_day,
        soon_lost,
        baskets_to_decide,
        to_close,
        on_its_way,
        being_counted,
    ),
    Role.SOCIAL_WORKER: (to_call, coming_over, ending, standing_still, parcels, handed_over),
    Role.COORDINATOR: (recalls, out_of_range, old_alerts, to_close, warnings, baskets_to_decide, soon_lost),
    Role.ADMINISTRATOR: (alone, old_alerts, past_their_day, on_its_way),
    Role.PARTNER: (handed_over,),
}


def _sessions(here: Here, session: Session) -> list[SessionRow]:
    today = here.clock.today()
    return list_sessions(session, today - BEHIND, today + AHEAD, here.me.site_id)


def _when(here: Here, day: dt.date) -> str:
    """A day to come, as one says it: `demain`, `vendredi`, `jeudi 3 décembre`."""
    today = here.clock.today()
    return here.words.near_date(day, today) if day - today < dt.timedelta(days=7) else here.words.day(day, today)


def _todo(here: Here, text: str, button: str, href: str, icon: str) -> Todo:
    return Todo(text, here.words.text(button), href, icon)
