"""One mail handed to a real server, and what came of it."""

from pathlib import Path
from typing import Any

from aiwatch.channels.email import EmailOptions
from aiwatch.model import Envelope, Later, Receipt
from tests.channels import made
from tests.channels.wire import options, sent
from tests.inbox import Inbox, Rude

LOCAL: dict[str, Any] = {
    "to": ["Ann@example.com", "bob@example.com"],
    "from": "News <aiwatch@example.org>",
    "host": "127.0.0.1",
    "security": "none",
}


def mail(inbox: Inbox | Rude, envelope: Envelope | None = None, **keys: Any) -> Receipt:
    """In the clear, to Ann."""
    given = EmailOptions.model_validate({**LOCAL, "port": inbox.port, **keys})
    return sent("email", envelope or made.envelope(), given)


def by_address(
    scheme: str, inbox: Inbox, ca: Path | None, sign_in: str = "", **keys: Any
) -> Receipt:
    """To a server that one address says everything about."""
    query = f"?ca={str(ca).replace(' ', '%20')}" if ca else ""
    given = options(
        "email",
        to=LOCAL["to"],
        from_=LOCAL["from"],
        smtp=f"{scheme}://{sign_in}localhost:{inbox.port}{query}",
        **keys,
    )
    return sent("email", made.envelope(), given)


def later(receipt: Receipt) -> Later:
    """It, where it is one."""
    assert isinstance(receipt, Later), receipt
    return receipt
