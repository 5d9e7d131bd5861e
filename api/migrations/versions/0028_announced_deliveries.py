"""Deliveries announced before they come, and what of them each proposal counted on"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "announced_deliveries",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("site_id", NUMBER, nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("food_group", sa.String(length=30), nullable=False),
        sa.Column("grams", NUMBER, nullable=False),
        sa.Column("note", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", NUMBER, nullable=True),
        sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("grams > 0", name=op.f("ck_announced_deliveries_grams_positive")),
        sa.ForeignKeyConstraint(["by_id"], ["accounts.id"], name=op.f("fk_announced_deliveries_by_id")),
        sa.ForeignKeyConstraint(["food_group"], ["food_groups.id"], name=op.f("fk_announced_deliveries_food_group")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_announced_deliveries_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announced_deliveries")),
    )
    with op.batch_alter_table("announced_deliveries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_announced_deliveries_on"), ["on"], unique=False)
        batch_op.create_index(batch_op.f("ix_announced_deliveries_site_id"), ["site_id"], unique=False)

    with op.batch_alter_table("plans", schema=None) as batch_op:
        batch_op.add_column(sa.Column("announced", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("plans", schema=None) as batch_op:
        batch_op.drop_column("announced")

    with op.batch_alter_table("announced_deliveries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_announced_deliveries_site_id"))
        batch_op.drop_index(batch_op.f("ix_announced_deliveries_on"))

    op.drop_table("announced_deliveries")
