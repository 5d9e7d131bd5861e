"""JSON resources under /api/v1: the same structs and verbs as the pages."""

from api.resources import sign_ins

RESOURCES = [*sign_ins.ROUTES]
