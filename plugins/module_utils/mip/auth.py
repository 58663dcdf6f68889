# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""The key pair that signs calls: given, or obtained by logging in, once for a whole run.

``POST /login`` returns ``keys.privateKey`` and ``keys.publicKey`` (``seed``). Whether and when they expire is not
published, so a pair is used until a call that it signed is refused.
"""

from __future__ import annotations

import time
import typing as t
from urllib.parse import urlsplit

from ..errors import ApiError, invalid
from ..http.deadline import Deadline
from ..http.response import Response
from ..http.wrong_place import is_elsewhere, wrong_place
from ..identity import account_key
from ..run.logins import logged_in
from ..run.store import RunStore, digest
from .connection import USUAL_URL
from .records import Pair, Person

if t.TYPE_CHECKING:
    from ..run.secrets import Secrets
    from .connection import MipConnection


class KeyRing:
    """The key pair of the account that signs.

    :param connection: of the account
    :param store: where the run keeps it
    :param secrets: every key is registered here
    :param log_in: sends ``POST /login`` with e-mail and password
    """

    def __init__(
        self,
        connection: MipConnection,
        store: RunStore,
        secrets: Secrets,
        log_in: t.Callable[[str, str, Deadline], Response],
    ) -> None:
        self._connection = connection
        self._store = store
        self._secrets = secrets
        self._log_in = log_in
        self._key = "mip-keys-" + digest(account_key(connection.base, connection.email), connection.password)
        #: Unix time of the last login
        self.issued_at: float | None = None
        #: Ids of the marketplaces that the login lists, for messages; empty if there was no login, or no list.
        self.listed: list[int] = []
        self._known: Pair | None = None
        if connection.public_key and connection.private_key:
            self._known = Pair(connection.public_key, connection.private_key)
        secrets.add(connection.password, connection.public_key, connection.private_key)

    def need(self) -> None:
        """Make sure that calls can be signed.

        :raises ApiError: ``invalid_input``, which names what is missing
        """
        connection = self._connection
        if connection.can_sign:
            return
        names = (("api_email", connection.email), ("api_password", connection.password))
        missing = " and ".join(name for name, value in names if not value)
        be = "are" if " and " in missing else "is"
        raise invalid(
            f"This call to MIP is signed (signing is {connection.signing}), and {missing} {be} missing. Set api_email "
            "and api_password of a user who owns the marketplace, or api_public_key and api_private_key (environment: "
            "MIP_API_EMAIL, MIP_API_PASSWORD, MIP_API_PUBLIC_KEY, MIP_API_PRIVATE_KEY). Nothing was sent."
        )

    def current(self, deadline: Deadline) -> tuple[Pair, bool]:
        """Return the pair to sign with, and whether it was obtained just now.

        :raises ApiError: ``auth_failed`` if the login is refused
        """
        self.need()
        if self._known is not None:
            return self._known, False
        self._known, fresh = self._obtain(deadline, None)
        return self._known, fresh

    def renewed(self, refused: Pair, deadline: Deadline) -> Pair | None:
        """Return another pair than the refused one, or None if there is no other."""
        if self._known in (None, refused):
            if not self._connection.can_log_in:
                return None
            self._known, _fresh = self._obtain(deadline, refused)
        return self._known if self._known != refused else None

    def _obtain(self, deadline: Deadline, refused: Pair | None) -> tuple[Pair, bool]:
        with self._store.locked(self._key, deadline) as slot:
            found = slot.read()
            self._secrets.add(found.get("public"), found.get("private"))
            if found.get("public") and found.get("private"):
                pair = Pair(found["public"], found["private"])
                self.listed = found.get("listed") or []
                if pair != refused:
                    return pair, False
            made = logged_in(slot, lambda: self._logged_in(deadline))
            self.issued_at = time.time()
            kept = {"public": made.public, "private": made.private, "issued_at": self.issued_at, "listed": self.listed}
            slot.write(kept)
            return made, True

    def _logged_in(self, deadline: Deadline) -> Pair:
        deadline.logins += 1
        response = self._log_in(self._connection.email or "", self._connection.password or "", deadline)
        made = keys_of(response, self._secrets) if 200 <= response.status < 300 else None
        if made is None:
            raise self._refusal(response)
        body = response.parsed()
        user = body.get("user") if isinstance(body, dict) else None
        self.listed = sorted(Person.read(user).marketplaces or ()) if isinstance(user, dict) else []
        return made

    def _refusal(self, response: Response) -> ApiError:
        if is_elsewhere(response):
            return wrong_place(response, self._connection.base, USUAL_URL)
        email, base = self._connection.email, self._connection.base
        if 200 <= response.status < 300:
            body = response.json()
            if not isinstance(body.get("status"), str) or body["status"].lower() == "ok":
                return response.invalid("'keys' with 'publicKey' and 'privateKey' is missing")
        elif response.status not in (400, 401, 403, 404, 422, 423):
            return response.error()
        error = response.error() if not 200 <= response.status < 300 else response.invalid("its status is not 'ok'")
        said = f": {error.message}" if error.message else ""
        fact = f"The login of {email} at {base} was refused (POST {response.path} returned {response.status}{said})."
        path = urlsplit(base).path
        step = "Check api_email and api_password, and that api_url has the API's prefix, if there is one."
        if response.status == 404 and path:  # as some servers answer to an unknown path
            step = (
                f"Check api_url, which is {base}: unless the vendor gave you it, its path {path!r} looks wrong. "
                f"{USUAL_URL} Otherwise check api_email and api_password."
            )
        return ApiError(
            "auth_failed",
            f"{fact} {step}",
            fact=fact,
            **error.exchange,
        )


def keys_of(response: Response, secrets: Secrets) -> Pair | None:
    """Return the key pair in a response, registered as a secret; None if there is none."""
    body = response.parsed()
    keys = body.get("keys") if isinstance(body, dict) else None
    if not isinstance(keys, dict):
        return None
    secrets.add(*(value for value in keys.values() if isinstance(value, str)))
    public, private = keys.get("publicKey"), keys.get("privateKey")
    if not (isinstance(public, str) and public and isinstance(private, str) and private):
        return None
    return Pair(public, private)
