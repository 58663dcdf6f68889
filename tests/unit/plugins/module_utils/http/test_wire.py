# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real sockets: every error of the HTTP library is understood, and connections are kept alive."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import struct
import time
import typing as t

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.http.exchange import Request
from ansible_collections.partnerops.saas.plugins.module_utils.http.transport import Transport
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.http.calls import (
    OK,
    Handler,
    Server,
    request_of,
)


def post(port: int, scheme: str = "http", **options: t.Any) -> ApiError | None:
    """Send a write and return the failure, or None."""
    timeout = options.pop("timeout", 5)
    settings = {"retries": 0, "validate_certs": True, "ca_path": None, **options}
    wire = Transport(f"{scheme}://127.0.0.1:{port}", timeout=timeout, **settings)
    try:
        wire.send(
            lambda: Request("POST", f"{wire.base}/api/v8/partners", params={"password": "s3cret"}, data=b"{}"),
            Deadline(30),
        )
    except ApiError as error:
        if "s3cret" in error.msg:
            pytest.fail("the query is in the message")
        return error
    finally:
        wire.close()
    return None


def outcome(error: ApiError | None) -> tuple[str, bool | None]:
    assert error is not None
    return error.code, error.executed


def test_refused():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    error = post(port)
    assert outcome(error) == ("unreachable", False)
    assert "refused" in str(error)


def test_a_name_that_does_not_exist(monkeypatch):
    def nothing(*_args: t.Any, **_kwargs: t.Any) -> t.NoReturn:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nothing)
    error = post(80)
    assert outcome(error) == ("unreachable", False)
    assert "host name was not found" in str(error)


def drop(connection: socket.socket) -> None:
    request_of(connection)


def reset(connection: socket.socket) -> None:
    request_of(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def silent(server: Server) -> None:
    """Send nothing until the test is over."""
    server.stopped.wait(10)


def answering(*parts: bytes) -> Handler:
    def handler(connection: socket.socket) -> None:
        request_of(connection)
        for part in parts:
            connection.sendall(part)

    return handler


@pytest.mark.parametrize(
    ("handler", "expected"),
    [
        (drop, ("unreachable", None)),
        (reset, ("unreachable", None)),
        (answering(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}"), ("invalid_response", None)),
        (answering(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}"), ("invalid_response", None)),
        (answering(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}"), ("invalid_response", None)),
        (
            answering(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"),
            ("invalid_response", None),
        ),
        (answering(b"not HTTP at all\r\n\r\n"), ("invalid_response", None)),
    ],
    ids=["closed", "reset", "short", "short chunk", "bad chunk", "bad gzip", "not HTTP"],
)
def test_responses_that_were_lost_after_the_request_was_read(serve, handler, expected):
    assert outcome(post(serve(handler).port)) == expected


def test_no_response_in_time(serve):
    server: Server = serve(lambda connection: silent(server))
    error = post(server.port, timeout=0.2)
    assert outcome(error) == ("timeout", None)


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Slow: "])
def test_a_response_that_drips_ends_with_its_time(serve, head):
    """A socket's own time-out restarts with every byte: this response would take 20 s."""

    def drip(connection: socket.socket) -> None:
        request_of(connection)
        connection.sendall(head)
        for _byte in range(400):
            connection.sendall(b"x")
            if server.stopped.wait(0.05):
                return

    server = serve(drip)
    start = time.monotonic()
    error = post(server.port, timeout=0.3)
    assert outcome(error) == ("timeout", None)
    assert time.monotonic() - start < 10


def test_one_connection_serves_many_requests(serve):
    def several(connection: socket.socket) -> None:
        while request_of(connection):
            connection.sendall(OK)

    server = serve(several)
    wire = Transport(f"http://127.0.0.1:{server.port}", timeout=5, retries=0, validate_certs=True, ca_path=None)
    for method in ("GET", "POST", "GET", "POST"):
        response = wire.send(lambda method=method: Request(method, wire.base + "/x", data=b"{}"), Deadline(30))  # type: ignore[misc]
        assert response.json() == {}
    wire.close()
    assert server.connections == 1


# -- TLS --------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a file with a key and a certificate for 127.0.0.1 that nobody trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return str(path)


def tls(certificate: str, handler: Handler) -> Handler:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def wrapped(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            handler(secured)

    return wrapped


def test_a_certificate_that_is_not_trusted(serve, certificate):
    server = serve(tls(certificate, answering(OK)))
    error = post(server.port, "https", retries=3)
    assert outcome(error) == ("tls", False)
    assert "certificate is not trusted" in str(error)
    assert "ca_path" in str(error)
    assert server.connections == 1  # a retry would change nothing


def test_ca_path_makes_it_trusted(serve, certificate):
    assert post(serve(tls(certificate, answering(OK))).port, "https", ca_path=certificate) is None


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_validate_certs_false(serve, certificate):
    assert post(serve(tls(certificate, answering(OK))).port, "https", validate_certs=False) is None


def test_a_server_that_speaks_no_tls(serve):
    def plain(connection: socket.socket) -> None:
        connection.recv(1)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 10)
        connection.recv(65536)

    server = serve(plain)
    error = post(server.port, "https", retries=3)
    assert outcome(error) == ("tls", False)
    assert "was not sent after 2 tries: this port doesn't speak TLS. Check the host and the port in api_url" in str(
        error
    )
    assert "certificate" not in str(error)
    assert server.connections == 2  # a third try would change nothing


def test_a_server_that_hangs_up_during_the_handshake(serve):
    assert outcome(post(serve(lambda connection: None).port, "https"))[1] is False


def test_a_server_that_never_answers_the_handshake(serve):
    server: Server = serve(lambda connection: silent(server))
    error = post(server.port, "https", timeout=0.2)
    assert outcome(error) == ("timeout", False)


def test_a_tls_failure_after_the_request_was_sent_is_unknown(serve, certificate):
    """For example a damaged record: by then the server has read the request."""

    def damage(connection: socket.socket) -> None:
        request_of(connection)
        record = b"\x17\x03\x03\x00\x20" + b"\0" * 32  # application data that cannot be decrypted
        with socket.socket(fileno=connection.detach()) as bare:
            bare.sendall(record)
            bare.settimeout(5)
            bare.recv(65536)

    server = serve(tls(certificate, damage))
    assert outcome(post(server.port, "https", ca_path=certificate)) == ("tls", None)


# -- proxies ----------------------------------------------------------------------------------------------------------


def through(monkeypatch: pytest.MonkeyPatch, port: int, scheme: str) -> ApiError | None:
    monkeypatch.setenv(f"{scheme.upper()}_PROXY", f"http://127.0.0.1:{port}")
    settings: dict[str, t.Any] = {"timeout": 5, "retries": 0, "validate_certs": True, "ca_path": None}
    wire = Transport(f"{scheme}://api.mobsted.example", **settings)
    try:
        wire.send(lambda: Request("POST", f"{wire.base}/x", data=b"{}"), Deadline(30))
    except ApiError as error:
        return error
    return None


def test_a_proxy_that_is_not_there(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    error = through(monkeypatch, port, "https")
    assert outcome(error) == ("unreachable", False)
    assert "proxy" in str(error)


def test_a_proxy_that_refuses(serve, monkeypatch):
    refusing = serve(answering(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"))
    error = through(monkeypatch, refusing.port, "https")
    assert outcome(error) == ("unreachable", False)
    assert "proxy" in str(error)


def test_a_proxy_that_loses_the_response(serve, monkeypatch):
    assert outcome(through(monkeypatch, serve(reset).port, "http")) == ("unreachable", None)
