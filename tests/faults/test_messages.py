# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every message of a failure helps within ten seconds: it says where something is wrong, and what to do next.

The unit tests provoke the messages, in a run of their own that records them. What must be provoked is read from the
source, so a new message without a test fails here. ``.cache/messages.md`` is the page to read as a whole.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import typing as t
from collections import defaultdict
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import CODES
from ansible_collections.partnerops.saas.tests.support import recorder
from ansible_collections.partnerops.saas.tests.support.driver import modules, operation
from ansible_collections.partnerops.saas.tests.support.message_sites import Site, sites
from ansible_collections.partnerops.saas.tests.support.messages import NOISE
from ansible_collections.partnerops.saas.tests.support.recorder import Message

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
#: Texts that no user can meet, by file and first words, with the reason.
NO_MESSAGE = {
    ("module_utils/errors.py", "unknown failure code"): "a defect of the collection, not of a user's input",
    ("module_utils/http/status.py", ""): "names of rows in a table",
    ("module_utils/mobsted/listing.py", "only a complete Listing"): "a defect: a create without proof",
    ("module_utils/mobsted/listing.py", "a create of"): "a defect: a create without proof",
    ("module_utils/mobsted/listing.py", "a search for"): "a defect: a proof of something else",
    ("module_utils/mobsted/tenant_guard.py", "There is no connection"): "for the type checker: it is never reached",
    ("module_utils/mip/operations/account_info.py", "The login was refused"): "for the type checker: never reached",
}
#: Texts that are always shown inside another message, which names place and step.
PARTS = (
    r"^kind .* do not occur in a ledger|^(id|marketplace_id|blocked|intent) |^a client or member has a marketplace_id",
    r"^relation |^division by zero|^terminating connection|^An unexpected error occurred",
    # Words that the tests themselves make up.
    r"It said |No answer\.$|: credentials_dest could not be written\.$",
)
_WORDS = {
    name
    for module in modules()
    for name in [*operation(module).argument_spec(), *operation(module).synonyms, "partner_handover_texts", "seen_path"]
}
PLACE = re.compile(
    r"\b(GET|POST) /|https?://|\b[A-Z]{2,}_[A-Z_]+\b|/[\w.-]+/|[\w.+-]+@[\w-]+\.|partner-state\.yml|\bapp ID 1\b|"
    r"\b(thresholds|fail_on|partner_\w+|mobsted_\w+|extid|the app's link|link|kind|action|variable|script_url)\b|"
    r"\b(vault_\w+|delay|language)\b|(option|argument) '\w+'|mutually exclusive: |\[[0-9]+\]|the prompt's code name|"
    r"the app|[Tt]he (ledger|database|login)|The Python library|an asynchronous task|the same (address|resource)|"
    rf"\b({'|'.join(sorted(_WORDS))})\b"
)
STEP = re.compile(
    r"\b(Add|Ask|Change|Check|Choose|Copy|Correct|Create|Declare|Define|Find|Free|Give|Install|Let an administrator|"
    r"Leave|Make|Name|Pass|Pick|Put|Remove|Rename|Repair|Restore|Run|Save|See|Set|Start|Use)\b|"
    r"\b(add (it|')|ask the person|change the app|check|choose|correct (it|the|language|this)|give (it|that|them|both)|"
    r"indent it|leave the|put it|raise|register (that|the|these)|remove|rename|run again|set (both|\w+ to)|start the|"
    r"use \w+)\b|save that|set signing|give the current one|\bRegister that task|: use !vault|"
    r"must (not )?(be|have|contain|name)|should look like|has the form|is needed|expected|Did you mean|Known here|"
    r"Supported parameters include|There are: |It may have: |Shipped are|one of: |such as|, only |1 or higher"
)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> set[Message]:
    """Return what the unit tests make the collection say."""
    folder = tmp_path_factory.mktemp("messages")
    names = (
        "-c",
        "tests/config/pytest.ini",
        "--rootdir",
        ".",
        "--confcutdir",
        ".",
        "-q",
        "-n",
        "0",
        "-k",
        "not killed",
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *names, "tests/unit/plugins"],
        cwd=ROOT,
        env={**os.environ, "RECORD_MESSAGES": str(folder), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return recorder.read(folder)


@pytest.fixture(scope="module")
def shown(recorded: set[Message]) -> dict[str, set[str]]:
    """Return what a user gets to read by failure code or kind, without the parts that a longer message contains."""
    texts = {(one.code or one.kind, _plain(one.text)) for one in recorded}
    everything = "\n".join(sorted(text for _code, text in texts))
    found: dict[str, set[str]] = defaultdict(set)
    for code, text in texts:
        if everything.count(text) == 1 and not any(re.search(part, text) for part in PARTS):
            found[code].add(text)
    return found


def _plain(text: str) -> str:
    """Replace what differs in each run, so that the page can be compared with the last one."""
    text = text.replace("{tries}", "")
    text = re.sub(r"/[^ ,:]*/(?:pytest-of-\w+|popen-gw\d+)/[^ ,:]*?/(?=[\w.-]+)", "/folder/", text)
    text = re.sub(r"127\.0\.0\.1:\d+|port \d+", "127.0.0.1:port", text)
    text = re.sub(r"db\d+_\d+", "db", text).replace(sys.executable, "python3")
    return re.sub(r"20\d\d-\d\d-\d\dT[\d:+]+", "2026-01-02T03:04:05+00:00", text)


def _met(site: Site, recorded: set[Message]) -> bool:
    fixed = re.sub(r"\W", "", site.pattern.replace(".*", ""))
    return any(
        any(name == site.file and site.first <= number <= site.last for name, number in one.lines)
        or (len(fixed) > 8 and re.search(site.pattern, one.text, re.DOTALL))
        for one in recorded
    )


def _exempt(site: Site) -> tuple[str, str] | None:
    return next((key for key in NO_MESSAGE if key[0] == site.file and key[1] in site.text), None)


def test_each_message_in_the_source_was_provoked(recorded: set[Message]) -> None:
    found = sites()
    assert len(found) > 250
    assert [site.name for site in found if not (_exempt(site) or _met(site, recorded))] == []


def test_each_exception_is_still_needed(recorded: set[Message]) -> None:
    unmet = {_exempt(site) for site in sites() if not _met(site, recorded)}
    assert set(NO_MESSAGE) - unmet == set()


def test_each_failure_code_was_provoked(recorded: set[Message]) -> None:
    assert {one.code for one in recorded if one.kind == "ApiError"} == CODES


def test_each_message_names_a_place(shown: t.Mapping[str, set[str]]) -> None:
    assert [text for texts in shown.values() for text in sorted(texts) if not PLACE.search(text)] == []


def test_each_message_names_a_next_step(shown: t.Mapping[str, set[str]]) -> None:
    assert [text for texts in shown.values() for text in sorted(texts) if not STEP.search(text)] == []


def test_no_message_has_a_librarys_text(shown: t.Mapping[str, set[str]]) -> None:
    assert [text for texts in shown.values() for text in texts if NOISE.search(text)] == []


def test_the_page_is_written(shown: t.Mapping[str, set[str]]) -> None:
    """Write the page; it is read as a whole before a release."""
    lines = ["# Messages of the collection", ""]
    for code in sorted(shown):
        lines += [f"## {code}", "", *(f"- {text}" for text in sorted(shown[code])), ""]
    page = ROOT / ".cache" / "messages.md"
    page.write_text("\n".join(lines), encoding="utf-8")
    assert sum(map(len, shown.values())) > 300
