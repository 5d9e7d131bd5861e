"""The sex of people, for who wants to say"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("members", sa.Column("sex", sa.String(length=10), server_default="unsaid", nullable=False))


def downgrade() -> None:
    op.drop_column("members", "sex")
