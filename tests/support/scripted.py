# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A scripted API: a test lists the calls that it expects, in order, each with its response.

    def test_something(api, client):
        api.expect("GET", "/api/v8/auth", query={"login": "a@b.example"}).json({"access_token": "t1"})
        api.expect("POST", "/api/v8/partners", json={"email": "o@acme.example"}).fails(reset())
        ...

A call that is unexpected, different, missing or out of order fails the test. The script replaces
``HTTPAdapter.send``, so all of transport.py and of requests' session is real, and so are the responses:
``requests.Response`` objects over a urllib3 stream. Time is a :class:`Clock`, so waiting takes no time.
"""

from __future__ import annotations

import datetime
import email.message
import email.parser
import email.policy
import io
import json as jsonlib
import threading
import typing as t
from urllib.parse import parse_qsl, urlsplit

import requests
import requests.adapters
import urllib3
import urllib3.exceptions as u3

from ansible_collections.partnerops.saas.plugins.module_utils.http.adapter import LIMIT

HOST = "https://ppp-admin.mobsted.com"
ROOT = "/api/v8/"
Check = t.Callable[[requests.PreparedRequest], bool]


class Clock:
    """A replacement for the module ``time``: sleeping only moves it forward. Threads may share it."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self.now = now
        self.slept: list[float] = []
        self._lock = threading.Lock()

    def time(self) -> float:
        """Return Unix time."""
        return self.now

    def monotonic(self) -> float:
        """Return the same time from another start, so that mixing the two shows."""
        return self.now - 1_699_990_000.0

    def sleep(self, seconds: float) -> None:
        """Move the clock forward."""
        assert seconds >= 0
        with self._lock:
            self.slept.append(seconds)
            self.now += seconds

    def pass_by(self, seconds: float) -> None:
        """Move the clock forward without anybody sleeping."""
        with self._lock:
            self.now += seconds

    def http_date(self, seconds: float) -> str:
        """Return the date this many seconds from now, in HTTP format."""
        moment = datetime.datetime.fromtimestamp(self.now + seconds, datetime.timezone.utc)
        return moment.strftime("%a, %d %b %Y %H:%M:%S GMT")


class Expected:
    """The call that has to come next, and its response (an empty 200 unless given)."""

    def __init__(self, method: str, path: str, **conditions: t.Any) -> None:
        self.method, self.path, self.conditions = method, path, conditions
        self.status, self.headers, self.body = 200, {"Content-Type": "application/json"}, b""
        self.error: Exception | None = None
        self.seconds = 0.0

    def json(self, value: t.Any, status: int = 200, **headers: str) -> Expected:
        """Respond with a JSON document."""
        return self.raw(jsonlib.dumps(value).encode(), status, Content_Type="application/json", **headers)

    def raw(self, body: bytes, status: int = 200, **headers: str) -> Expected:
        """Respond with these bytes."""
        self.status, self.body = status, body
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return self

    def html(self, status: int = 200, title: str = "Sign in", **headers: str) -> Expected:
        """Respond with an HTML page."""
        page = f"<html><title>{title}</title><body>no JSON here</body></html>".encode()
        return self.raw(page, status, Content_Type="text/html; charset=utf-8", **headers)

    def fails(self, error: Exception) -> Expected:
        """Raise an exception of the HTTP library."""
        self.error = error
        return self

    def after(self, seconds: float) -> Expected:
        """Respond after this many seconds."""
        self.seconds = seconds
        return self

    def differences(self, request: requests.PreparedRequest) -> list[str]:
        """Return what about a request is not as expected."""
        url = urlsplit(str(request.url))
        found: dict[str, t.Any] = {"method": request.method, "path": url.path}
        wanted: dict[str, t.Any] = {"method": self.method, "path": self.path}
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        for name, want in self.conditions.items():
            if name == "query":
                wanted[name], found[name] = want, {key: query.get(key) for key in want}
            elif name == "only_query":
                wanted[name], found[name] = want, query
            elif name == "headers":
                wanted[name], found[name] = want, {key: request.headers.get(key) for key in want}
            elif name == "json":
                wanted[name], found[name] = want, jsonlib.loads(request.body or b"null")
            elif name == "form":
                wanted[name], found[name] = want, {key: form(request).get(key) for key in want}
            elif name == "host":
                wanted[name], found[name] = want, f"{url.scheme}://{url.netloc}"
            elif name == "when":
                wanted[name], found[name] = True, want(request)
            else:  # a typo in a test must not pass
                raise TypeError(f"unknown condition {name}")
        return [f"{key} is {found[key]!r}, expected {wanted[key]!r}" for key in wanted if found[key] != wanted[key]]


