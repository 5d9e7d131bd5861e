"""What was swapped away at the counter, by lot and day: whose basket it was is not kept"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "swapped_away",
        sa.Column("id", number, nullable=False),
        sa.Column("lot_id", number, nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_swapped_away_lot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_swapped_away")),
    )
    with op.batch_alter_table("swapped_away", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_swapped_away_lot_id"), ["lot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_swapped_away_on"), ["on"], unique=False)


def downgrade() -> None:
    op.drop_table("swapped_away")
