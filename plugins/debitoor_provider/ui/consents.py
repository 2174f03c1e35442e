"""Consents that people are asked for at Debitoor just now: who asked, for which connection, and where to go back to.

The ``state`` of the authorisation-code flow is a random word that only the browser and Debitoor see; here lies its
digest. It is good for ten minutes, for one user, once: taking it deletes it, whatever comes of the rest.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from debitoor_provider.configuration import ledger_url
from debitoor_provider.sync.ledger.engine import connect, parse
from debitoor_provider.sync.ledger.tables import consents
from debitoor_provider.ui.ledger import opened_ledger

if TYPE_CHECKING:
    from debitoor_provider.sync.ledger.engine import Database

LIFETIME = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Consent:
    """What is asked for.

    :param user_id: who asked
    :param connection_id: the connection that is to get the token
    :param redirect_uri: where Debitoor sends the user back to
    :param back: where the page goes on then
    :param email: whose books they have to be; empty when any will do
    """

    user_id: str
    connection_id: str
    redirect_uri: str
    back: str
    email: str


def ask(consent: Consent) -> str:
    """Remember what is asked for; those that ran out are forgotten.

    :return: the state, to be sent to Debitoor and to nobody else
    """
    state, now = secrets.token_urlsafe(32), datetime.now(UTC)
    row = {
        "state_digest": _digest(state),
        "user_id": consent.user_id,
        "connection_id": consent.connection_id,
        "redirect_uri": consent.redirect_uri,
        "back": consent.back,
        "email": consent.email,
        "created_at": now,
        "expires_at": now + LIFETIME,
    }
    with _database().write() as connection:
        connection.execute(consents.delete().where(consents.c.expires_at <= now))
        connection.execute(consents.insert().values(row))
    return state


def take(state: str, user_id: str) -> Consent | None:
    """Give what was asked for with a state, once; ``None`` when it is unknown, used, too old or another user's.

    Another user's state is left alone, so that nobody can use up what somebody else is waiting for.
    """
    query = (
        consents.delete()
        .where(consents.c.state_digest == _digest(state), consents.c.user_id == user_id)
        .returning(
            consents.c.user_id,
            consents.c.connection_id,
            consents.c.redirect_uri,
            consents.c.back,
            consents.c.email,
            consents.c.expires_at,
        )
    )
    with _database().write() as connection:
        row = connection.execute(query).one_or_none()
    if row is None or row.expires_at <= datetime.now(UTC):
        return None
    return Consent(row.user_id, row.connection_id, row.redirect_uri, row.back, row.email)


def _database() -> Database:
    opened_ledger()  # sees to the tables
    return connect(parse(ledger_url()))


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode(errors="surrogatepass")).hexdigest()
