"""Pages for people: each handler parses, calls one verb or one query, and answers."""

from api.pages import (
    accounts,
    chain,
    counter,
    front,
    household_file,
    households,
    intake,
    jobs,
    labels,
    plan,
    recalls,
    registration,
    sessions,
    stock,
    waste,
)

PAGES = [
    *front.ROUTES,
    *intake.ROUTES,
    *sessions.ROUTES,
    *plan.ROUTES,
    *counter.ROUTES,
    *jobs.ROUTES,
    *labels.ROUTES,
    *waste.ROUTES,
    *chain.ROUTES,
    *stock.ROUTES,
    *recalls.ROUTES,
    *households.ROUTES,
    *registration.ROUTES,
    *household_file.ROUTES,
    *accounts.ROUTES,
]
