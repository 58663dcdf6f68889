# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""HTTP for one account: one kept-alive session, honest about what is known of every request.

Whether the request can have been executed decides whether it is sent again; the table is in
``docs/docsite/rst/guide_errors.rst``. Every failure is an :class:`.ApiError` whose ``executed`` is False (certainly
not) or None (unknown). No exception of the library gets out, since its text contains the URL with its query.
"""

from __future__ import annotations

import functools
import http.cookiejar
import os
import time
import traceback
import typing as t
import urllib.request
from urllib.parse import urljoin, urlsplit

from ..errors import ApiError
from ..urls import is_loopback
from ..version import VERSION
from .adapter import LIMIT
from .ca_bundle import check_bundle
from .deadline import Deadline, RateLimit
from .exceptions import NO_TLS, explain
from .exchange import Exchange, Request
from .response import Response
from .retry import Tries, asked_pause, with_tries
from .status import AGAIN, rule_of

try:
    import requests
    import requests.utils
    import urllib3.exceptions as u3

    from .adapter import TimedAdapter

    HAS_REQUESTS = True
    REQUESTS_ERROR: str | None = None
except ImportError:
    HAS_REQUESTS = False
    REQUESTS_ERROR = traceback.format_exc()

if t.TYPE_CHECKING:
    from ..run.context import RunContext

#: seconds to connect
CONNECT_TIMEOUT = 10.0
#: bytes; a page of 200 records with some forty columns is far smaller
SIZE_LIMIT = 32 * 1024 * 1024
MAX_REDIRECTS = 3
_ENVIRONMENT = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def surroundings() -> tuple[str | None, ...]:
    """Return what a :class:`Transport` takes from the environment: if it changes, a new session is needed."""
    return tuple(os.environ.get(name) or os.environ.get(name.lower()) for name in _ENVIRONMENT)


@functools.lru_cache(maxsize=8)
def _has_proxy(_surroundings: tuple[str | None, ...]) -> bool:
    """Return whether the environment names any proxy, found out once: a fleet has thousands of accounts."""
    return any(name != "no" for name in urllib.request.getproxies())


class Address(t.Protocol):
    """The part of a vendor's connection that a transport needs; see its parameters."""

    @property
    def base(self) -> str:
        """Return the base URL."""

    @property
    def timeout(self) -> float:
        """Return the seconds for one response."""

    @property
    def retries(self) -> int:
        """Return how many further tries there are."""

    @property
    def validate_certs(self) -> bool:
        """Return whether certificates are verified."""

    @property
    def ca_path(self) -> str | None:
        """Return the CA bundle."""


