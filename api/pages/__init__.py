"""Pages for people: each handler parses, calls one verb or one query, and answers."""

from api.pages import counter, front, intake, jobs, labels, plan, sessions, waste

PAGES = [
    *front.ROUTES,
    *intake.ROUTES,
    *sessions.ROUTES,
    *plan.ROUTES,
    *counter.ROUTES,
    *jobs.ROUTES,
    *labels.ROUTES,
    *waste.ROUTES,
]
