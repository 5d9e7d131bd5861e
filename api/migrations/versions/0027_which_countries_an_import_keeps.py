"""Which countries' goods an import of an export keeps: what was begun for one is not finished for another unsaid"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("catalogue_imports", schema=None) as batch_op:
        batch_op.add_column(sa.Column("country", sa.String(length=60), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("catalogue_imports", schema=None) as batch_op:
        batch_op.drop_column("country")