class Transport:
    """Sends the requests of one account. Threads may share it.

    :param base: checked base URL, without trailing slash
    :param timeout: seconds for one response
    :param retries: further tries after the first, if a retry is safe
    :param validate_certs: whether the server's certificate is verified
    :param ca_path: CA bundle, which wins over REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE
    :param observe: gets a line for each request that was sent, without its query
    :param record: gets each try of a request with its response
    :param lax_json: accept a comma before a closing bracket in responses
    """

    def __init__(
        self,
        base: str,
        *,
        timeout: float,
        retries: int,
        validate_certs: bool,
        ca_path: str | None,
        observe: t.Callable[[str], None] = lambda _line: None,
        record: t.Callable[[Exchange], None] = lambda _exchange: None,
        lax_json: bool = False,
    ) -> None:
        self.base = base
        self.timeout = timeout
        self.retries = retries
        self.observe = observe
        self.record = record
        self.rate_limit = RateLimit()
        self.verify: bool | str = validate_certs and (
            ca_path or os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
        )
        if isinstance(self.verify, str):
            check_bundle(self.verify, "ca_path" if ca_path else "REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE")
        self.lax_json = lax_json
        self.session = requests.Session()
        # Even if it follows no redirect, the library reads the whole body of one and parses its target.
        self.session.get_redirect_target = lambda _response: None  # type: ignore[assignment,method-assign]
        # Neither .netrc (it would replace our Authorization) nor the environment's CA bundle (it would override ours).
        self.session.trust_env = False
        self.session.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
        self.session.headers.update(
            {
                "User-Agent": f"partnerops.saas/{VERSION}",
                "Accept": "application/json",
                "Accept-Encoding": "gzip, deflate",
                "Cache-Control": "no-cache",  # an old list, kept by a proxy, proves nothing
            }
        )
        adapter = TimedAdapter(pool_connections=4, pool_maxsize=40, max_retries=0)
        self.session.mount("https://", adapter)
        self.session.mount("http://", adapter)
        self.proxies = requests.utils.get_environ_proxies(base, no_proxy=None) if _has_proxy(surroundings()) else {}

    @classmethod
    def of(cls, connection: Address, context: RunContext, *, lax_json: bool = False) -> Transport:
        """Return a transport for one account, which reports its requests to the run's context."""
        return cls(
            connection.base,
            timeout=connection.timeout,
            retries=connection.retries,
            validate_certs=connection.validate_certs,
            ca_path=connection.ca_path,
            observe=context.observe,
            record=context.record,
            lax_json=lax_json,
        )

    def send(self, build: t.Callable[[], Request], deadline: Deadline) -> Response:
        """Send a request, repeatedly if that is safe, until a response other than "wait" arrives.

        :param build: makes a new request for each try, so that it has a renewed token
        :returns: a response of any status but 407 and 429 and, for a read, those that are tried again
        :raises ApiError: with ``executed`` False or None
        """
        tries = Tries(self.retries, self.rate_limit, deadline)
        while True:
            tries.begin()
            request = build()
            try:
                response = self._once(request, deadline, tries.number)
            except ApiError as error:
                tries.pause_after_error(error, request)
                continue
            response.tries = tries.number
            if response.status == 429:
                tries.pause_for_the_limit(response, request)
            elif response.status == 407:
                what = f"was not sent: {self._proxy() or 'a proxy'} wants a login (407)"
                raise with_tries(_final(self._failure("unreachable", request, what, False)), tries.number)
            elif rule_of(response.status).read is not AGAIN:
                self.rate_limit.passed()
                return response
            elif not request.safe:
                self.rate_limit.close(asked_pause(response))  # before the outcome is looked up
                return response
            else:
                tries.pause_before_another_read(response, request)

    def close(self) -> None:
        """Close the session's connections."""
        self.session.close()

    # -- one try ------------------------------------------------------------------------------------------------

    def _once(self, request: Request, deadline: Deadline, tries: int) -> Response:
        url = request.url
        for _hop in range(MAX_REDIRECTS + 1):
            response = self._observed(request._replace(url=url), deadline, tries)
            location = response.headers.get("Location")
            if not (request.safe and response.status in (301, 302, 303, 307, 308) and location):
                return response
            try:
                target = urljoin(url, location)
                place = urlsplit(target)
            except ValueError:
                raise _final(response.invalid("it redirects to something that is not an address")) from None
            if place[:2] != urlsplit(url)[:2]:
                raise _final(
                    ApiError(
                        "invalid_response",
                        f"{request.method} {request.path} returned {response.status}, a redirect to another server "
                        f"({place.hostname}), which is never followed with credentials. Correct api_url.",
                        method=request.method,
                        path=request.path,
                        status=response.status,
                        executed=False,
                    )
                )
            url = target.split("?", 1)[0]
        raise _final(response.invalid("it redirects in a loop"))

    def _observed(self, request: Request, deadline: Deadline, tries: int) -> Response:
        start, outcome = time.monotonic(), "interrupted"
        response: Response | None = None
        try:
            response = self._exchange(request, deadline)
            outcome = str(response.status)
        except ApiError as error:
            outcome = f"{'not sent' if error.executed is False else 'no usable response'} ({error.code})"
            raise
        finally:
            took = (time.monotonic() - start) * 1000
            host = urlsplit(request.url).netloc
            self.observe(f"{request.method} {request.path}: {outcome} in {took:.0f} ms, try {tries} ({host})")
            self.record(Exchange(request, outcome, response))
        return response

    def _exchange(self, request: Request, deadline: Deadline) -> Response:
        wait = min(self.timeout, deadline.left())
        if wait <= 0:
            raise self._failure(
                "timeout", request, f"was not sent: the deadline of {deadline.seconds:.0f} s is over", False
            )
        until = time.monotonic() + wait
        headers = dict(request.headers or {})
        url, host = _resolved(request.url)
        if host:
            headers["Host"] = host
        try:
            for value in headers.values():
                value.encode("latin-1")  # otherwise the library would do it, and raise, after it has started
            # Not ``session.prepare_request``: it merges settings of the session that we do not have, for every request.
            prepared = requests.PreparedRequest()
            prepared.prepare(
                request.method, url, {**self.session.headers, **headers}, request.files, request.data, request.params
            )
        except (requests.RequestException, ValueError, UnicodeError):
            raise _final(
                self._failure("invalid_input", request, "can't be sent: the URL or a header is not valid", False)
            ) from None
        wait = max(0.001, wait)
        LIMIT.until, LIMIT.write, LIMIT.sent = until, not request.safe, False
        begun = False
        try:
            raw = self.session.send(
                prepared,
                stream=True,
                timeout=(min(CONNECT_TIMEOUT, wait), wait),
                verify=self.verify,
                proxies=self.proxies,
                allow_redirects=False,
            )
            begun = True
            with raw:
                body = self._read(raw, request)
            return Response(request.method, request.path, raw.status_code, raw.headers, body, lax=self.lax_json)
        except (requests.RequestException, u3.HTTPError, OSError, ValueError) as error:
            raise self._translate(error, request, begun) from None
        finally:
            LIMIT.until, LIMIT.write = None, False

    def _read(self, raw: t.Any, request: Request) -> bytes:
        raw.raw.enforce_content_length = True  # off by default before urllib3 2
        parts, size = [], 0
        for part in raw.iter_content(65536):
            size += len(part)
            if size > SIZE_LIMIT:
                raise self._failure(
                    "invalid_response",
                    request,
                    f"got more than {SIZE_LIMIT // 2**20} MiB, which is more than this API sends",
                    None,
                )
            parts.append(part)
        return b"".join(parts)

    # -- what went wrong ----------------------------------------------------------------------------------------

    def _failure(self, code: str, request: Request, what: str, executed: bool | None) -> ApiError:
        place = urlsplit(request.url)
        advice = {
            "unreachable": " Check api_url, the network and the proxy settings.",
            "tls": " Check the certificate; 'ca_path' names a CA bundle of your own.",
            "timeout": " Run again, or raise 'timeout' or 'deadline'.",
            "invalid_response": " Check api_url.",
            "invalid_input": " Check api_url, and the token or the keys.",
        }.get(code, "")
        if NO_TLS in what:
            advice = " Check the host and the port in api_url; plain http:// is only allowed to a loopback address."
        head, colon, why = what.partition(":")
        fact = f"{request.method} {request.path} at {place.netloc} {head}{{tries}}{colon}{why}."
        return ApiError(
            code,
            fact + advice,
            fact=fact,
            method=request.method,
            path=request.path,
            executed=executed,
        )

    def _proxy(self) -> str:
        """Name the proxy in use by its variable, which is what the user has to correct; empty if there is none."""
        proxy = requests.utils.select_proxy(self.base, self.proxies)
        known = (name for variable in _ENVIRONMENT for name in (variable.lower(), variable))
        name = next((name for name in known if proxy and os.environ.get(name) == proxy), None)
        return f"the proxy of {name}" if name else "the proxy" if proxy else ""

    def _translate(self, error: BaseException, request: Request, begun: bool = False) -> ApiError:
        """Return the failure for a library's error. ``begun``: the head of a response had arrived."""
        failed = explain(error, self.timeout, begun, LIMIT.sent, self._proxy())
        failure = self._failure(failed.code, request, failed.what, failed.executed)
        return _final(failure) if failed.final else failure


@functools.lru_cache(maxsize=256)
def wire_path(url: str) -> str:
    """Return the path as it is sent, for a signature: the library may spell it differently from what it was given.

    A marketplace has few paths and many calls, so the results are cached. The host is left out: a name that is not
    valid is the sender's to report, which knows that nothing was sent.
    """
    local = urlsplit(url)._replace(scheme="http", netloc="localhost").geturl()
    return urlsplit(str(requests.Request("POST", local).prepare().url)).path


def _final(error: ApiError) -> ApiError:
    """Mark an error as final: another try would change nothing."""
    error.final = True
    return error


def _resolved(url: str) -> tuple[str, str | None]:
    """Return the URL to use and the Host to send: names below ``localhost`` are loopback (RFC 6761) everywhere."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "http" and host.endswith(".localhost") and is_loopback(host):
        port = f":{parts.port}" if parts.port else ""
        return parts._replace(netloc=f"127.0.0.1{port}").geturl(), parts.netloc
    return url, None
