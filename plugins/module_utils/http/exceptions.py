# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: it may change in any release, so do not import it from elsewhere.

"""Explain an error of the HTTP library: why the request failed, and whether it can have been executed.

The library wraps the same trouble differently from version to version, and its texts contain URLs with their queries.
So the whole chain of an error is examined by type, and messages use only our own words.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import typing as t

try:
    import requests.exceptions as rq
    import urllib3.exceptions as u3
except ImportError:  # transport.py reports it
    pass


#: What an ``https://`` address says whose port speaks plain HTTP, or a protocol before TLS.
NO_TLS = "this port doesn't speak TLS"
#: OpenSSL's reasons for it, which differ by version and by what the server sent.
_NO_TLS = ("WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE")


class FailedExchange(t.NamedTuple):
    """A failed exchange: the failure code, what happened in a few words, and what is known of the request.

    ``executed`` is False if it certainly was not, None if that is unknown. ``final``: another try changes nothing.
    """

    code: str
    what: str
    executed: bool | None
    final: bool = False


class _Chain:
    """An error with all the errors that it wraps, however the library wraps them."""

    def __init__(self, error: BaseException) -> None:
        self.errors: list[BaseException] = []
        todo: list[t.Any] = [error]
        while todo and len(self.errors) < 20:
            one = todo.pop(0)
            if not isinstance(one, BaseException) or any(one is known for known in self.errors):
                continue
            self.errors.append(one)
            todo += [*one.args, getattr(one, "reason", None), one.__cause__, one.__context__]

    def has(self, *kinds: type[BaseException]) -> bool:
        """Return whether an error of one of these types is in it."""
        return any(isinstance(one, kinds) for one in self.errors)

    def named(self, name: str) -> bool:
        """Return whether a type of this name is in it, for types that not every version of the library has."""
        return any(type(one).__name__ == name for one in self.errors)

    def connecting(self) -> bool:
        """Return whether the connection (a proxy's tunnel and TLS included) was still being made: nothing was sent.

        The library has no type for this: it wraps a failed handshake and a damaged response alike. The place where the
        innermost error was raised distinguishes them.
        """
        for error in self.errors:
            trace = error.__traceback__
            while trace is not None:
                if trace.tb_frame.f_code.co_name == "connect":
                    return True
                trace = trace.tb_next
        return False


def explain(error: BaseException, timeout: float, begun: bool, sent: bool, proxy: str = "") -> FailedExchange:
    """Explain an error of the library, or of a socket.

    :param timeout: seconds that one response may take
    :param begun: whether the head of a response had arrived
    :param sent: whether any byte of the request has left; otherwise it certainly was not executed
    :param proxy: the name that messages use for the proxy; empty if there is none
    """
    chain = _Chain(error)
    executed = None if sent and not chain.connecting() else False
    return (
        _unusable(chain, executed, proxy)
        or _no_connection(chain, executed, proxy)
        or _no_answer(chain, executed, timeout, begun)
    )


def _unusable(chain: _Chain, executed: bool | None, proxy: str) -> FailedExchange | None:
    """Return the failure if a setting can't be used, so that no second try helps."""
    if executed is None:
        return None
    named = proxy or "the proxy"
    if any("SOCKS" in str(one) and isinstance(one, rq.InvalidSchema) for one in chain.errors):
        what = f"was not sent: {named} is a SOCKS proxy, which needs PySocks (python3 -m pip install PySocks)"
        return FailedExchange("unreachable", what, False, final=True)
    if chain.has(rq.InvalidURL, u3.LocationParseError) and not proxy:
        return FailedExchange("unreachable", "was not sent: its host name is not valid", False, final=True)
    if chain.has(rq.InvalidURL, rq.InvalidSchema, u3.LocationParseError) or chain.named("ProxySchemeUnknown"):
        return FailedExchange("unreachable", f"was not sent: {named} has no usable address", False, final=True)
    if any("Tunnel connection failed: 407" in str(one) for one in chain.errors):
        return FailedExchange("unreachable", f"was not sent: {named} wants a login (407)", False, final=True)
    if any("CA certificate" in str(one) or "NO_CERTIFICATE" in str(one) for one in chain.errors):
        return FailedExchange("tls", "was not sent: the CA bundle can't be used", False, final=True)
    if any(isinstance(one, ssl.SSLError) and one.reason in _NO_TLS for one in chain.errors):
        return FailedExchange("tls", f"was not sent: {NO_TLS}", False)
    return None


def _no_connection(chain: _Chain, executed: bool | None, proxy: str) -> FailedExchange | None:
    for cause in chain.errors:
        if isinstance(cause, ssl.SSLCertVerificationError):
            why = f"failed: the certificate is not trusted ({cause.verify_message})"
            return FailedExchange("tls", why, False, final=True)
    if chain.has(rq.ProxyError, u3.ProxyError):
        return FailedExchange("unreachable", f"failed: {proxy or 'the proxy'} could not be used", executed)
    if chain.has(socket.gaierror) or chain.named("NameResolutionError"):
        return FailedExchange("unreachable", "failed: the host name was not found", False)
    if chain.has(rq.ConnectTimeout, u3.ConnectTimeoutError) and not chain.has(u3.NewConnectionError):
        return FailedExchange("timeout", "failed: no connection within 10 s", False)
    if chain.has(u3.ClosedPoolError):
        return FailedExchange("unreachable", "was not sent: its connection was closed", False)
    if chain.has(u3.NewConnectionError):
        reasons = (one.strerror for one in chain.errors if isinstance(one, OSError) and one.strerror)
        return FailedExchange("unreachable", f"failed: {next(reasons, 'no connection')}", False)
    return None


def _no_answer(chain: _Chain, executed: bool | None, timeout: float, begun: bool) -> FailedExchange:
    making = executed is False
    if chain.has(ssl.SSLError, rq.SSLError, u3.SSLError):
        what = "failed: the TLS connection could not be established" if making else "lost its TLS connection"
        return FailedExchange("tls", what, executed)
    if chain.has(rq.Timeout, u3.ReadTimeoutError, TimeoutError):
        late = "failed: no connection within 10 s" if making else f"got no complete response within {timeout:.0f} s"
        return FailedExchange("timeout", late, executed)
    if chain.has(rq.ContentDecodingError, u3.DecodeError):
        return FailedExchange("invalid_response", "got a response that can't be decoded", None)
    if begun:
        return FailedExchange("invalid_response", "got a response that broke off", None)
    if any(isinstance(one, http.client.HTTPException) and not isinstance(one, ConnectionError) for one in chain.errors):
        return FailedExchange("invalid_response", "got something that isn't HTTP", None)
    if making:
        return FailedExchange("unreachable", "failed: the connection was lost while it was being established", False)
    return FailedExchange("unreachable", "lost its connection before the response arrived", None)
