"""Where households stand with the rights they may have"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rights_looked",
        sa.Column("household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["accounts.id"], name=op.f("fk_rights_looked_by_id")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_rights_looked_household_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("household_id", "code", name=op.f("pk_rights_looked")),
    )
    with op.batch_alter_table("rights_looked", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rights_looked_on"), ["on"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("rights_looked", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rights_looked_on"))

    op.drop_table("rights_looked")
