# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bare script: what somebody writes with ``requests`` and threads, assuming that nothing ever fails.

usage: floor.py URL LOGIN PASSWORD TENANTS THREADS

It logs in, lists the tenants, creates those that are missing, and prints the seconds, excluding the start of Python.
"""

from __future__ import annotations

import queue
import sys
import threading
import time

import requests
import requests.adapters


def main(base: str, login: str, password: str, count: int, threads: int) -> float:
    """Return the seconds."""
    start = time.monotonic()
    root = base + "/api/v8/"
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=threads))
    answer = session.get(root + "auth", params={"login": login, "password": password}, timeout=90)
    session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    there: set[str] = set()
    page = last = 1
    while page <= last:
        query = {"applicationId": "1", "page": str(page), "pageSize": "200"}
        body = session.get(root + "objects", params=query, timeout=90).json()
        there |= {str(row["attributes"]["UserLogin"]).lower() for row in body["data"]}
        last, page = int(body["meta"]["last_page"]), page + 1
    todo: queue.SimpleQueue[str] = queue.SimpleQueue()
    for number in range(count):
        if f"owner{number}@bench.example" not in there:
            todo.put(f"owner{number}@bench.example")

    def work() -> None:
        while True:
            try:
                email = todo.get_nowait()
            except queue.Empty:
                return
            session.post(root + "partners", json={"email": email}, timeout=90).raise_for_status()

    pool = [threading.Thread(target=work) for _number in range(threads)]
    for thread in pool:
        thread.start()
    for thread in pool:
        thread.join()
    return time.monotonic() - start


if __name__ == "__main__":
    print(main(*sys.argv[1:4], *map(int, sys.argv[4:6])))  # type: ignore[arg-type]
