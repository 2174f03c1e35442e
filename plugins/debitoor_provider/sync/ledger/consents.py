"""The part ``ledger.consents``: consents at Debitoor that are pending, and where they lead back to.

The ``state`` of the authorisation-code flow is a random text that only the browser and Debitoor see; its digest is
stored. It is valid for ten minutes, for one user, and once: taking it deletes it, whatever happens next.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from typing import TYPE_CHECKING

from debitoor_provider.sync.ledger.database.tables import consents

if TYPE_CHECKING:
    from collections.abc import Callable

    from debitoor_provider.sync.ledger.database.clock import Clock
    from debitoor_provider.sync.ledger.database.engine import Database

LIFETIME = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Consent:
    """A consent at Debitoor that a user is asked for.

    :param user_id: the user
    :param connection_id: the connection that gets the token
    :param redirect_uri: where Debitoor sends the user back to
    :param back: where the page continues then
    :param email: the e-mail that the Debitoor account must have; empty when any will do
    """

    user_id: str
    connection_id: str
    redirect_uri: str
    back: str
    email: str


_CONSENT = [consents.c[field.name] for field in fields(Consent)]


class Consents:
    """Keeps pending consents."""

    def __init__(self, database: Callable[[], Database], clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def ask(self, consent: Consent) -> str:
        """Store a consent that is asked for, and delete those that have expired.

        :return: the state, which only Debitoor may be sent
        """
        state, now = secrets.token_urlsafe(32), self._clock.now()
        row = asdict(consent) | {
            "state_digest": _digest(state),
            "created_at": now,
            "expires_at": now + LIFETIME,
        }
        with self._database().write() as connection:
            connection.execute(consents.delete().where(consents.c.expires_at <= now))
            connection.execute(consents.insert().values(row))
        return state

    def take(self, state: str, user_id: str) -> Consent | None:
        """Return and delete the consent of a state; ``None`` when it is unknown, used, expired or another user's.

        Another user's consent is kept, so that no user can use up the consent that another one is waiting for.
        """
        query = (
            consents.delete()
            .where(consents.c.state_digest == _digest(state), consents.c.user_id == user_id)
            .returning(consents.c.expires_at, *_CONSENT)
        )
        with self._database().write() as connection:
            row = connection.execute(query).one_or_none()
        if row is None or row.expires_at <= self._clock.now():
            return None
        return Consent(*row[1:])


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode(errors="surrogatepass")).hexdigest()
