# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One key for each account, address, name and id, however it is written."""

from __future__ import annotations

import json
import re
from urllib.parse import quote, quote_plus

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.identity import (
    account_key,
    email_key,
    email_spellings,
    id_text,
    id_value,
    name_key,
    names_match,
    nearest,
    url_key,
)

SAME_ACCOUNT = (
    "https://cloud.mip.to",
    "https://cloud.mip.to/",
    "https://cloud.mip.to:443",
    "HTTPS://Cloud.MIP.to.:443//",
)


@pytest.mark.parametrize("url", SAME_ACCOUNT)
def test_one_account_in_several_spellings(url):
    assert account_key(url) == "cloud.mip.to"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://bücher.example/api", "https://xn--bcher-kva.example/api/"),
        ("https://a.example/a%7Eb", "https://a.example/a~b"),
        ("https://a.example/a%2db", "https://a.example/a-b"),
        ("https://a.example/b/../a/./b", "https://a.example/a/b"),
        ("https://[2001:DB8:0:0::1]/", "https://[2001:db8::1]"),
        ("https://i❤.example", "https://xn--i-7iq.example"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x/"),
    ],
)
def test_more_spellings_of_one_account(one, other):
    assert account_key(one) == account_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example", "https://a.example:8443"),
        ("https://a.example/one", "https://a.example/One"),
        ("https://a.example", "https://b.example"),
        ("https://a.example/x", "https://a.example/x/y"),
        ("https://a.example/x%2Fy", "https://a.example/x/y"),
        ("https://a.example/%FF", "https://a.example/%FE"),
    ],
)
def test_two_accounts(one, other):
    assert account_key(one) != account_key(other)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("HTTPS://Shop.Example:443", "https://shop.example/", True),
        ("https://bücher.example/a?x=1#y", "https://xn--bcher-kva.example/a?x=1#y", True),
        ("https://shop.example/a", "https://shop.example/a/", False),
        ("https://shop.example/?a", "https://shop.example/?A", False),
        ("https://shop.example/#a", "https://shop.example/#b", False),
        ("http://shop.example", "https://shop.example", False),
        ("https://me@shop.example", "https://shop.example", False),
        ("https://[::1", " https://[::1", True),
        ("https://[::1", "https://[::2", False),
    ],
)
def test_whole_urls(one, other, same):
    assert (url_key(one) == url_key(other)) is same


def test_the_login_belongs_to_the_account():
    assert account_key("https://a.example", "P@X.example") == account_key("https://a.example", "p@x.example")
    assert account_key("https://a.example", "p@x.example") != account_key("https://a.example", "q@x.example")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Owner@Acme.Example", "owner@acme.example"),
        ("kontakt@bücher.example", "kontakt@xn--bcher-kva.example"),
        ("kontakt@BÜCHER.example", "kontakt@bücher.example"),
        ("jose\u0301@x.example", "josé@x.example"),
        ("a@x.example.", "a@x.example"),
        (" a@x.example ", "a@x.example"),
    ],
)
def test_one_address(one, other):
    assert email_key(one) == email_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("straße@acme.example", "strasse@acme.example"),
        ("k@straße.example", "k@strasse.example"),
        ("É@x.example", "e@x.example"),
        ("ı@x.example", "i@x.example"),
        ("a.b@x.example", "ab@x.example"),
        ("a+b@x.example", "a@x.example"),
    ],
)
def test_two_addresses(one, other):
    assert email_key(one) != email_key(other)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (7, "7"),
        ("7", "7"),
        (7.0, "7"),
        (" a-b ", "a-b"),
        (True, None),
        (None, None),
        ("", None),
        ([], None),
        (7.5, None),
        (0, "0"),
    ],
)
def test_ids_are_opaque_text(value, text):
    assert id_text(value) == text


@pytest.mark.parametrize(("text", "value"), [("7", 7), ("007", "007"), ("a7", "a7"), ("0", 0), ("9" * 30, "9" * 30)])
def test_whole_numbers_are_shown_as_numbers(text, value):
    assert id_value(text) == value
    assert type(id_value(text)) is type(value)


@pytest.mark.parametrize(
    ("declared", "listed"),
    [
        ("Tom & Jerry's", "Tom &amp; Jerry&#x27;s"),
        ("Tom & Jerry's", "Tom &amp;amp; Jerry&#39;s"),
        ("A  B", "A B"),
        (" A B", "A\u00a0B"),
        ("Cafe\u0301", "Café"),
        ("\uff21cme", "Acme"),
        ("007", "7"),
        ("1.0", "1"),
        ("1e3", "1000"),
    ],
)
def test_another_spelling_of_one_name(declared, listed):
    assert names_match(declared, listed) == "same"
    assert name_key(declared) == name_key(listed)


@pytest.mark.parametrize(
    ("declared", "listed"),
    [
        ("Acme Store for all of Northern Europe", "Acme Store for all o"),
        ("Acme Store International", "Acme Store Inter…"),
        ("Acme International", "Acme Interna"),
        ("Café Zoë", "Caf? Zo?"),
        ("Café Zoë", "Caf?? Zo??"),
        ("Café Zoë", "Cafe Zoe"),
        ("Café Zoë", "Caf Zo"),
        ("Магазин", "???????"),
        ("Acme 🚀", "Acme ?"),
        ("Acme 🚀", "Acme"),
        ("Tom & Jerry's", "Tom Jerrys"),
        ("Tom & Jerry's", "Tom _ Jerry_s"),
        ("a/b", "a-b"),
        ("Acme Store", "Acme_Store"),
        ("<b>Acme</b>", "Acme"),
        ("Café", "CafÃ©"),
    ],
)
def test_a_name_that_may_have_been_damaged(declared, listed):
    assert names_match(declared, listed) == "lossy"


