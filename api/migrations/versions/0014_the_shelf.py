"""On the shelf: counts, temperatures of places, lots made from lots, dates set right"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "counts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("family_code", sa.String(length=30), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("dropped", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["closed_by"], ["accounts.id"], name=op.f("fk_counts_closed_by")),
        sa.ForeignKeyConstraint(["family_code"], ["families.code"], name=op.f("fk_counts_family_code")),
        sa.ForeignKeyConstraint(["opened_by"], ["accounts.id"], name=op.f("fk_counts_opened_by")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_counts_place_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_counts_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counts")),
    )
    with op.batch_alter_table("counts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_counts_site_id"), ["site_id"], unique=False)

    op.create_table(
        "count_differences",
        sa.Column("count_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("found", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stood", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.Column("movements", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["count_id"], ["counts.id"], name=op.f("fk_count_differences_count_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_count_differences_lot_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_count_differences_place_id")),
        sa.PrimaryKeyConstraint("count_id", "lot_id", "place_id", name=op.f("pk_count_differences")),
    )
    op.create_table(
        "count_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("count_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stood", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("taken_back", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_count_entries_quantity_not_negative")),
        sa.ForeignKeyConstraint(["by_id"], ["accounts.id"], name=op.f("fk_count_entries_by_id")),
        sa.ForeignKeyConstraint(["count_id"], ["counts.id"], name=op.f("fk_count_entries_count_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_count_entries_lot_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_count_entries_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_count_entries")),
    )
    with op.batch_alter_table("count_entries", schema=None) as batch_op:
        batch_op.create_index("ix_count_entries_count_id_id", ["count_id", "id"], unique=False)

    op.create_table(
        "date_corrections",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("was", sa.Date(), nullable=True),
        sa.Column("became", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["accounts.id"], name=op.f("fk_date_corrections_by_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_date_corrections_lot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_date_corrections")),
    )
    with op.batch_alter_table("date_corrections", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_date_corrections_lot_id"), ["lot_id"], unique=False)

    with op.batch_alter_table("lots", schema=None) as batch_op:
        batch_op.add_column(sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.add_column(sa.Column("frozen_on", sa.Date(), nullable=True))
        batch_op.create_index(batch_op.f("ix_lots_parent_id"), ["parent_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_lots_parent_id"), "lots", ["parent_id"], ["id"])

    with op.batch_alter_table("temperatures", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("low_tenths", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("action", sa.String(length=200), server_default="", nullable=False))


def downgrade() -> None:

    with op.batch_alter_table("temperatures", schema=None) as batch_op:
        batch_op.drop_column("action")
        batch_op.drop_column("low_tenths")

    with op.batch_alter_table("lots", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_lots_parent_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_lots_parent_id"))
        batch_op.drop_column("frozen_on")
        batch_op.drop_column("parent_id")

    with op.batch_alter_table("date_corrections", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_date_corrections_lot_id"))

    op.drop_table("date_corrections")
    with op.batch_alter_table("count_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_count_entries_count_id_id")

    op.drop_table("count_entries")
    op.drop_table("count_differences")
    with op.batch_alter_table("counts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_counts_site_id"))

    op.drop_table("counts")
