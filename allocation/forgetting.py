"""Forgetting a household reaches what was kept of its baskets: a proposal says what it excludes beside its card, and so
do answers that were kept to be given again, and work that failed for it."""

import json
from typing import Any

from sqlalchemy import Text, cast, delete, select
from sqlalchemy.orm import Session

from allocation.invitations import Revised, revise
from allocation.tables import PlanRecord
from common.clock import Stamp
from common.tables import Done, Job
from households import privacy
from households.register import get_household


def forget(session: Session, household_id: int, stamp: Stamp) -> Revised:
    """Who they are goes at once, here as in their file, and nothing waits for them; asked again, nothing happens."""
    before = get_household(session, household_id).card
    privacy.forget(session, household_id, stamp)
    after = get_household(session, household_id).card
    if after != before:
        _take_out_of_proposals(session, before, after)
        for kept, told in ((Done, Done.answer), (Job, Job.result)):
            session.execute(delete(kept).where(cast(told, Text).contains(before)))
    return revise(session, household_id, stamp)


def _take_out_of_proposals(session: Session, before: str, after: str) -> None:
    """What was planned stays, for a card nobody holds."""
    for kept in session.scalars(select(PlanRecord).where(cast(PlanRecord.instance, Text).contains(before))):
        kept.figures = _renamed(kept.figures, before, after)
        instance = _renamed(kept.instance, before, after)
        for household in instance["households"]:
            if household["id"] == after:
                household |= {"excludes": [], "lacks": []}
        kept.instance = instance
    session.flush()


def _renamed(kept: Any, before: str, after: str) -> Any:
    return json.loads(json.dumps(kept).replace(before, after))
