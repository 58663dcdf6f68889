# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An exported state file: it reads back as what exists, is the same each time, and has no secret."""

from __future__ import annotations

import random
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.plugin_utils.export import Export, quoted
from ansible_collections.partnerops.saas.plugins.plugin_utils.partner_state import PartnerState
from ansible_collections.partnerops.saas.plugins.plugin_utils.state_file import StateFile
from ansible_collections.partnerops.saas.tests.unit.plugins.plugin_utils.existing import (
    PASSWORD,
    Result,
    account,
    app,
    missing,
    person,
    tenant,
)

OWNER = "owner@acme.example"
#: Names out of which YAML, a template or a comment could make something else.
HOSTILE = [
    'a "quoted" name',
    "it's",
    "key: value",
    "- item",
    "a # b",
    "#fff",
    "No",
    "true",
    "null",
    "~",
    "0123",
    "1e3",
    "12:30:45",
    "2026-01-01",
    "back\\slash \\n",
    "{a: b}",
    "[x",
    "{{ lookup('pipe', 'id') }}",
    "{% raw %}",
    "{# gone",
    "!unsafe x",
    "!vault x",
    "&a",
    "*a",
    "<<",
    "|",
    ">-",
    "%YAML 1.2",
    "---",
    "...",
    "@x",
    "`x`",
    "Café Жук 猫 \U0001f600",
    "a\u2028b\u2029c",
    "a\x85b",
    "a\x7fb",
    "a\u200bb\u202eb",
    "a\ufeffb",
    "a\xa0b",
    "\uffff",
]


def read_back(text: str, folder: Path) -> PartnerState:
    """Read a file as converge does, but for the templates, of which there are none."""
    path = folder / "partner-state.yml"
    path.write_bytes(text.encode())
    return PartnerState(StateFile(str(path), None).read(), str(folder)).check()


def exported(export: Export, folder: Path) -> Result:
    """Return the state that an export declares; it is valid."""
    checked = read_back(export.text("partner-state.yml"), folder)
    assert [problem.text() for problem in checked.problems] == []
    return checked.state


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_stays_what_it_is(text: str, tmp_path: Path) -> None:
    told = {"Title": text, "Description": text, "WidgetDescription": text}
    found = exported(Export(account(tenant(OWNER, app(5, text, **told)), apps=[app(6, text)]), []), tmp_path)
    fields = {"title": text, "description": text, "widget_html": text}
    assert found["mobsted"] == {
        "apps": [{"name": text}],
        "tenants": [{"email": OWNER, "apps": [{"name": text, **fields}]}],
    }


def test_line_breaks_stay_where_they_may_be(tmp_path: Path) -> None:
    text = "<p>\r\n\tone\n\n  two\x00\x1b[31m</p>\n"
    found = exported(Export(account(apps=[app(6, "A", PushWidgetDescription=text)]), []), tmp_path)
    assert found["mobsted"]["apps"] == [{"name": "A", "push_widget_html": text}]


def test_many_texts_at_random(tmp_path: Path) -> None:
    chance = random.Random(11)
    signs = "".join(HOSTILE) + "\n\t\r :#-'\"\\{}[]%&*!|>@`,?"
    texts = ["".join(chance.choices(signs, k=chance.randint(1, 12))) for _number in range(150)]
    rows = [app(number, f"app {number}", Title=text) for number, text in enumerate(texts, 100)]
    found = exported(Export(account(apps=rows), []), tmp_path)
    assert [one["title"] for one in found["mobsted"]["apps"]] == texts


def test_half_of_a_surrogate_pair_does_not_break_the_file() -> None:
    assert quoted("a\ud800b").encode() == b'"a\\ufffdb"'


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("x", '"x"'),
        ("a\nb", r'"a\nb"'),
        ("a\u2028\x85b", r'"a\u2028\u0085b"'),
        ("{{ x }}", '!unsafe "{{ x }}"'),
        ("{x}", '"{x}"'),
        ("é", '"é"'),
    ],
)
def test_quoted(text: str, written: str) -> None:
    assert quoted(text) == written


def test_two_apps_of_one_name_have_their_ids(tmp_path: Path) -> None:
    rows = [app(5, "Shop"), app("x-7", "Shop"), app(8, "shop"), app(9, "One")]
    found = exported(Export(account(tenant(OWNER, *rows)), []), tmp_path)
    assert found["mobsted"]["tenants"][0]["apps"] == [
        {"name": "One"},
        {"name": "Shop", "app_id": 5},
        {"name": "Shop", "app_id": "x-7"},
        {"name": "shop"},
    ]


def test_what_is_alike_but_not_the_same_is_declared_with_ids(tmp_path: Path) -> None:
    found = exported(Export(account(apps=[app(5, "A &amp; B"), app(6, "A & B")]), []), tmp_path)
    assert {one["app_id"] for one in found["mobsted"]["apps"]} == {5, 6}


LEFT_OUT: list[tuple[Result, str, dict[str, int]]] = [
    (account(apps=[app(5, " edge"), app(6, "A")]), "# The app ' edge' (id 5) is left out: name must not", {"apps": 1}),
    (account(apps=[app(5, "a\nb")]), r"# The app 'a\nb' (id 5) is left out: name must not", {}),
    (account(apps=[app(5, "A", SplashColor="red")]), "# splash_color is left out: splash_color is 'red'", {"apps": 1}),
    (
        account(apps=[app(5, "A", WebSiteUrl="no\n- name: x")]),
        r"# website_url is left out: website_url is 'no\n- name: x'",
        {"apps": 1},
    ),
    (account(tenant("nobody\n- email: x@y.example")), "# nobody - email: x@y.example is left out: email is", {}),
    (
        account(tenant("O@acme.example"), tenant("o@ACME.example", number=18), tenant(OWNER)),
        "# o@ACME.example is left out: several records in app ID 1 have this address",
        {"tenants": 1},
    ),
]


