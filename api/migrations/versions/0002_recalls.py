"""Recalls: alerts, what they name, the lots they were found to mean, and every reading of them"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recall_notices",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("sold_from", sa.Date(), nullable=True),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("risk", sa.Text(), nullable=False),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.Column("distributors", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("taken_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall_notices")),
        sa.UniqueConstraint("key", name=op.f("uq_recall_notices_key")),
    )
    with op.batch_alter_table("recall_notices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recall_notices_published_on"), ["published_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_recall_notices_until"), ["until"], unique=False)

    op.create_table(
        "recall_marks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("notice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("gtin", sa.String(length=14), nullable=True),
        sa.Column("lots", sa.Text(), nullable=False),
        sa.Column("dated_from", sa.Date(), nullable=True),
        sa.Column("dated_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["recall_notices.id"], name=op.f("fk_recall_marks_notice_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall_marks")),
    )
    with op.batch_alter_table("recall_marks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recall_marks_gtin"), ["gtin"], unique=False)
        batch_op.create_index(batch_op.f("ix_recall_marks_notice_id"), ["notice_id"], unique=False)

    op.create_table(
        "recall_checks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("origin", sa.String(length=200), nullable=False),
        sa.Column("read", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("changed", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unreadable", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hits", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["accounts.id"], name=op.f("fk_recall_checks_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall_checks")),
    )
    with op.batch_alter_table("recall_checks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recall_checks_at"), ["at"], unique=False)

    op.create_table(
        "recall_hits",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("notice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_recall_hits_lot_id")),
        sa.ForeignKeyConstraint(["notice_id"], ["recall_notices.id"], name=op.f("fk_recall_hits_notice_id")),
        sa.ForeignKeyConstraint(["settled_by"], ["accounts.id"], name=op.f("fk_recall_hits_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall_hits")),
        sa.UniqueConstraint("notice_id", "lot_id", name=op.f("uq_recall_hits_notice_id_lot_id")),
    )
    with op.batch_alter_table("recall_hits", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recall_hits_lot_id"), ["lot_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("recall_hits", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recall_hits_lot_id"))

    op.drop_table("recall_hits")
    with op.batch_alter_table("recall_checks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recall_checks_at"))

    op.drop_table("recall_checks")
    with op.batch_alter_table("recall_marks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recall_marks_notice_id"))
        batch_op.drop_index(batch_op.f("ix_recall_marks_gtin"))

    op.drop_table("recall_marks")
    with op.batch_alter_table("recall_notices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recall_notices_until"))
        batch_op.drop_index(batch_op.f("ix_recall_notices_published_on"))

    op.drop_table("recall_notices")
