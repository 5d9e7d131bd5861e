"""Photos of damage"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "damage_photos",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("lot_id", NUMBER, nullable=True),
        sa.Column("refused_id", NUMBER, nullable=True),
        sa.Column("jpeg", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", NUMBER, nullable=True),
        sa.CheckConstraint("(lot_id IS NULL) <> (refused_id IS NULL)", name=op.f("ck_damage_photos_of_one_thing")),
        sa.ForeignKeyConstraint(["by_id"], ["accounts.id"], name=op.f("fk_damage_photos_by_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_damage_photos_lot_id")),
        sa.ForeignKeyConstraint(["refused_id"], ["refused_goods.id"], name=op.f("fk_damage_photos_refused_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_damage_photos")),
    )
    with op.batch_alter_table("damage_photos", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_damage_photos_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_damage_photos_lot_id"), ["lot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_damage_photos_refused_id"), ["refused_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("damage_photos", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_damage_photos_refused_id"))
        batch_op.drop_index(batch_op.f("ix_damage_photos_lot_id"))
        batch_op.drop_index(batch_op.f("ix_damage_photos_at"))

    op.drop_table("damage_photos")