@pytest.mark.parametrize(("given", "words", "counts"), LEFT_OUT, ids=[words for _given, words, _counts in LEFT_OUT])
def test_what_cannot_be_declared_is_a_comment(
    given: Result, words: str, counts: dict[str, int], tmp_path: Path
) -> None:
    export = Export(given, [])
    exported(export, tmp_path)
    assert words in export.text("x")
    told = {name: number for name, number in export.counts.items() if number and name != "left_out"}
    assert told == counts
    assert export.counts["left_out"] >= 1


def test_an_account_that_could_not_be_read(tmp_path: Path) -> None:
    error = ApiError("stale_credentials", "Refused.\n- email: x@y.example\u2028- z")
    export = Export(account(tenant(OWNER, error=error)), [])
    assert exported(export, tmp_path) == {"mobsted": {"tenants": [{"email": OWNER}]}}
    assert export.counts["unread"] == 1
    assert "\n      # Its apps could not be read. Refused. - email: x@y.example - z\n" in export.text("x")


def test_what_does_not_exist_is_not_declared(tmp_path: Path) -> None:
    assert exported(Export(account(missing(OWNER)), []), tmp_path) == {"mobsted": {}}


def shuffled(chance: random.Random) -> Export:
    """Return the export of one state, of which every list is in another order."""

    def mixed(items: t.Iterable[Result]) -> list[Result]:
        return sorted(items, key=lambda _one: chance.random())

    names = [*HOSTILE, "Twice", "Twice", "twice"]
    rows = [app(number, name) for number, name in enumerate(names, 20)]
    tenants = [tenant(f"{name}@x.example", *mixed(rows[:5]), number=ord(name)) for name in "cAb"]
    people = [
        person(kind, f"{name}@x.example", market) for kind in ("client", "member") for name in "ba" for market in (9, 7)
    ]
    return Export(account(*mixed(tenants), apps=mixed(rows)), mixed(people))


def test_the_order_of_what_exists_does_not_matter(tmp_path: Path) -> None:
    first, *others = (shuffled(random.Random(seed)).text("x") for seed in range(8))
    assert set(others) == {first}
    found = read_back(first, tmp_path).state
    assert [one["email"] for one in found["mobsted"]["tenants"]] == ["A@x.example", "b@x.example", "c@x.example"]
    names = [one["name"] for one in found["mobsted"]["apps"]]
    assert names == sorted(names, key=lambda name: (name.casefold(), name))
    assert [one["id"] for one in found["mip"]["marketplaces"]] == [7, 9]
    assert [one["email"] for one in found["mip"]["marketplaces"][0]["clients"]] == ["a@x.example", "b@x.example"]


def test_there_is_no_password_in_it() -> None:
    given = account(tenant(OWNER, app(5, "A", apiKey=PASSWORD)), tenant("bad", app(5, " ")))
    assert PASSWORD not in Export(given, [person("client", OWNER)]).text("x")


# -- MIP --------------------------------------------------------------------------------------------------------------


def test_people(tmp_path: Path) -> None:
    people = [
        person("client", "c@x.example", id=12, blocked=True),
        person("client", "d@x.example", blocked=False),
        person("member", "m@x.example", id=13),
        person("member", "n@x.example", id=14, state="unknown", intent="add", intent_at="2026-01-01"),
        person("user", "u@x.example", None, id=15),
        person("client", "gone@x.example", state="absent"),
        person("member", "other@x.example", 8),
    ]
    export = Export(None, people)
    assert exported(export, tmp_path) == {
        "mip": {
            "marketplaces": [
                {
                    "id": 7,
                    "clients": [
                        {"email": "c@x.example", "client_id": 12, "blocked": True},
                        {"email": "d@x.example"},
                    ],
                    "members": [{"email": "m@x.example", "user_id": 13}, {"email": "n@x.example"}],
                },
                {"id": 8, "members": [{"email": "other@x.example"}]},
            ]
        }
    }
    assert dict(export.counts) == {
        "tenants": 0,
        "apps": 0,
        "marketplaces": 2,
        "clients": 2,
        "members": 3,
        "left_out": 0,
        "unread": 0,
    }
    assert export.text("x").count("# Unconfirmed: the invitation may or may not have been sent.") == 1


def test_people_whose_state_is_unknown(tmp_path: Path) -> None:
    people = [
        person("client", "r@x.example", state="unknown", intent="register"),
        person("member", "s@x.example", intent="remove"),
        person("member", "no address\n- x"),
    ]
    export = Export(None, people)
    assert exported(export, tmp_path) == {"mip": {"marketplaces": [{"id": 7, "clients": [], "members": []}]}}
    text = export.text("x")
    assert "# r@x.example is left out: it is unknown whether it was registered" in text
    assert "# s@x.example is left out: it is unknown whether it was removed" in text
    assert "# no address - x is left out: email is not an e-mail address" in text
    assert export.counts["left_out"] == 3


# -- the file ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", [None, account()])
def test_nothing_exists(given: Result | None, tmp_path: Path) -> None:
    assert exported(Export(given, []), tmp_path) == {"mobsted": {}}


def test_the_name_of_the_file_stays_in_its_comment(tmp_path: Path) -> None:
    text = Export(None, []).text("{x}\nmip: {}\u2028.yml")
    assert "  ansible-playbook partnerops.saas.converge -e partner_state_file={x} mip: {} .yml --check --diff\n" in text
    assert read_back(text, tmp_path).state == {"mobsted": {}}
