"""What is agreed with donors: renewal, slots, families, quality plan"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("donors", schema=None) as batch_op:
        batch_op.add_column(sa.Column("agreement_renews", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("agreement_slots", sa.String(length=200), server_default="", nullable=False))
        batch_op.add_column(sa.Column("agreement_families", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("quality_plan_on", sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("donors", schema=None) as batch_op:
        batch_op.drop_column("quality_plan_on")
        batch_op.drop_column("agreement_families")
        batch_op.drop_column("agreement_slots")
        batch_op.drop_column("agreement_renews")
