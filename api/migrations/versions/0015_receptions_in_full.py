"""How goods came, by what vehicle, how cold at take-over, and the session short dates come in for"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

KINDS = {
    "food_drive": "food_drive",
    "food_bank": "food_bank",
    "purchase": "purchase",
    "esf_plus": "programme",
    "national_credit": "programme",
    "mmpt": "programme",
}


def upgrade() -> None:
    with op.batch_alter_table("receptions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=20), server_default="pickup", nullable=False))
        batch_op.add_column(sa.Column("vehicle", sa.String(length=40), server_default="", nullable=False))
    with op.batch_alter_table("temperatures", schema=None) as batch_op:
        batch_op.add_column(sa.Column("moment", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("because", sa.String(length=20), server_default="", nullable=False))
    with op.batch_alter_table("lots", schema=None) as batch_op:
        batch_op.add_column(sa.Column("session_on", sa.Date(), nullable=True))

    receptions = sa.table("receptions", sa.column("source", sa.String), sa.column("kind", sa.String))
    for source, kind in KINDS.items():
        op.execute(receptions.update().where(receptions.c.source == source).values(kind=kind))
    temperatures = sa.table("temperatures", sa.column("storage", sa.String), sa.column("moment", sa.String))
    # What was read for a whole reception until now was read where it was received.
    op.execute(temperatures.update().where(temperatures.c.storage.is_not(None)).values(moment="arrival"))


def downgrade() -> None:
    with op.batch_alter_table("lots", schema=None) as batch_op:
        batch_op.drop_column("session_on")
    with op.batch_alter_table("temperatures", schema=None) as batch_op:
        batch_op.drop_column("because")
        batch_op.drop_column("moment")
    with op.batch_alter_table("receptions", schema=None) as batch_op:
        batch_op.drop_column("vehicle")
        batch_op.drop_column("kind")