class Script:
    """The calls that a test expects, and those that came."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.expected: list[Expected] = []
        self.seen: list[requests.PreparedRequest] = []
        self.options: list[dict[str, t.Any]] = []
        self.problems: list[str] = []
        self._lock = threading.Lock()

    def expect(self, method: str, path: str, **conditions: t.Any) -> Expected:
        """Expect a call: the path is below /api/v8 or, with a leading slash, the whole path.

        Conditions: ``query`` and ``headers`` (these values among others, None for a header that must be absent),
        ``only_query`` (the whole query), ``json`` (the whole body), ``form`` (these fields), ``host``, ``when`` (a
        predicate).
        """
        made = Expected(method, path if path.startswith("/") else ROOT + path, **conditions)
        self.expected.append(made)
        return made

    def login(self, token: str = "token-1", **more: t.Any) -> Expected:
        """Expect a login that succeeds."""
        return self.expect("GET", "auth", **more).json({"access_token": token, "refresh_token": f"refresh-{token}"})

    def send(
        self,
        _adapter: requests.adapters.HTTPAdapter,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: t.Any = None,
        verify: t.Any = True,
        cert: t.Any = None,
        proxies: t.Any = None,
    ) -> requests.Response:
        """In place of ``HTTPAdapter.send``."""
        LIMIT.sent = True  # an error that means otherwise says so by its type
        with self._lock:
            index = len(self.seen)
            self.seen.append(request)
            self.options.append({"timeout": timeout, "verify": verify, "proxies": proxies, "stream": stream})
            place = f"call {index + 1}, {request.method} {urlsplit(str(request.url)).path}"
            if index >= len(self.expected):
                self._wrong(f"{place}: nothing was expected any more")
            expected = self.expected[index]
            differences = expected.differences(request)
            if differences:
                self._wrong(f"{place}: {'; '.join(differences)}")
        if expected.seconds:
            self.clock.pass_by(min(expected.seconds, timeout[1]))
            if expected.seconds > timeout[1]:
                raise requests.ReadTimeout(u3.ReadTimeoutError(None, "", "read timed out"))  # type: ignore[arg-type]
        if expected.error is not None:
            raise expected.error
        raw = urllib3.HTTPResponse(
            body=io.BytesIO(expected.body), headers=expected.headers, status=expected.status, preload_content=False
        )
        return requests.adapters.HTTPAdapter().build_response(request, raw)

    def _wrong(self, text: str) -> t.NoReturn:
        self.problems.append(text)
        raise AssertionError(text)

    def finish(self) -> None:
        """Fail unless exactly the expected calls came."""
        assert not self.problems, self.problems
        missing = [f"{one.method} {one.path}" for one in self.expected[len(self.seen) :]]
        assert not missing, f"expected calls that never came: {missing}"


def form(request: requests.PreparedRequest) -> dict[str, t.Any]:
    """Return the fields of a multipart body: text, and for a file its name, type and bytes."""
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    body = request.body if isinstance(request.body, bytes) else b""
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
    fields: dict[str, t.Any] = {}
    for part in message.iter_parts():
        name, file = str(part.get_param("name", header="content-disposition")), part.get_filename()
        content: t.Any = part.get_payload(decode=True)
        fields[name] = content.decode() if file is None else (file, part.get_content_type(), content)
    return fields


# -- network errors as the library raises them; test_wire.py shows that real sockets raise the same --------------------


def reset() -> Exception:
    """Return the error of a connection that is lost after the request was sent."""
    return requests.ConnectionError(u3.ProtocolError("Connection aborted.", ConnectionResetError(104, "reset")))


def read_timeout() -> Exception:
    """Return the error of a response that does not come in time."""
    return requests.ReadTimeout(u3.ReadTimeoutError(None, "", "read timed out"))  # type: ignore[arg-type]


def refused() -> Exception:
    """Return the error of a port on which nobody listens."""
    cause = u3.NewConnectionError(None, "failed")  # type: ignore[arg-type]
    cause.__cause__ = ConnectionRefusedError(111, "Connection refused")
    return requests.ConnectionError(u3.MaxRetryError(None, "/", cause))  # type: ignore[arg-type]


def no_connection_in_time() -> Exception:
    """Return the error of a connection attempt that times out."""
    cause = u3.ConnectTimeoutError(None, "timed out")
    return requests.ConnectTimeout(u3.MaxRetryError(None, "/", cause))  # type: ignore[arg-type]
