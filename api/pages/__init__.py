"""Pages for people: each handler parses, calls one verb or one query, and answers."""

from api.pages import front

PAGES = [*front.ROUTES]
