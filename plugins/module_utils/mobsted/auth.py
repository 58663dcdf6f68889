# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Log in to a Mobsted account once, and stay logged in.

Facts: ``GET /api/v8/auth?login=&password=`` returns ``access_token``, ``refresh_token``, ``expires_in`` at the top
level (``seed``); ``expires_in`` is an absolute Unix time (``inferred`` from the sample's JWT claims), so a value below
10^9 is taken as a duration; ``GET /api/v8/refresh?refresh_token=`` returns a new pair, and failed refreshes with status
501 were seen (``code``).
"""

from __future__ import annotations

import re
import time
import typing as t

from ..errors import ApiError
from ..http.deadline import Deadline
from ..http.response import Response, text_of
from ..http.wrong_place import UNKNOWN_PATH, is_elsewhere, wrong_place
from ..identity import account_key
from ..run.logins import logged_in
from ..run.store import RunStore, Slot, digest
from .connection import USUAL_URL

if t.TYPE_CHECKING:
    from ..run.secrets import Secrets
    from .connection import Connection

#: seconds before a token expires at which it is renewed
MARGIN = 60

#: What a refused login is about, and what only a broken server says.
_PERSON = re.compile(
    r"\b(log-?in|user|e-?mail|password|credentials?|account|access|authentication|denied|unauthori[sz]ed|forbidden|blocked)",
    re.IGNORECASE,
)
_BROKEN = re.compile(
    r"HTML page|server error|exception|SQL|database|time-?d? ?out|connection|unavailable", re.IGNORECASE
)

Ask = t.Callable[[str, t.Mapping[str, str], Deadline, bool], Response]


class Tokens:
    """The access token of one account.

    :param connection: of the account
    :param store: where the run keeps its tokens
    :param secrets: every token is registered here
    :param ask: sends a GET below the API root: (path, query, deadline, retry)
    """

    def __init__(self, connection: Connection, store: RunStore, secrets: Secrets, ask: Ask) -> None:
        self._connection = connection
        self._store = store
        self._secrets = secrets
        self._ask = ask
        self._key = "token-" + digest(account_key(connection.base, connection.login), connection.password)
        self._known: dict[str, t.Any] = {}
        if connection.token:
            self._known = {"access_token": connection.token, "given": True}
        secrets.add(connection.password, connection.token)

    @property
    def can_log_in(self) -> bool:
        """Return False if only a token was given."""
        return bool(self._connection.login and self._connection.password)

    def issued_at(self, token: str) -> float | None:
        """Return the Unix time at which this run got a token, or None for any other token."""
        return self._known.get("issued_at") if self._known.get("access_token") == token else None

    def current(self, deadline: Deadline) -> str:
        """Return a token that is valid for at least another minute, as far as is known."""
        if not _good(self._known):
            self._known = self._obtain(deadline, None)
        return self._known["access_token"]

    def renewed(self, refused: str, deadline: Deadline) -> str:
        """Return another token than the one that the API has just refused.

        :raises ApiError: ``auth_failed`` if there is no way to get one
        """
        if self._known.get("access_token") == refused:
            if not self.can_log_in:
                raise ApiError(
                    "auth_failed",
                    f"The API at {self._connection.base} refused api_token. Set a fresh one, or api_login and "
                    "api_password, with which tokens are renewed automatically.",
                    status=401,
                )
            self._known = self._obtain(deadline, refused)
        return self._known["access_token"]

    def refreshes(self, deadline: Deadline) -> bool | None:
        """Return whether the refresh token works, by using it; None if there is no such token."""
        with self._store.locked(self._key, deadline) as slot:
            found = slot.read()
            if not found.get("refresh_token"):
                return None
            made = self._refresh(found, deadline, slot)
            self._known = made or self._known
            return made is not None

    def _obtain(self, deadline: Deadline, refused: str | None) -> dict[str, t.Any]:
        with self._store.locked(self._key, deadline) as slot:
            found = slot.read()
            self._secrets.add(found.get("access_token"), found.get("refresh_token"))
            if found.get("access_token") != refused and _good(found):
                return found
            return self._refresh(found, deadline, slot) or logged_in(slot, lambda: self._log_in(deadline, slot))

    def _refresh(self, found: dict[str, t.Any], deadline: Deadline, slot: Slot) -> dict[str, t.Any] | None:
        """Return a new pair by the refresh token, or None: whatever the failure, logging in comes next."""
        path = self._connection.path("refresh")
        if not found.get("refresh_token") or not path:
            return None
        try:
            response = self._ask(path, {"refresh_token": found["refresh_token"]}, deadline, False)
            body = response.json() if response.status == 200 else {}
        except ApiError:
            return None
        if not text_of(body.get("access_token")):
            return None
        return self._keep({"refresh_token": found["refresh_token"], **body}, slot)

    def _log_in(self, deadline: Deadline, slot: Slot) -> dict[str, t.Any]:
        login, password = self._connection.login or "", self._connection.password or ""
        deadline.logins += 1
        try:
            response = self._ask("auth", {"login": login, "password": password}, deadline, True)
        except ApiError as error:
            raise self._not_logged_in(login, error) from None
        if response.status in UNKNOWN_PATH or is_elsewhere(response):
            raise wrong_place(response, self._connection.base, USUAL_URL)
        if not 200 <= response.status < 300:
            raise self._not_logged_in(login, response.error())
        body = response.json()
        if not text_of(body.get("access_token")):
            inner = body.get("data")
            body = inner if isinstance(inner, dict) and text_of(inner.get("access_token")) else body
        if not text_of(body.get("access_token")):
            raise response.invalid(
                f"'access_token' is missing (there is: {', '.join(sorted(map(str, body))) or 'nothing'})"
            )
        return self._keep(body, slot)

    def _not_logged_in(self, login: str, error: ApiError) -> ApiError:
        if error.status not in (400, 401, 403, 422, 423) and not _refuses(error):
            return error
        said = f": {error.message}" if error.message else ""
        fact = f"The login of {login} at {self._connection.base} was refused ({error.status}{said})."
        msg = f"{fact} Check api_login and api_password, and that api_url is the address of this account."
        return ApiError("auth_failed", msg, fact=fact, **error.exchange)

    def _keep(self, body: dict[str, t.Any], slot: Slot) -> dict[str, t.Any]:
        self._secrets.add(body["access_token"], body.get("refresh_token"))
        kept = {
            "access_token": body["access_token"],
            "refresh_token": text_of(body.get("refresh_token")),
            "renew_at": renewal(body.get("expires_in"), time.time()),
            "issued_at": time.time(),
        }
        slot.write(kept)
        return kept


def _refuses(error: ApiError) -> bool:
    """Return whether a 500 response to a login is a refusal, as in v8 (``vendor-code``).

    The words decide, since a broken server returns 500 as well.
    """
    said = error.message or ""
    return error.status == 500 and bool(_PERSON.search(said)) and not _BROKEN.search(said)


def renewal(value: t.Any, now: float) -> float | None:
    """Return the Unix time at which to renew a token, from the response's ``expires_in``; None if it is unusable.

    A token is renewed a minute before it expires; one that lives for less than two minutes, at half time. If a new
    token looks expired, the clock is probably wrong: the token is used until the API refuses it.
    """
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    if not 0 < number < 1e12:
        return None
    left = number - now if number >= 1e9 else number
    return None if left <= 0 else now + left - min(MARGIN, left / 2)


def _good(token: t.Mapping[str, t.Any]) -> bool:
    if not token.get("access_token"):
        return False
    renew_at = token.get("renew_at")
    return renew_at is None or renew_at > time.time()
