"""Goods that go from one site to another"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "transfers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("to_site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("from_site_id <> to_site_id", name=op.f("ck_transfers_somewhere_else")),
        sa.ForeignKeyConstraint(["from_site_id"], ["sites.id"], name=op.f("fk_transfers_from_site_id")),
        sa.ForeignKeyConstraint(["sent_by"], ["accounts.id"], name=op.f("fk_transfers_sent_by")),
        sa.ForeignKeyConstraint(["settled_by"], ["accounts.id"], name=op.f("fk_transfers_settled_by")),
        sa.ForeignKeyConstraint(["to_site_id"], ["sites.id"], name=op.f("fk_transfers_to_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfers")),
    )
    with op.batch_alter_table("transfers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_transfers_from_site_id"), ["from_site_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_transfers_to_site_id"), ["to_site_id"], unique=False)

    op.create_table(
        "transfer_lines",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("transfer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sent", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("received", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("difference", sa.String(length=20), nullable=False),
        sa.CheckConstraint("received >= 0", name=op.f("ck_transfer_lines_received_not_negative")),
        sa.CheckConstraint("sent > 0", name=op.f("ck_transfer_lines_sent_positive")),
        sa.ForeignKeyConstraint(["from_place_id"], ["places.id"], name=op.f("fk_transfer_lines_from_place_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_transfer_lines_lot_id")),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfers.id"], name=op.f("fk_transfer_lines_transfer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_lines")),
    )
    with op.batch_alter_table("transfer_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_transfer_lines_lot_id"), ["lot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_transfer_lines_transfer_id"), ["transfer_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("transfer_lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_transfer_lines_transfer_id"))
        batch_op.drop_index(batch_op.f("ix_transfer_lines_lot_id"))

    op.drop_table("transfer_lines")
    with op.batch_alter_table("transfers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_transfers_to_site_id"))
        batch_op.drop_index(batch_op.f("ix_transfers_from_site_id"))

    op.drop_table("transfers")
