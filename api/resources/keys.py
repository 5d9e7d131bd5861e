"""The header that makes a write safe to send again."""

from typing import Annotated

from litestar.params import HeaderParameter

IdempotencyKey = Annotated[
    str,
    HeaderParameter(
        name="Idempotency-Key",
        description="8 to 120 characters made by the sender; sent again, it does nothing more and answers the same.",
    ),
]
