"""What stands where, kept beside the movements it is the sum of"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FILL = """
INSERT INTO balances (lot_id, account, place_id, quantity)
SELECT lot_id, account, place_id, SUM(quantity) FROM (
    SELECT lot_id, to_account AS account, COALESCE(to_place_id, 0) AS place_id, quantity FROM movements
    UNION ALL
    SELECT lot_id, from_account, COALESCE(from_place_id, 0), -quantity FROM movements
) AS legs
WHERE account IN ('shelf', 'reserved', 'quarantine', 'transit')
GROUP BY lot_id, account, place_id
HAVING SUM(quantity) <> 0
"""


def upgrade() -> None:
    op.create_table(
        "balances",
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account", sa.String(length=12), nullable=False),
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_balances_quantity_not_negative")),
        sa.PrimaryKeyConstraint("lot_id", "account", "place_id", name=op.f("pk_balances")),
    )
    op.execute(FILL)


def downgrade() -> None:
    op.drop_table("balances")
