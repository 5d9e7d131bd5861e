"""Picks, checked by a scan"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "picks",
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["accounts.id"], name=op.f("fk_picks_by_id")),
        sa.ForeignKeyConstraint(["line_id"], ["basket_lines.id"], name=op.f("fk_picks_line_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_picks")),
    )


def downgrade() -> None:
    op.drop_table("picks")
