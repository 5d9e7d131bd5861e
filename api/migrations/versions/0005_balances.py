"""What stands where, kept beside the movements it is the sum of"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
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
    with op.batch_alter_table("lots", schema=None) as batch_op:
        batch_op.create_index("ix_lots_product_id_id", ["product_id", "id"], unique=False)
    with op.batch_alter_table("movements", schema=None) as batch_op:
        batch_op.create_index("ix_movements_by_id_id", ["by_id", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("movements", schema=None) as batch_op:
        batch_op.drop_index("ix_movements_by_id_id")
    with op.batch_alter_table("lots", schema=None) as batch_op:
        batch_op.drop_index("ix_lots_product_id_id")
    op.drop_table("balances")
