"""Sheets of households that were sent and are not enrolled yet"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sheet_drafts",
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_sheet_drafts_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_sheet_drafts")),
    )
    with op.batch_alter_table("sheet_drafts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sheet_drafts_at"), ["at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("sheet_drafts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sheet_drafts_at"))

    op.drop_table("sheet_drafts")
