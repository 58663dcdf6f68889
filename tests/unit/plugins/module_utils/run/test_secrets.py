# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is masked, in which encodings, before ansible-core 2.22 and with its registry."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.run import secrets as module
from ansible_collections.partnerops.saas.plugins.module_utils.run.secrets import Secrets, core_registry, spellings

AWKWARD = 'pä ss+w/rd"&\\ü'


@pytest.fixture
def registry(monkeypatch):
    """Collect what reaches the registry of ansible-core 2.22."""
    found: set[str] = set()
    monkeypatch.setattr(module, "_register_secrets", found.update)
    return found


@pytest.mark.parametrize(
    "form",
    [
        AWKWARD,
        quote(AWKWARD),
        quote(AWKWARD, safe=""),
        quote(AWKWARD, safe="")
        .replace("%C3%A4", "%c3%a4")
        .replace("%2B", "%2b")
        .replace("%2F", "%2f")
        .replace("%5C%C3%BC", "%5c%c3%bc"),
        quote_plus(AWKWARD),
        base64.b64encode(AWKWARD.encode()).decode(),
        base64.b64encode(AWKWARD.encode()).decode().rstrip("="),
        base64.urlsafe_b64encode(AWKWARD.encode()).decode(),
        json.dumps(AWKWARD)[1:-1],
        json.dumps(AWKWARD, ensure_ascii=False)[1:-1],
        json.dumps(json.dumps(AWKWARD))[3:-3],
        repr(AWKWARD)[1:-1],
    ],
)
def test_every_spelling_is_scrubbed(form):
    secrets = Secrets()
    secrets.add(AWKWARD)
    assert secrets.scrub(f"before {form} after") == "before ******** after"


def test_short_derived_forms_are_left_out():
    assert all(len(form) >= module.MIN_DERIVED for form in spellings("abc") - {"abc"})
    assert "YWJj" not in spellings("abc")


def test_lone_surrogates_are_no_obstacle():
    assert "\ud800x" in spellings("\ud800x")


def test_what_is_no_secret_is_passed_over():
    secrets = Secrets()
    secrets.add(None, "", "ab", 12345)
    assert secrets.hidden == set()
    assert secrets.scrub("ab 12345") == "ab 12345"


def test_the_longest_form_is_replaced_first():
    secrets = Secrets()
    secrets.add("secret", "secret-and-more")
    assert secrets.scrub("secret-and-more, secret") == "********, ********"


def test_before_2_22_a_shown_secret_stays_out_of_the_mask():
    secrets = Secrets()
    secrets.add("shown-password")  # such as a password on record that also opens the account
    secrets.show("shown-password", None, "")
    assert core_registry() is None
    assert secrets.shown == {"shown-password"}
    assert not secrets.mask_values() & spellings("shown-password")
    assert secrets.scrub("it is shown-password") == "it is ********"  # our own messages never contain it


def test_a_shown_secret_is_scrubbed_in_every_spelling():
    secrets = Secrets()
    secrets.show(AWKWARD)
    assert secrets.scrub(quote_plus(AWKWARD)) == "********"


def test_the_registry_gets_every_form_once(registry):
    secrets = Secrets()
    secrets.add(AWKWARD)
    assert registry == spellings(AWKWARD)
    assert core_registry() is not None
    registry.clear()
    secrets.add(AWKWARD)
    assert registry == set()


def test_with_the_registry_a_shown_secret_is_registered(registry):
    secrets = Secrets()
    secrets.show("shown-password")
    assert "shown-password" in registry
    assert secrets.shown == {"shown-password"}
    assert "shown-password" not in secrets.mask_values()


def test_many_forms_are_found_in_long_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FEW", 2)
    monkeypatch.setattr(module, "SHORT", 10)
    forms = {"abcdefgh", "abcdefxx", "xyz", "not there", "no", "end-of-text"}
    text = "....abcdefgh....xyz....\n" + "." * 50 + "end-of-text"
    assert module.present(forms, text) == {"abcdefgh", "xyz", "end-of-text"}
    assert module.present(forms, text) == {form for form in forms if form in text}
    assert module.present(set(), text) == set()
