# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Responses before they are sent, and the shapes of an error (no error body is published)."""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import dataclass, field
from html import escape
from typing import Any

from .options import Options

JSON_TYPE = "application/json"


@dataclass
class Answer:
    """A complete response. ``data`` is the JSON value, if there is one, so that a fault can change it."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON_TYPE
    headers: dict[str, str] = field(default_factory=dict)
    data: Any = None


def dump(value: Any, options: Options) -> bytes:
    """Return JSON bytes; ``json_style: php`` escapes slashes and non-ASCII letters as PHP's json_encode does."""
    text = json.dumps(value, ensure_ascii=options.json_style == "php", separators=(",", ":"))
    return (text.replace("/", "\\/") if options.json_style == "php" else text).encode()


def ok(value: Any, options: Options, status: int = 200) -> Answer:
    """Return a JSON response."""
    return Answer(status, dump(value, options), data=value)


def mobsted_error(options: Options, status: int, title: str, detail: str = "") -> Answer:
    """Return a Mobsted error in the world's ``error_shape``. ``legacy`` is v4/v5 (code), the others are inferred."""
    detail = detail or title
    shape = options.error_shape
    if options.error_status == "v8":  # refusals and what does not exist: 500; conflicts and wrong values: 400
        status = {403: 500, 404: 500, 409: 400, 422: 400}.get(status, status)
    if shape == "string":
        return ok(detail, options, status)
    if status == 200:
        shape = "legacy200"
    if shape == "text":
        return Answer(status, detail.encode(), "text/plain; charset=utf-8")
    if shape == "html":
        page = f"<!DOCTYPE html><html><head><title>{status} {escape(title)}</title></head><body>{escape(detail)}</body>"
        return Answer(status, f"{page}</html>".encode(), "text/html; charset=utf-8")
    if shape == "message":
        return ok({"message": detail}, options, status)
    if shape in ("legacy", "legacy200"):
        body = {"ErrorNNumber": status, "ErrorText": detail}
        return ok(body, options, 200 if shape == "legacy200" else status)
    return ok({"errors": [{"status": str(status), "title": title, "detail": detail}]}, options, status)


def mip_error(options: Options, status: int, code: str, text: str = "") -> Answer:
    """Return an error of MIP; ``{"status": "error", "error": "AccessDenied"}`` is the sister products' shape (page)."""
    shape = options.mip.error_shape
    if shape == "message":
        return ok({"status": "error", "message": text or code}, options, status)
    if shape == "object":
        return ok({"status": "error", "error": {"code": code, "message": text or code}}, options, status)
    return ok({"status": "error", "error": code}, options, status)


def png(seed: str, size: int = 192) -> bytes:
    """Return a square PNG of ``size`` pixels with a pattern that depends on ``seed``, as an icon or QR code."""
    cells = 24
    bits = zlib.crc32(seed.encode()) | (zlib.adler32(seed.encode()) << 32)
    rows = []
    for y in range(size):
        row = bytearray([0])
        for x in range(size):
            cell = (y * cells // size) * cells + (x * cells // size)
            row.append(0 if (bits >> (cell * 7 % 61)) & 1 else 255)
        rows.append(bytes(row))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", size, size, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"".join(rows)))
        + chunk(b"IEND", b"")
    )
