"""Papers that are not labels, each printed from what the house knows: notes, lists, decisions, notices."""

import datetime as dt
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlalchemy.orm import Session

from allocation.sessions import get_session, list_sessions
from api import papers
from api.here import Here
from api.list_files import SHAPES, Columns, Shape, file_links, list_file
from api.paper import pdf
from api.security import May
from common.errors import NotFound
from common.words import LANGUAGES, N_, Term, words
from households.files import require_holder
from households.seen import may_name_expected
from labels.cards import HouseholdCard, household_cards
from labels.decision import admission_decision
from labels.notes import goods_note
from labels.privacy import PrivacyNotice, privacy_notice
from labels.recall import recall_notice
from labels.sheets import attendance_list, count_sheet
from network.partners import network_name, sites
from network.partners import site as get_site
from network.roles import Right
from network.tables import Organisation
from stock.donors import donors
from stock.receptions import KIND_NAMES, ReceptionKind
from stock.reference import sources

GIVE = May(Right.PRINT_LABELS, Right.OPEN_FILES)
PRINT, CARDS, OPEN = May(Right.PRINT_LABELS), May(Right.SEE_CARDS), May(Right.OPEN_FILES)
SEE = May(Right.SEE_STOCK)
AHEAD = dt.timedelta(days=60)


@get("/labels/papers", guards=[PRINT], sync_to_thread=True)
def papers_page(here: NamedDependency[Here], shape: Shape = "") -> Response[Any]:
    """Everything that can be printed but labels, with the reception, session or site it is about."""
    today = here.clock.today()
    with here.database.reading() as session:
        if shape in SHAPES:
            came = papers.latest_receptions(session, here.me.site_id, limit=None)
            return list_file(here, shape, "receptions", N_("Receptions"), _receptions(here), came)
        usual = _site_id(here, session)
        coming = [row for row in list_sessions(session, today, today + AHEAD) if row.state != "closed"]
        return here.page(
            "pages/papers.html",
            receptions=papers.latest_receptions(session, here.me.site_id),
            donors=[(donor.id, donor.name) for donor in donors(session)],
            sites=[(site.id, site.name) for site in sites(session)],
            site=usual,
            files=file_links(here, "/labels/papers"),
            sessions=[
                {
                    "id": row.id,
                    "on": row.on,
                    "site": row.site,
                    "names": may_name_expected(here.me, row.site_id, row.on, today),
                }
                for row in coming
            ],
        )


def _receptions(here: Here) -> Columns[dict[str, Any]]:
    """The page shows the latest, a file has them all."""
    programmes = {known.code: here.name_of(known) for known in sources()}
    return {
        N_("Number"): lambda row: row["id"],
        N_("Day"): lambda row: row["on"],
        N_("Donor"): lambda row: row["donor"],
        N_("How it came"): lambda row: here.words.text(KIND_NAMES[ReceptionKind(row["kind"])]),
        N_("Programme"): lambda row: programmes.get(row["source"], row["source"]),
    }


@get("/labels/receptions/{reception_id:int}/note.pdf", guards=[PRINT], sync_to_thread=True)
def delivery_pdf(here: NamedDependency[Here], reception_id: FromPath[int]) -> Response[Any]:
    """What came in under a reception, with its temperatures, to be signed by both."""
    with here.database.reading() as session:
        note = papers.delivery_note(session, reception_id, here.words)
    return pdf("delivery.pdf", lambda: goods_note(note, here.words))


@get("/labels/transfers/{transfer_id:int}/note.pdf", guards=[PRINT], sync_to_thread=True)
def transfer_pdf(here: NamedDependency[Here], transfer_id: FromPath[int]) -> Response[Any]:
    """What goes to another site, with room for its temperatures, to be signed by both."""
    with here.database.reading() as session:
        note = papers.transfer_note(session, transfer_id, here.clock)
    return pdf("transfer.pdf", lambda: goods_note(note, here.words))


@get("/labels/pickup.pdf", guards=[PRINT], sync_to_thread=True)
def pickup_pdf(here: NamedDependency[Here], donor: FromQuery[int], site: FromQuery[int]) -> Response[Any]:
    """An empty note to fill in at the donor's today."""
    with here.database.reading() as session:
        note = papers.pickup_note(session, donor, site, here.clock.today())
    return pdf("pickup.pdf", lambda: goods_note(note, here.words))


