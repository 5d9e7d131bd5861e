"""When goods are agreed to come, by day and hour; what was written in words is read where that is plain"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
ENGLISH = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKDAY = {name + more: n % 7 for n, name in enumerate((*DAYS, *ENGLISH)) for more in ("", "s")}
EVERY = re.compile(r"\b(chaque (jour|matin|soir)|tous les (jours|matins|soirs)|every (day|morning|evening))\b")
THROUGH = re.compile(r"\b(?:du|from) ({0}) (?:au|to) ({0})\b".format("|".join((*DAYS, *ENGLISH))))
PART = re.compile(r"(?P<hour>[01]?\d|2[0-3])\s*[h:]\s*(?P<minute>[0-5]\d)?(?!\d)|[^\W\d]+|\S")
BESIDE = {"et", "and", "le", "les", "a", "à", "at", "on", "the", "vers", ",", ";", "."}


def times_in(text: str) -> list[tuple[int, int]]:
    """The weekdays and minutes a text plainly says; nothing where any word of it might mean something else.

    >>> times_in("lundi et jeudi, 8 h 30"), times_in("du lundi au mercredi, 9h"), times_in("un lundi sur deux, 9 h")
    ([(0, 510), (3, 510)], [(0, 540), (1, 540), (2, 540)], [])
    """
    found: list[tuple[int, int]] = []
    days: list[int] = []
    timed = True  # days said after a time begin anew
    for part in PART.finditer(THROUGH.sub(_each, EVERY.sub(" ".join(DAYS), text.casefold()))):
        if part["hour"] and days:
            found += [(day, int(part["hour"]) * 60 + int(part["minute"] or 0)) for day in days]
            timed = True
        elif part[0] in WEEKDAY:
            days, timed = [*([] if timed else days), WEEKDAY[part[0]]], False
        elif part[0] not in BESIDE:
            return []
    return sorted(set(found)) if timed else []


def _each(match: re.Match[str]) -> str:
    """Every day from the first to the last; a week that runs backwards is left to people."""
    return " ".join(DAYS[WEEKDAY[match[1]] : WEEKDAY[match[2]] + 1]) or "?"


def upgrade() -> None:
    made = op.create_table(
        "agreed_times",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("donor_id", NUMBER, nullable=False),
        sa.Column("weekday", NUMBER, nullable=False),
        sa.Column("minute", NUMBER, nullable=False),
        sa.Column("site_id", NUMBER, nullable=True),
        sa.CheckConstraint("minute BETWEEN 0 AND 1439", name=op.f("ck_agreed_times_minute")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_agreed_times_weekday")),
        sa.ForeignKeyConstraint(["donor_id"], ["donors.id"], name=op.f("fk_agreed_times_donor_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_agreed_times_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreed_times")),
    )
    with op.batch_alter_table("agreed_times", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agreed_times_donor_id"), ["donor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_agreed_times_weekday"), ["weekday"], unique=False)

    donors = sa.table("donors", sa.column("id"), sa.column("agreement_slots"))
    written = op.get_bind().execute(sa.select(donors.c.id, donors.c.agreement_slots)).all()
    read = [
        {"donor_id": donor_id, "weekday": weekday, "minute": minute}
        for donor_id, text in written
        for weekday, minute in times_in(text)
    ]
    if read:
        op.bulk_insert(made, read)


def downgrade() -> None:
    with op.batch_alter_table("agreed_times", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agreed_times_weekday"))
        batch_op.drop_index(batch_op.f("ix_agreed_times_donor_id"))

    op.drop_table("agreed_times")
