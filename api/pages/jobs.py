"""Long work, watched from a page and stopped from it."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.here import Here
from api.pages import recalls
from api.pages.plan import job_part
from api.security import May
from api.work import RECALLS
from common import jobs
from common.errors import Kind, Refusal
from common.jobs import JobState
from common.words import N_
from network.roles import Right

MAY = May(Right.MAKE_PLANS)


class NotYourJob(Refusal):
    """Somebody else's work is theirs to stop."""

    kind = Kind.FORBIDDEN
    message = N_("This work was asked for by someone else.")


@get("/jobs/{job_id:int}", guards=[MAY], sync_to_thread=True)
def job_progress(here: NamedDependency[Here], job_id: FromPath[int]) -> Response[Any]:
    """The part of a page that shows progress; once ended, it tells htmx to show the page anew."""
    with here.database.reading() as session:
        job = jobs.state_of(session, job_id)
    if not job.ended:
        return here.page("pages/jobs.html", job=_part(here, job))
    answer = here.page("pages/jobs.html", job=_part(here, job))
    answer.headers["HX-Refresh"] = "true"
    return answer


@post("/jobs/{job_id:int}/cancel", guards=[MAY], sync_to_thread=True)
def cancel_job(here: NamedDependency[Here], job_id: FromPath[int]) -> Response[Any]:
    with here.database.writing() as session:
        job = jobs.state_of(session, job_id)
        if job.asked_by != here.me.id:
            raise NotYourJob()
        jobs.cancel(session, job_id, here.stamp())
    return here.go(f"/sessions/{job.payload['session_id']}/plan" if job.kind == "propose" else recalls.PATH)


def _part(here: Here, job: JobState) -> dict[str, Any]:
    return recalls.job_part(here, job) if job.kind == RECALLS else job_part(here, job)


ROUTES = [job_progress, cancel_job]
