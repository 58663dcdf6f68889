# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Ansible language server completes our modules and their options.

Without npm this file is not collected at all (see conftest.py): npm is no condition of the other checks.
"""

from __future__ import annotations

import json
import subprocess
import threading
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.tests.documentation.literate import ROOT, Place

PACKAGE = "@ansible/ansible-language-server@1.2.3"
PLAYBOOK = """\
---
- name: An app
  hosts: localhost
  tasks:
    - name: Create it
      partnerops.saas.mobsted_pwa
    - name: Create it
      partnerops.saas.mobsted_pwa_app:
        nam
"""


@pytest.fixture(scope="module")
def server() -> Path:
    """Return the language server's program, installed once in .cache."""
    folder = ROOT / ".cache" / "language-server"
    program = folder / "node_modules" / ".bin" / "ansible-language-server"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), PACKAGE]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    return program


class Client:
    """Speaks the language server protocol over standard input and output."""

    def __init__(self, command: list[str], environment: dict[str, str], settings: dict[str, t.Any]) -> None:
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )
        self.settings = settings
        self.number = 0
        # A server that never answers is ended, and the reading here with it.
        self.timer = threading.Timer(120, self.process.kill)
        self.timer.start()

    def send(self, message: dict[str, t.Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def receive(self) -> dict[str, t.Any]:
        assert self.process.stdout
        length = 0
        while (line := self.process.stdout.readline().strip()) or not length:
            assert line, "the language server has ended"
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        return dict(json.loads(self.process.stdout.read(length)))

    def ask(self, method: str, params: t.Any) -> t.Any:
        """Return the response; what the server asks in the meantime is answered, too."""
        self.number += 1
        mine = self.number
        self.send({"id": mine, "method": method, "params": params})
        while True:
            message = self.receive()
            if "method" not in message and message["id"] == mine:
                assert "error" not in message, message
                return message["result"]
            if "method" in message and "id" in message:
                wanted = message["method"] == "workspace/configuration"
                result = [self.settings for _line in message["params"]["items"]] if wanted else None
                self.send({"id": message["id"], "result": result})

    def close(self) -> None:
        self.timer.cancel()
        self.process.kill()
        self.process.communicate()


def test_modules_and_options_are_completed(server: Path, place: Place) -> None:
    file = place.folder / "site.yml"
    file.write_text(PLAYBOOK, encoding="utf-8")
    settings = {
        "ansible": {"path": "ansible", "useFullyQualifiedCollectionNames": True},
        "python": {"interpreterPath": "", "activationScript": ""},
        "executionEnvironment": {"enabled": False},
        "completion": {"provideRedirectModules": True, "provideModuleOptionAliases": True},
        "validation": {"enabled": False, "lint": {"enabled": False}},
    }
    client = Client([str(server), "--stdio"], place.environment, settings)
    try:
        folder = {"uri": place.folder.as_uri(), "name": "work"}
        capabilities = {"workspace": {"workspaceFolders": True, "configuration": True}}
        client.ask(
            "initialize",
            {"processId": None, "rootUri": folder["uri"], "capabilities": capabilities, "workspaceFolders": [folder]},
        )
        client.send({"method": "initialized", "params": {}})
        document = {"uri": file.as_uri(), "languageId": "ansible", "version": 1, "text": PLAYBOOK}
        client.send({"method": "textDocument/didOpen", "params": {"textDocument": document}})

        def completed(line: int, character: int) -> set[str]:
            place_in_text = {"line": line, "character": character}
            params = {"textDocument": {"uri": file.as_uri()}, "position": place_in_text}
            found = client.ask("textDocument/completion", params)
            items = found["items"] if isinstance(found, dict) else found or []
            return {item["label"].rstrip(":") for item in items}

        modules = completed(5, len(PLAYBOOK.splitlines()[5]))
        assert {path.stem for path in (ROOT / "plugins" / "modules").glob("*.py")} <= {
            name.removeprefix("partnerops.saas.") for name in modules
        }
        assert {"name", "tenant", "website_url", "icon", "api_url"} <= completed(8, len(PLAYBOOK.splitlines()[8]))
    finally:
        client.close()
