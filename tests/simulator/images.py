# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures that Mobsted's responses point to: icons and QR codes."""

from __future__ import annotations

from .answers import Answer, png
from .routing import Refused, Req
from .store import App


def _image(req: Req) -> App:
    assert req.account
    text = req.params["app"]
    app = req.account.apps.get(int(text)) if text.isdigit() else None
    if app is None or req.params["tenant"] != req.account.name:
        raise Refused(404, "Not Found")
    return app


def icon_image(req: Req) -> Answer:
    """Return the icon (relative URL: seed), or a pattern if none was uploaded."""
    app = _image(req)
    return Answer(200, app.icon or png(app.uuid), app.icon_type if app.icon else "image/png")


def qr_image(req: Req) -> Answer:
    """Return the QR code (relative URL: seed); here a pattern, not a readable code."""
    return Answer(200, png(_image(req).short), "image/png")


def qr_hex(req: Req) -> Answer:
    """GET qr/imagehex?text= (code); here a pattern."""
    return Answer(200, png(req.arg("text") or ""), "image/png")
