"""Labels asked for from a phone, until the computer beside the site's printer has printed them.

A row is a wish, not a record: it goes once it is printed, and `Lot` alone says what the label says.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from common.clock import Stamp
from common.errors import NotFound, Refusal
from common.words import N_, Term
from network.partners import site as get_site
from stock.tables import LabelWish, Lot

MOST_COPIES, MOST_WAITING = 100, 500


class CopiesOutOfRange(Refusal):
    message = N_("Between 1 and %(most)s labels of a lot can be asked for at once: got %(got)s.")
    field = "copies"


class QueueFull(Refusal):
    """A site whose printer stands still must notice, rather than print two days of labels at once."""

    message = N_("%(most)s labels already wait for the printer of this site: print or clear them first.")


def ask_for_labels(session: Session, site_id: int, lot_id: int, copies: int, stamp: Stamp) -> LabelWish:
    """Ask the site's printer for labels of a lot. Raises CopiesOutOfRange, QueueFull or NotFound."""
    if not 1 <= copies <= MOST_COPIES:
        raise CopiesOutOfRange(most=MOST_COPIES, got=copies)
    get_site(session, site_id)
    if session.get(Lot, lot_id) is None:
        raise NotFound(what=Term(N_("lot")), id=lot_id)
    if len(wishes(session, site_id)) >= MOST_WAITING:
        raise QueueFull(most=MOST_WAITING)
    wish = LabelWish(site_id=site_id, lot_id=lot_id, copies=copies, asked_at=stamp.at)
    session.add(wish)
    session.flush()
    return wish


def wishes(session: Session, site_id: int) -> Sequence[LabelWish]:
    """What waits for the printer of a site, the oldest first."""
    query = select(LabelWish).where(LabelWish.site_id == site_id).order_by(LabelWish.id)
    return session.scalars(query.options(joinedload(LabelWish.lot).joinedload(Lot.product))).all()


def granted(session: Session, site_id: int, wish_ids: Collection[int]) -> int:
    """Take what was printed, or is not wanted any more, out of the queue; how many of them were still in it."""
    mine = delete(LabelWish).where(LabelWish.site_id == site_id, LabelWish.id.in_(wish_ids))
    return len(session.scalars(mine.returning(LabelWish.id)).all())
