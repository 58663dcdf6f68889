# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A request as the handlers see it, and the table that finds a handler."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .answers import Answer

if TYPE_CHECKING:
    from .store import Account
    from .worlds import World


class Refused(Exception):
    """A request whose response is an error; ``title`` is the error code of MIP."""

    def __init__(self, status: int, title: str, detail: str = "") -> None:
        super().__init__(title)
        self.status, self.title, self.detail = status, title, detail


@dataclass
class Upload:
    """A file of a multipart body; ``data`` in bytes."""

    filename: str
    content_type: str
    data: bytes


@dataclass
class Req:
    """One request to a vendor. ``path`` is decoded and below the account root; ``raw_path`` is as requested."""

    world: World
    vendor: str
    account: Account | None
    method: str
    path: str
    raw_path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes
    base: str
    json: Any = None
    json_error: bool = False
    form: list[tuple[str, str | Upload]] | None = None
    params: dict[str, str] = field(default_factory=dict)

    def arg(self, name: str) -> str | None:
        """Return the last value of a query parameter."""
        return next((value for key, value in reversed(self.query) if key == name), None)


Handler = Callable[[Req], Answer]


@dataclass(frozen=True)
class Route:
    """A method and a path template; ``creates``: the world's ``create_ms`` pass before it runs."""

    method: str
    template: str
    handler: Handler
    creates: bool = False
    counter: str = ""

    def match(self, path: str) -> dict[str, str] | None:
        """Return the path's parameters, or None."""
        pattern = "".join(
            "([^/]+)" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{\w+\})", self.template)
        )
        found = re.fullmatch(pattern, path)
        return dict(zip(re.findall(r"\{(\w+)\}", self.template), found.groups(), strict=True)) if found else None


class Table:
    """The routes of one vendor: exact paths in a dict, templates in order."""

    def __init__(self, routes: list[Route]) -> None:
        self.routes = routes
        self._exact: dict[str, list[Route]] = {}
        for route in routes:
            if "{" not in route.template:
                self._exact.setdefault(route.template, []).append(route)
        self._templates = [route for route in routes if "{" in route.template]

    def find(self, method: str, path: str) -> tuple[Route | None, dict[str, str], bool]:
        """Return the route, its parameters, and whether the path exists under any method."""
        known = False
        for route in self._exact.get(path, ()):
            known = True
            if route.method == method:
                return route, {}, True
        for route in self._templates:
            params = route.match(path)
            if params is not None:
                known = True
                if route.method == method:
                    return route, params, True
        return None, {}, known
