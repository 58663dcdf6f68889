# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Give a response the shape that an account's transcript shows, where no option of a world does.

A value that has the right form is kept, so that a token or an address works; any other is replaced by an example.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from .answers import Answer, ok
from .options import Options

_PATH = Path(__file__).resolve().parents[2] / "plugins" / "module_utils" / "forms.py"
_SPEC = importlib.util.spec_from_file_location("simulator_forms", _PATH)
assert _SPEC
assert _SPEC.loader
forms = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(forms)

#: A value of each form.
EXAMPLES: dict[str, Any] = {
    "null": None,
    "boolean": True,
    "integer": 7,
    "integer: zero": 0,
    "integer: Unix time": 1790000000,
    "number": 7.5,
    "number: whole": 7.0,
    "text": "Some words",
    "text: empty": "",
    "text: digits": "7",
    "text: decimal number": "7.5",
    "text: e-mail": "owner@acme.example",
    "text: URL": "https://acme.example/x",
    "text: path": "/x/y",
    "text: colour": "#dbdbdb",
    "text: UUID": "a0581239-2029-489e-a213-08337ae121da",
    "text: JWT": "aaaaaaaaaa.bbbbbbbbbb.cccccccccc",
    "text: date and time": "2026-01-02 03:04:05",
    "text: ISO 8601": "2026-01-02T03:04:05+00:00",
    "text: HTTP date": "Fri, 02 Jan 2026 03:04:05 GMT",
    "text: 32 letters and digits": "a" * 32,
    "text: HTML": "<b>Some words</b>",
    **{f'text: "{word}"': word for word in forms.LITERALS},
}
#: Without the value that it has here, no other call works.
_KEPT = ("access_token", "refresh_token", "privateKey", "publicKey")
_BODIES = {"empty": b"", "page of HTML": b"<html><body>Some words</body></html>", "no JSON": b"Some words"}


def _kept(value: Any) -> dict[str, str]:
    """Return the tokens and keys of a response, in whatever envelope."""
    found: dict[str, str] = {}
    for name, inner in value.items() if isinstance(value, dict) else ():
        found.update({name: inner} if name in _KEPT and isinstance(inner, str) else _kept(inner))
    return found


def shaped(value: Any, shape: Any, kept: dict[str, str] | None = None) -> Any:
    """Return a value of this shape, made of the one that there is as far as it fits.

    :param kept: values by name, which are used if they are to be texts
    """
    if isinstance(shape, dict):
        there = value if isinstance(value, dict) else {}
        mine = {name: text for name, text in (kept or {}).items() if str(shape.get(name)).startswith("text")}
        return {name: mine.get(name, shaped(there.get(name), inner, kept)) for name, inner in shape.items()}
    if isinstance(shape, list):
        rows = value if isinstance(value, list) else []
        rows = (rows + [rows[-1] if rows else None] * len(shape))[: max(len(rows), len(shape))] if shape else []
        return [shaped(row, shape[min(number, len(shape) - 1)], kept) for number, row in enumerate(rows)]
    kind = str(shape)
    if not isinstance(value, (dict, list)):
        if forms.form_of(value) == kind:
            return value
        for convert in (int, float, str):  # an id stays the same id
            try:
                made = convert(value)
            except (TypeError, ValueError):
                continue
            if forms.form_of(made) == kind:
                return made
    return EXAMPLES.get(kind, EXAMPLES["integer"] if kind.startswith("integer") else EXAMPLES["text"])


def reshape(answer: Answer, method: str, path: str, options: Options, shapes: dict[str, Any]) -> Answer:
    """Return the response to a call as the account gave it, if it is among the shapes.

    :param shapes: status and body by method and path; that of a success does not replace a failure
    """
    call = next((key for key in shapes if f"{method} {path}".endswith(key.partition(" ")[2])
                 and key.startswith(f"{method} ")), None)  # fmt: skip
    if call is None or (answer.status >= 300 and 200 <= shapes[call]["status"] < 300):
        return answer
    status, body = int(shapes[call]["status"]), shapes[call]["body"]
    if isinstance(body, str) and body in _BODIES:
        return Answer(status, _BODIES[body], "text/html; charset=utf-8" if "HTML" in body else "text/plain")
    return ok(shaped(answer.data, "null" if body == "JSON null" else body, _kept(answer.data)), options, status)
