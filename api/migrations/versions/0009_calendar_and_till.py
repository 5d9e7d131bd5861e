"""Calendar, till, date checks and published returns"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "closed_days",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_closed_days_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_days")),
        sa.UniqueConstraint("site_id", "on", name=op.f("uq_closed_days_site_id_on")),
    )
    with op.batch_alter_table("closed_days", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_closed_days_site_id"), ["site_id"], unique=False)

    op.create_table(
        "openings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel", sa.String(length=5), nullable=False),
        sa.Column("weekday", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("every_weeks", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("capacity", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("every_weeks > 0", name=op.f("ck_openings_every_weeks_positive")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_openings_weekday")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_openings_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_openings")),
        sa.UniqueConstraint(
            "site_id", "channel", "weekday", "starts_on", name=op.f("uq_openings_site_id_channel_weekday_starts_on")
        ),
    )
    with op.batch_alter_table("openings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_openings_site_id"), ["site_id"], unique=False)

    op.create_table(
        "date_checks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["accounts.id"], name=op.f("fk_date_checks_by_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_date_checks_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_date_checks")),
        sa.UniqueConstraint("site_id", "on", name=op.f("uq_date_checks_site_id_on")),
    )
    with op.batch_alter_table("date_checks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_date_checks_site_id"), ["site_id"], unique=False)

    op.create_table(
        "preferred_days",
        sa.Column("household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("weekday", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_preferred_days_weekday")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_preferred_days_household_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("household_id", name=op.f("pk_preferred_days")),
    )
    op.create_table(
        "published_returns",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["accounts.id"], name=op.f("fk_published_returns_by_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_published_returns_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_returns")),
    )
    op.create_table(
        "cash_counts",
        sa.Column("session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("expected_cents", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("counted_cents", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["accounts.id"], name=op.f("fk_cash_counts_by_id")),
        sa.ForeignKeyConstraint(["session_id"], ["distribution_sessions.id"], name=op.f("fk_cash_counts_session_id")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_cash_counts")),
    )
    op.create_table(
        "payments",
        sa.Column("visit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("usual_cents", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("paid_cents", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["accounts.id"], name=op.f("fk_payments_by_id")),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_payments_household_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_payments_visit_id")),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_payments")),
    )
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payments_household_id"), ["household_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payments_on"), ["on"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payments_on"))
        batch_op.drop_index(batch_op.f("ix_payments_household_id"))

    op.drop_table("payments")
    op.drop_table("cash_counts")
    op.drop_table("published_returns")
    op.drop_table("preferred_days")
    with op.batch_alter_table("date_checks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_date_checks_site_id"))

    op.drop_table("date_checks")
    with op.batch_alter_table("openings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_openings_site_id"))

    op.drop_table("openings")
    with op.batch_alter_table("closed_days", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_closed_days_site_id"))

    op.drop_table("closed_days")