@get("/labels/count.pdf", guards=[PRINT], sync_to_thread=True)
def count_pdf(here: NamedDependency[Here], site: FromQuery[int]) -> Response[Any]:
    """What should stand where at a site, without how much: whoever counts must look."""
    today = here.clock.today()
    with here.database.reading() as session:
        name = get_site(session, site).name
        shelves = papers.shelves_to_count(session, site)
        network = network_name(session, today)
    return pdf("count.pdf", lambda: count_sheet(name, today, shelves, here.words, network))


@get("/labels/privacy.pdf", guards=[GIVE], sync_to_thread=True)
def privacy_pdf(here: NamedDependency[Here], language: FromQuery[str] = "") -> Response[Any]:
    """The notice for the people who come, in the language asked for."""
    with here.database.reading() as session:
        partner = session.get_one(Organisation, here.me.organisation_id).name
        contact = papers.contact_of(session, here.me.organisation_id)
        notice = PrivacyNotice(network_name(session, here.clock.today()), partner, contact)
    spoken = words(language) if language in LANGUAGES else here.words
    return pdf("privacy.pdf", lambda: privacy_notice(notice, spoken))


@get("/sessions/{session_id:int}/attendance.pdf", guards=[CARDS], sync_to_thread=True)
def attendance_pdf(here: NamedDependency[Here], session_id: FromPath[int], names: FromQuery[str] = "") -> Response[Any]:
    """The cards expected at a session, for a counter without a screen; with `names`, for who may and on the day,
    the name beside each: every paper with names is a look that is written down."""
    with here.database.reading() as session:
        planned = get_session(session, session_id)
        site, on = planned.site.name, planned.on
        named = bool(names) and may_name_expected(here.me, planned.site_id, on, here.clock.today())
        expected = papers.expected_at(session, session_id)
        network = network_name(session, on)
    if named:
        with here.database.writing() as session:
            known = papers.names_at(session, here.house.seal, session_id, here.stamp())
            expected = papers.expected_at(session, session_id, known)
    return pdf("attendance.pdf", lambda: attendance_list(site, on, expected, here.words, network, names=named))


@get("/households/cards.pdf", guards=[CARDS], sync_to_thread=True)
def cards_pdf(here: NamedDependency[Here], q: FromQuery[str] = "", start: FromQuery[int] = 1) -> Response[Any]:
    """The cards whose number holds `q`, on plain A4 to cut; the first `start` - 1 of a part-used sheet stay empty."""
    with here.database.reading() as session:
        numbers = papers.cards(session, q)
        network = network_name(session, here.clock.today())
    cards = [HouseholdCard(number, network) for number in numbers]
    return pdf("cards.pdf", lambda: household_cards(cards, here.words, start=start))


@get("/households/{household_id:int}/decision.pdf", guards=[OPEN], sync_to_thread=True)
def decision_pdf(here: NamedDependency[Here], household_id: FromPath[int]) -> Response[Any]:
    """The last decision on this household's admission with its calculation, to be signed by both."""
    with here.database.reading() as session:
        require_holder(session, household_id, here.me.organisation_id)
        decision = papers.decision_on_paper(session, household_id, here.words)
    if decision is None:
        raise NotFound(what=Term(N_("decision")), id=household_id)
    return pdf("decision.pdf", lambda: admission_decision(decision, here.words))


@get("/recalls/{notice_id:int}/notice.pdf", guards=[SEE], sync_to_thread=True)
def recall_pdf(here: NamedDependency[Here], notice_id: FromPath[int]) -> Response[Any]:
    """The notice of a recall, readable from two metres: it names no household."""
    with here.database.reading() as session:
        contact = papers.contact_of(session, here.me.organisation_id)
        recall = papers.recall_on_paper(session, notice_id, here.clock.today(), contact, here.words)
    return pdf("recall.pdf", lambda: recall_notice(recall, here.words))


def _site_id(here: Here, session: Session) -> int | None:
    """Where this person usually works, or the first site there is."""
    known = sites(session)
    return here.me.site_id or (known[0].id if known else None)


ROUTES = [
    papers_page,
    delivery_pdf,
    transfer_pdf,
    pickup_pdf,
    count_pdf,
    privacy_pdf,
    attendance_pdf,
    cards_pdf,
    decision_pdf,
    recall_pdf,
]
