"""Labels phones asked a site's printer for"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "label_wishes",
        sa.Column("id", number, nullable=False),
        sa.Column("site_id", number, nullable=False),
        sa.Column("lot_id", number, nullable=False),
        sa.Column("copies", number, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_label_wishes_lot_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_label_wishes_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_wishes")),
    )
    op.create_index(op.f("ix_label_wishes_site_id"), "label_wishes", ["site_id"], unique=False)


def downgrade() -> None:
    op.drop_table("label_wishes")
