"""JSON resources under /api/v1: the same structs and verbs as the pages."""

from api.resources import (
    announced,
    counting,
    day,
    entries,
    households,
    intake,
    lots,
    moves,
    photos,
    recalls,
    reports,
    sessions,
    sign_ins,
    stock,
    temperatures,
    transfers,
)

RESOURCES = [
    *sign_ins.ROUTES,
    *intake.ROUTES,
    *entries.ROUTES,
    *sessions.ROUTES,
    *day.ROUTES,
    *announced.ROUTES,
    *reports.ROUTES,
    *stock.ROUTES,
    *lots.ROUTES,
    *photos.ROUTES,
    *transfers.ROUTES,
    *counting.ROUTES,
    *temperatures.ROUTES,
    *recalls.ROUTES,
    *households.ROUTES,
    *moves.ROUTES,
]
