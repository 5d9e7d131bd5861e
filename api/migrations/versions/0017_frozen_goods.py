"""Goods frozen here: which product they were; the last reading of a place in one step"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("frozen_from_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_unique_constraint(batch_op.f("uq_products_frozen_from_id"), ["frozen_from_id"])
        batch_op.create_foreign_key(batch_op.f("fk_products_frozen_from_id"), "products", ["frozen_from_id"], ["id"])

    with op.batch_alter_table("temperatures", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_temperatures_place_id"))
        batch_op.create_index("ix_temperatures_place_id_at", ["place_id", "at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("temperatures", schema=None) as batch_op:
        batch_op.drop_index("ix_temperatures_place_id_at")
        batch_op.create_index(batch_op.f("ix_temperatures_place_id"), ["place_id"], unique=False)

    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_products_frozen_from_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_products_frozen_from_id"), type_="unique")
        batch_op.drop_column("frozen_from_id")
