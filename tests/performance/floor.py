# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bare script: what somebody writes with ``requests`` and threads, assuming that nothing ever fails.

usage: floor.py URL LOGIN PASSWORD TENANTS THREADS [PATTERN [WITH_APPS]]

Logs in, lists the tenants, creates those that are missing. With apps, it also logs in to each of the first WITH_APPS
tenants, lists its apps and creates the one that is missing. Prints the seconds that this took, without starting Python.
"""

from __future__ import annotations

import queue
import sys
import threading
import time
import typing as t

import requests
import requests.adapters

SHOP = {"name": "Shop", "title": "Shop", "isPWAless": "1", "webSiteUrl": "https://shop.example"}


def log_in(base: str, login: str, password: str, threads: int) -> requests.Session:
    """Return a session with a token."""
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=threads))
    answer = session.get(base + "/api/v8/auth", params={"login": login, "password": password}, timeout=90)
    session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    return session


def all_rows(session: requests.Session, url: str, **query: str) -> list[dict[str, t.Any]]:
    """Every row of a list, page by page."""
    rows: list[dict[str, t.Any]] = []
    page = last = 1
    while page <= last:
        body = session.get(url, params={**query, "page": str(page), "pageSize": "200"}, timeout=90).json()
        rows += body["data"]
        last, page = int(body["meta"]["last_page"]), page + 1
    return rows


def ensure_shop(base: str, login: str, password: str) -> None:
    """One app in one tenant."""
    session = log_in(base, login, password, 1)
    url = base + "/api/v8/applications"
    if not any(row["attributes"]["Name"] == "Shop" for row in all_rows(session, url)):
        session.post(url, files={key: (None, value) for key, value in SHOP.items()}, timeout=90).raise_for_status()
    session.close()


def main(base: str, login: str, password: str, count: int, threads: int, pattern: str, apps: int) -> float:
    """Seconds."""
    start = time.monotonic()
    session = log_in(base, login, password, threads)
    there = {
        str(row["attributes"]["UserLogin"]).lower(): row["attributes"]
        for row in all_rows(session, base + "/api/v8/object", applicationId="1")
    }
    todo: queue.SimpleQueue[tuple[int, str]] = queue.SimpleQueue()
    for number in range(count):
        email = pattern.format(number)
        if number < apps or email not in there:
            todo.put((number, email))

    def work() -> None:
        while True:
            try:
                number, email = todo.get_nowait()
            except queue.Empty:
                return
            known = there.get(email)
            if known is None:
                answer = session.post(base + "/api/v8/partners", json={"email": email}, timeout=90)
                answer.raise_for_status()
                made = answer.json()
                url, secret = made["url"], made["authentication"]["password"]
            else:
                url, secret = known["url"], known["UserPassword"]
            if number < apps:
                ensure_shop(url, email, secret)

    pool = [threading.Thread(target=work) for _number in range(threads)]
    for thread in pool:
        thread.start()
    for thread in pool:
        thread.join()
    return time.monotonic() - start


if __name__ == "__main__":
    url, user, secret, tenants, connections, *rest = sys.argv[1:]
    spelling = rest[0] if rest else "owner{}@bench.example"
    with_apps = int(rest[1]) if rest[1:] else 0
    print(main(url, user, secret, int(tenants), int(connections), spelling, with_apps))
