# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plain HTTP caller, and one for each vendor."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import ssl
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from simulator.client import World


@dataclass
class Reply:
    """A response: status, headers in lower case, body in bytes."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body)


def send(
    method: str,
    url: str,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
    *,
    timeout: float = 10,
    host: str | None = None,
    context: ssl.SSLContext | None = None,
) -> Reply:
    """Send one request on a connection of its own; ``timeout`` in seconds; ``host`` overrides the Host header."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            parts.netloc, timeout=timeout, context=context
        )
    else:
        connection = http.client.HTTPConnection(parts.netloc, timeout=timeout)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body, {**(headers or {}), **({"Host": host} if host else {})})
        answer = connection.getresponse()
        content = answer.read()
        return Reply(answer.status, {key.lower(): value for key, value in answer.getheaders()}, content)
    finally:
        connection.close()


def multipart(fields: dict[str, str], icon: bytes | None = None) -> tuple[bytes, dict[str, str]]:
    """Return a multipart body and its header."""
    mark = uuid.uuid4().hex
    out = b""
    for name, value in fields.items():
        out += f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    if icon is not None:
        out += f'--{mark}\r\nContent-Disposition: form-data; name="icon"; filename="i.png"\r\n'.encode()
        out += b"Content-Type: image/png\r\n\r\n" + icon + b"\r\n"
    return out + f"--{mark}--\r\n".encode(), {"Content-Type": f"multipart/form-data; boundary={mark}"}


class Mobsted:
    """An account, logged in."""

    def __init__(self, url: str, login: str, password: str) -> None:
        self.url = url
        reply = send("GET", f"{url}/api/v8/auth?{urlencode({'login': login, 'password': password})}")
        assert reply.status == 200, reply
        self.pair = reply.json

    def call(self, method: str, path: str, body: Any = None, timeout: float = 10, **query: Any) -> Reply:
        """Call with the token; ``query`` values become text, lists become JSON."""
        values = {key: json.dumps(value) if isinstance(value, list) else value for key, value in query.items()}
        url = f"{self.url}/api/v8/{path}" + (f"?{urlencode(values, quote_via=quote)}" if values else "")
        data = None if body is None else json.dumps(body).encode()
        return send(method, url, data, self.headers, timeout=timeout)

    @property
    def headers(self) -> dict[str, str]:
        """Return the Authorization header."""
        return {"Authorization": f"Bearer {self.pair['access_token']}"}

    def objects(self, path: str = "object", email: str | None = None, page: int = 1, size: int = 20) -> Reply:
        """Return records of app ID 1."""
        query: dict[str, Any] = {"applicationId": 1, "page": page, "pageSize": size}
        if email is not None:
            query["query"] = [{"field": "Email", "operation": "=", "value": email, "andor": "and"}]
        return self.call("GET", path, **query)

    def create_app(self, icon: bytes | None = None, **fields: str) -> Reply:
        """Create an app."""
        body, headers = multipart({"isPWAless": "1", "webSiteUrl": "https://a.example/", **fields}, icon)
        return send("POST", f"{self.url}/api/v8/applications", body, {**headers, **self.headers})


def mip_call(world: World, path: str, body: Any = None, keys: tuple[str, str] | None = None) -> Reply:
    """Call MIP, signed if ``keys`` (public, private) are given."""
    data = b"" if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    if keys:
        signed = keys[0].encode() + (urlsplit(world.mip_url).path + path).encode() + data
        headers |= {"X-public": keys[0], "X-hmac": hmac.new(keys[1].encode(), signed, hashlib.sha1).hexdigest()}
    return send("POST", world.mip_url + path, data, headers)
