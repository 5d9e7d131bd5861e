"""Pages for people: each handler parses, calls one verb or one query, and answers."""

from api.pages import counter, front, jobs, plan, sessions

PAGES = [*front.ROUTES, *sessions.ROUTES, *plan.ROUTES, *counter.ROUTES, *jobs.ROUTES]