@pytest.mark.parametrize(
    ("declared", "listed"),
    [
        ("Store", "Shop"),
        ("App 10", "App 1"),
        ("Stores", "Store"),
        ("Acme Store", "Acme"),
        ("Acme Store", "AcmeStore"),
        ("Магазина", "Магазин"),
        ("Store", ""),
        ("A", "B"),
        ("Store 2024", "Store 2025"),
        ("Store", "Store & more"),
        ("1000000000000000000000000000001", "1000000000000000000000000000002"),
    ],
)
def test_two_names(declared, listed):
    assert names_match(declared, listed) is None


def test_case_makes_two_apps():
    assert names_match("store", "Store") == "case"
    assert names_match("Store", "Store") == "exact"


@pytest.mark.parametrize(
    ("text", "known", "found"),
    [
        ("owner@acme.example", ["onwer@acme.example", "x@y.example"], "onwer@acme.example"),
        ("owner@acme.example", ["Owner@acme.example"], "Owner@acme.example"),
        ("owner@acme.example", ["buyer@globex.example"], None),
        ("Acme Store", ["AcmeStore"], "AcmeStore"),
        ("A1", ["B2", "A2"], None),
        ("Store", ["Stare", "Store"], "Stare"),
    ],
)
def test_the_nearest_known_text(text, known, found):
    assert nearest(text, known) == found


@pytest.mark.parametrize(
    ("email", "spellings"),
    [
        ("o@acme.example", ("o@acme.example",)),
        ("O@Acme.example", ("O@Acme.example", "o@acme.example")),
        ("k@bücher.example", ("k@bücher.example", "k@xn--bcher-kva.example", "k@bu\u0308cher.example")),
        ("k@xn--bcher-kva.example", ("k@xn--bcher-kva.example", "k@bücher.example", "k@bu\u0308cher.example")),
        (
            "K@BÜCHER.example",
            (
                "K@BÜCHER.example",
                "k@bÜcher.example",
                "k@xn--bcher-kva.example",
                "k@bücher.example",
                "k@bu\u0308cher.example",
            ),
        ),
        ("k@xn--i-7iq.example", ("k@xn--i-7iq.example", "k@i❤.example")),
        ("é@x.example", ("é@x.example", "e\u0301@x.example")),
    ],
)
def test_spellings_to_search_for(email, spellings):
    assert email_spellings(email) == spellings
    assert {email_key(one) for one in spellings} == {email_key(email)}


def test_a_name_that_was_cut_at_a_space_may_be_the_declared_one():
    assert names_match("A very long name of an app", "A very long name of ") == "lossy"


def shop(name: str) -> dict[str, str]:
    """Return what a server may make of a name that it can't keep, or that it escapes once too often."""
    return {
        "addslashes": re.sub(r"([\'\"\\])", r"\\\1", name),
        "stripslashes": name.replace("\\", ""),
        "percent": quote(name),
        "plus": quote_plus(name),
        "json": json.dumps(name)[1:-1],
        "quoted": f'"{name}"',
        "break": name.replace(" ", "<br>"),
        "no quotes": re.sub("[\"'`]", "", name),
        "no commas": name.replace(",", ""),
        "typographic": name.replace("'", "\u2019").replace('"', "\u201c"),
        "latin-1, ?": name.encode("latin-1", "replace").decode("latin-1"),
        "latin-2, dropped": name.encode("iso8859-2", "ignore").decode("iso8859-2"),
        "UTF-8 as Latin-1": name.encode().decode("latin-1"),
        "UTF-8 as cp1252": name.encode().decode("cp1252", "replace"),
        "units, ?": "".join("??" if ord(c) > 0xFFFF else c for c in name),
        "joiners": name.replace("\u200d", ""),
        "selectors": name.replace("\ufe0f", ""),
        "marks": f"\u202a{name}\u202c",
        "nul": f"{name}\0",
    }


NAMES = [
    "Tom & Jerry's",
    'The "Best" Shop',
    "Caf\u00e9 Z\u00fcrich",
    "\u0141\u00f3d\u017a Stra\u00dfe",
    "Pizza \U0001f355 Bar",
]
NAMES += ["C:\\Shop", "50% off + more", "Acme, Inc.", "A \U0001f468\u200d\U0001f469 Store", "Heart \u2764\ufe0f Shop"]


@pytest.mark.parametrize("made", shop(""))
@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_a_server_damaged_is_never_unrelated(name: str, made: str) -> None:
    listed = shop(name)[made]
    if listed.strip():
        assert names_match(name, listed) in ("exact", "same", "lossy")


@pytest.mark.parametrize(
    ("declared", "listed"),
    [("Store 10", "Store 1.0"), ("Store", "Store!"), ("New Store", "NewStore"), ("Store 1", "Store 2"), ("A", "A B")],
)
def test_a_name_that_no_server_makes_of_it_is_another(declared: str, listed: str) -> None:
    assert names_match(declared, listed) is None
