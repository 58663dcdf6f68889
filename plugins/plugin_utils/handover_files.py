# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the pages of all clients in one task.

A task for each page would take half a second each, which is minutes for a thousand clients.
"""

from __future__ import annotations

import contextlib
import os
import stat
import typing as t

from ansible_collections.partnerops.saas.plugins.module_utils.identity import email_key
from ansible_collections.partnerops.saas.plugins.module_utils.run.files import replace_file
from ansible_collections.partnerops.saas.plugins.plugin_utils.handover import (
    Result,
    file_name,
    language_of,
    load_texts,
    render,
)


class Pages:
    """The pages of one run.

    :param folder: where they are written; it may be missing in check mode
    :param texts: a file of texts, or an empty text
    :param logins: entries of ``tenants`` of ``mobsted_tenant_info``, whose credentials are put on the pages
    """

    def __init__(self, folder: str, language: t.Any, texts: str, logins: t.Iterable[Result]) -> None:
        self.folder, self.language = folder, language
        self.texts = load_texts(texts) if texts else None
        self.logins = {email_key(str(one["email"])): one.get("credentials") for one in logins}
        self.written: list[Result] = []
        self.without: list[str] = []

    def write(self, tenants: t.Iterable[Result], *, check_mode: bool) -> None:
        """Write a page for each tenant whose apps could be read.

        :raises HandoverError: if the texts can't be used
        :raises OSError: if a file can't be written; those before it are in ``written``
        """
        for tenant in tenants:
            email = str(tenant["email"])
            if tenant["failed"]:
                self.without.append(email)
                continue
            path = os.path.join(self.folder, file_name(email))
            html = render(tenant, language_of(self.language, email), self.texts, self.logins.get(email_key(email)))
            what = put(path, html.encode("utf-8", "replace"), check_mode=check_mode)
            self.written.append({"email": email, "path": path, "state": what})

    def result(self) -> Result:
        """Return the result keys, with what ``--diff`` shows.

        It shows names and no text: the page that is replaced may hold a password.
        """
        marks = {"new": "+", "changed": "~"}
        lines = [
            f"{marks[one['state']]} {one['path']} ({one['state']})\n" for one in self.written if one["state"] in marks
        ]
        return {
            "changed": bool(lines),
            "pages": self.written,
            "without": self.without,
            "diff": [{"prepared": "".join(lines)}] if lines else [],
        }


def put(path: str, content: bytes, *, check_mode: bool) -> str:
    """Write a file completely or not at all; return whether it is ``new``, ``changed`` or ``same``.

    A new file has mode 0600, and one that is there keeps its mode.
    """
    mode, what = 0o600, "new"
    with contextlib.suppress(FileNotFoundError), open(path, "rb") as file:
        if file.read() == content:
            return "same"
        mode, what = stat.S_IMODE(os.fstat(file.fileno()).st_mode), "changed"
    if check_mode:
        return what
    replace_file(path, content, prefix=".page-", mode=mode, sync=False)
    return what
