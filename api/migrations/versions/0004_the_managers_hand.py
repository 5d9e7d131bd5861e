"""The manager's hand, what moved, the proposal before and the policy in force, kept with each proposal"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("plans", schema=None) as batch_op:
        batch_op.add_column(sa.Column("hand", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("moved", sa.JSON(), nullable=True))
        batch_op.add_column(
            sa.Column("previous_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("policy_from", sa.Date(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_plans_previous_id"), "plans", ["previous_id"], ["id"], ondelete="SET NULL"
        )


def downgrade() -> None:
    with op.batch_alter_table("plans", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_plans_previous_id"), type_="foreignkey")
        batch_op.drop_column("policy_from")
        batch_op.drop_column("previous_id")
        batch_op.drop_column("moved")
        batch_op.drop_column("hand")
