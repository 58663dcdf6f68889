# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A tenant: looked up, created, reconciled; and the tasks mobsted_tenant and mobsted_tenant_info around it."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.http.deadline import Deadline
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.api import MobstedAPI
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.listing import TenantListing
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.tenant import run_tenant
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.operations.tenant_info import run_tenant_info
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.paging import Pages
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.tenant import ensure_tenant, find_tenant, settle
from ansible_collections.partnerops.saas.tests.support.scripted import HOST, Expected, Script, read_timeout, reset

EMAIL = "owner@acme.example"
URL = "https://a23r56k8-admin.mobsted.com"
#: Looks in a minute: at once, after 0.5, 1, 2, 3 and 5 s, then every 5 s, and at its very end.
LOOKS = 16
PASSWORD = "0123456789abcdef"
CREATED = {"url": URL, "authentication": {"email": EMAIL, "phone": "", "password": PASSWORD}}


@pytest.fixture
def client(token_client: MobstedAPI) -> MobstedAPI:
    return token_client


def record(number: int = 17, **changes: t.Any) -> dict[str, t.Any]:
    fields = {
        "Email": EMAIL,
        "TenantName": "a23r56k8",
        "ServerName": "mobsted.com",
        "UserPassword": PASSWORD,
        **changes,
    }
    return {"id": str(number), "attributes": {"UserLogin": fields["Email"], **fields}}


def search(api: Script, *found: dict[str, t.Any], email: str = EMAIL) -> Expected:
    def asks(request: t.Any) -> bool:
        return email.replace("@", "%40") in request.url

    return api.expect("GET", "object", when=asks).json({"data": list(found), "meta": {"last_page": 1}})


def everything(api: Script, *found: dict[str, t.Any]) -> Expected:
    """The whole list of tenants."""

    def no_query(request: t.Any) -> bool:
        return "query=" not in request.url

    return api.expect("GET", "object", when=no_query).json({"data": list(found), "meta": {"last_page": 1}})


def create(api: Script, email: str = EMAIL) -> Expected:
    return api.expect("POST", "partners", json={"email": email})


def failure(call: t.Callable[[], t.Any]) -> ApiError:
    with pytest.raises(ApiError) as caught:
        call()
    assert PASSWORD not in str(caught.value)
    return caught.value


# -- looking up -------------------------------------------------------------------------------------------------------


def test_a_tenant_that_exists(api, client, deadline):
    search(api, record())
    outcome = ensure_tenant(client, EMAIL, deadline)
    assert outcome.changed is False
    assert outcome.credentials is None
    assert outcome.public()["id"] == "17"
    assert outcome.diff()["before"] == outcome.diff()["after"]


def test_the_search_is_repeated_in_lower_case_before_anything_is_created(api, client, deadline):
    search(api, email="Owner@ACME.example")
    search(api, record())
    assert ensure_tenant(client, "Owner@ACME.example", deadline).changed is False


def test_a_record_in_another_case_is_the_tenant(api, client, deadline):
    search(api, record(Email="OWNER@acme.example"))
    assert ensure_tenant(client, EMAIL, deadline).changed is False


def test_two_records_are_ambiguous_and_nothing_is_created(api, client, deadline):
    search(api, record(17), record(18))
    error = failure(lambda: ensure_tenant(client, EMAIL, deadline))
    assert error.code == "ambiguous"
    assert "(ids 17, 18)" in error.msg


@pytest.mark.parametrize("status", [403, 404, 501])
def test_a_look_up_that_fails_never_means_absent(api, client, deadline, status):
    for path in ("object",) if status == 403 else ("object", "objects"):
        api.expect("GET", path).json({}, status)
    assert failure(lambda: ensure_tenant(client, EMAIL, deadline)).status == status


# -- creating ---------------------------------------------------------------------------------------------------------


def test_a_tenant_that_is_missing(api, client, deadline):
    search(api)
    create(api).json(CREATED)
    outcome = ensure_tenant(client, EMAIL, deadline)
    assert (outcome.changed, outcome.reconciled) == (True, False)
    assert outcome.credentials == {"login": EMAIL, "password": PASSWORD}
    assert outcome.public()["url"] == URL
    assert outcome.diff() == {
        "before": {"email": EMAIL, "state": "absent"},
        "after": {"email": EMAIL, "state": "present"},
    }


def test_where_the_caller_has_looked_nothing_is_looked_up(api, client, deadline, clock):
    create(api).json(CREATED)
    listing = TenantListing(HOST, Pages([], None, None), clock.now + 1)
    assert ensure_tenant(client, EMAIL, deadline, listing=listing).changed


def test_check_mode_sends_no_write(api, client, deadline):
    search(api)
    outcome = ensure_tenant(client, EMAIL, deadline, check_mode=True)
    assert outcome.changed is True
    assert outcome.credentials == {"login": EMAIL, "password": None}
    assert outcome.public() == {
        **dict.fromkeys(("id", "url", "server", "name", "created")),
        "email": EMAIL,
        "login": EMAIL,
    }


LOST: list[t.Callable[[Expected], Expected]] = [
    lambda call: call.html(502),
    lambda call: call.html(504),
    lambda call: call.json({"message": "oops"}, 500),
    lambda call: call.html(503),
    lambda call: call.json({}, 408),
    lambda call: call.fails(reset()),
    lambda call: call.fails(read_timeout()),
    lambda call: call.after(1000),
    lambda call: call.raw(b'{"url": "https://a23'),
    lambda call: call.html(200),
    lambda call: call.raw(b""),
    lambda call: call.json({"message": "Created"}),
    lambda call: call.raw(b"", 302, Location="/login"),
]
LOST_IDS = [
    "502", "504", "500", "503", "408", "reset", "timeout", "slow", "truncated", "page", "empty", "no keys", "redirect",
]  # fmt: skip


@pytest.mark.parametrize("lose", LOST, ids=LOST_IDS)
def test_a_lost_answer_of_a_create_that_was_executed(api, client, context, clock, lose):
    search(api)
    lose(create(api))
    search(api)  # the record takes a moment
    search(api, record())
    outcome = ensure_tenant(client, EMAIL, Deadline(600))
    assert (outcome.changed, outcome.reconciled) == (True, True)
    assert outcome.credentials == {"login": EMAIL, "password": PASSWORD}
    assert PASSWORD in context.secrets.shown


@pytest.mark.parametrize("lose", LOST, ids=LOST_IDS)
def test_a_lost_answer_of_a_create_that_was_not_executed(api, client, clock, lose):
    search(api)
    lose(create(api))
    for _look in range(LOOKS):
        search(api)
    start = clock.now
    error = failure(lambda: ensure_tenant(client, EMAIL, Deadline(600)))
    assert (error.code, error.method, error.path) == ("unknown_outcome", "POST", "/api/v8/partners")
    assert "For 60 s no record" in error.msg
    assert "It was not sent again" in error.msg
    assert error.msg.count("Check") == 0  # advice of the lost answer would mislead here
    assert clock.now - start >= 60


def test_the_deadline_ends_the_looking(api, client, clock):
    search(api)
    create(api).html(502)
    for _look in range(4):
        search(api)
    assert failure(lambda: ensure_tenant(client, EMAIL, Deadline(4))).code == "unknown_outcome"


def test_an_incomplete_record_is_looked_at_again(api, client, clock):
    search(api)
    create(api).html(502)
    search(api, record(UserPassword=None))
    search(api, record(TenantName=None))
    search(api, record())
    outcome = ensure_tenant(client, EMAIL, Deadline(600))
    assert outcome.credentials == {"login": EMAIL, "password": PASSWORD}


def test_a_record_that_stays_incomplete_is_proof_all_the_same(api, client, clock):
    search(api)
    create(api).html(502)
    for _look in range(LOOKS):
        search(api, record(UserPassword=None))
    outcome = ensure_tenant(client, EMAIL, Deadline(600))
    assert outcome.reconciled
    assert outcome.credentials == {"login": EMAIL, "password": None}


def test_a_look_up_that_fails_while_settling_says_nothing(api, client, clock):
    search(api)
    create(api).html(502)
    api.expect("GET", "object").json({}, 403)
    search(api, record())
    assert ensure_tenant(client, EMAIL, Deadline(600)).reconciled


def test_a_password_without_a_url_is_not_lost(api, client, clock):
    search(api)
    create(api).json({"authentication": CREATED["authentication"]})
    search(api, record(UserPassword=None))
    outcome = ensure_tenant(client, EMAIL, Deadline(600))
    assert outcome.credentials == {"login": EMAIL, "password": PASSWORD}
    assert outcome.public()["url"] == URL


def test_a_password_without_a_record_is_in_the_failure(api, client, clock):
    search(api)
    create(api).json({"authentication": {"password": PASSWORD}})
    for _look in range(LOOKS):
        search(api)
    error = failure(lambda: ensure_tenant(client, EMAIL, Deadline(600)))
    assert error.result == {"credentials": {"login": EMAIL, "password": PASSWORD}}


def test_two_records_after_a_lost_answer(api, client, clock):
    search(api)
    create(api).json({"authentication": {"email": EMAIL, "password": PASSWORD}})
    search(api, record(17), record(18))
    error = failure(lambda: ensure_tenant(client, EMAIL, Deadline(600)))
    assert error.code == "ambiguous"
    assert error.result == {"credentials": {"login": EMAIL, "password": PASSWORD}}


@pytest.mark.parametrize("status", [400, 409, 422])
def test_a_refusal_because_somebody_was_quicker(api, client, deadline, status):
    search(api)
    create(api).json({"message": "taken"}, status)
    everything(api, record(Email="OWNER@acme.example"))
    outcome = ensure_tenant(client, EMAIL, deadline)
    assert (outcome.changed, outcome.credentials) == (False, None)


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (400, "invalid_input", "app ID 1 has no record of it"),
        (409, "duplicate", "(POST /api/v8/partners answered 409: taken)"),
        (422, "invalid_input", "every tenant needs one of its own"),
    ],
)
def test_a_refusal_of_an_address_that_has_no_record(api, client, deadline, status, code, said):
    search(api)
    create(api).json({"message": "taken"}, status)
    everything(api)
    error = failure(lambda: ensure_tenant(client, EMAIL, deadline))
    assert (error.code, error.status) == (code, status)
    assert said in error.msg


def test_an_account_that_is_no_master(api, client, deadline):
    search(api)
    create(api).json({}, 403)
    error = failure(lambda: ensure_tenant(client, EMAIL, deadline))
    assert error.code == "forbidden"
    assert "Master/Partner" in error.msg


def test_a_path_that_is_not_there(api, client, deadline):
    search(api)
    create(api).json({}, 404)
    assert failure(lambda: ensure_tenant(client, EMAIL, deadline)).code == "not_found"


def test_finding_says_none_where_there_is_none(api, client, deadline):
    search(api)
    assert find_tenant(client, EMAIL, deadline) is None


def test_settling_for_no_time_looks_once(clock):
    looks: list[int] = []
    assert settle(lambda: looks.append(1), lambda _found: True, 0, Deadline(100)) is None
    assert len(looks) == 1


# -- the tasks --------------------------------------------------------------------------------------------------------


def test_a_new_tenant_is_read_back_for_its_id(api, make_task, context):
    search(api)
    create(api).json(CREATED)
    search(api, record(tenantCreated="2020-09-01"))
    result = run_tenant(make_task(email=f" {EMAIL} ", read_back=True))
    assert result["changed"] is True
    assert (result["tenant"]["id"], result["tenant"]["created"]) == ("17", "2020-09-01")
    assert result["credentials"] == {"login": EMAIL, "password": PASSWORD}
    assert context.secrets.shown == {PASSWORD}


def read_back_fails(api: Script) -> None:
    api.expect("GET", "object").json({}, 403)


def read_back_finds_nothing(api: Script) -> None:
    search(api)


def read_back_finds_another(api: Script) -> None:
    search(api, record(url="https://other-admin.mobsted.com"))


@pytest.mark.parametrize("read_back", [read_back_fails, read_back_finds_nothing, read_back_finds_another])
def test_a_new_tenant_without_its_record_is_no_failure(api, make_task, read_back):
    search(api)
    create(api).json(CREATED)
    read_back(api)
    result = run_tenant(make_task(email=EMAIL, read_back=True))
    assert result["tenant"] == {
        "id": None,
        "email": EMAIL,
        "url": URL,
        "server": "mobsted.com",
        "name": "a23r56k8",
        "login": EMAIL,
        "created": None,
    }


def test_a_loop_lists_once_and_sends_nothing_else_but_creates(api, make_task):
    """The first item searches. The second shows that there are more to come."""
    new = "new@x.example"
    search(api, record())
    everything(api, record())
    create(api, new).json({**CREATED, "authentication": {"email": new, "password": PASSWORD}})
    for email, changed in ((EMAIL, False), (new, True), (EMAIL, False)):
        assert run_tenant(make_task(email=email))["changed"] is changed


def test_after_a_create_without_outcome_a_loop_lists_anew(api, make_task):
    new = "new@x.example"
    search(api, record())
    everything(api, record())
    create(api, new).fails(reset())
    search(api, email=new)
    run_tenant(make_task(email=EMAIL, settle=0))
    assert failure(lambda: run_tenant(make_task(email=new, settle=0))).code == "unknown_outcome"
    everything(api, record(), record(18, Email=new))
    search(api, record(18, Email=new), email=new)  # somebody may have created it since the list was read
    assert run_tenant(make_task(email=new, settle=0))["changed"] is False


def test_again_is_unchanged(api, make_task):
    search(api, record())
    result = run_tenant(make_task(email=EMAIL))
    assert result["changed"] is False
    assert "credentials" not in result


def test_a_lost_password_is_warned_about(api, make_task):
    search(api)
    create(api).html(502)
    for _look in range(LOOKS):
        search(api, record(UserPassword=None))
    task = make_task(email=EMAIL)
    result = run_tenant(task)
    assert result["reconciled"] is True
    assert result["credentials"]["password"] is None
    assert "reset it by e-mail" in task.warnings[0]


@pytest.mark.parametrize("email", ["", "owner", "owner@acme"])
def test_what_is_no_address_is_refused_before_anything_is_sent(api, make_task, email):
    assert failure(lambda: run_tenant(make_task(email=email))).code == "invalid_input"


class Foreseeing:
    """A controller: keeps what it is given, remembers what check mode foresees."""

    def __init__(self, kept: bool | ApiError = False) -> None:
        self.kept, self.names = kept, set[str]()
        self.outcomes: list[t.Any] = []

    def credentials_file(self, params: t.Any) -> t.Any:
        return self if params.get("credentials_dest") else None

    def keep(self, outcomes: t.Any, check_mode: bool) -> bool:
        if isinstance(self.kept, ApiError):
            raise self.kept
        self.outcomes += [(outcomes[0].credentials, check_mode)]
        return self.kept

    def progress(self, text: str) -> None:
        """Not of interest."""

    def predicted(self, kind: str, names: t.Iterable[str] = ()) -> set[str]:
        assert kind.startswith("tenants-")
        self.names |= set(names)
        return self.names


def test_check_mode_foresees_the_tenant_for_later_tasks(api, make_task):
    controller = Foreseeing()
    search(api, email="Owner@acme.example")
    search(api)
    result = run_tenant(make_task(email="Owner@acme.example", check_mode=True, controller=controller))
    assert result["changed"] is True
    assert controller.names == {EMAIL}


def test_credentials_that_are_kept_are_not_in_the_result(api, make_task):
    controller = Foreseeing(True)
    search(api)
    create(api).json(CREATED)
    result = run_tenant(make_task(email=EMAIL, credentials_dest="x.yml", controller=controller))
    assert "credentials" not in result
    assert controller.outcomes == [({"login": EMAIL, "password": PASSWORD}, False)]


@pytest.mark.parametrize("kept", [True, False])
def test_an_entry_that_was_missing_counts_as_a_change(api, make_task, kept):
    search(api, record())
    result = run_tenant(make_task(email=EMAIL, credentials_dest="x.yml", controller=Foreseeing(kept)))
    assert result["changed"] is kept


def test_credentials_that_cannot_be_kept_are_in_the_failure(api, make_task):
    search(api)
    create(api).json(CREATED)
    controller = Foreseeing(ApiError("invalid_input", "The disk is full."))
    error = failure(lambda: run_tenant(make_task(email=EMAIL, credentials_dest="x.yml", controller=controller)))
    assert error.result["credentials"] == {"login": EMAIL, "password": PASSWORD}
    assert error.result["changed"] is True


def test_info_on_one_tenant(api, make_task):
    search(api, email="Owner@ACME.example")
    search(api, record(appsTotal="3"))
    result = run_tenant_info(make_task(email="Owner@ACME.example"))
    assert result["changed"] is False
    assert [(one["id"], one["stats"]["apps_total"]) for one in result["tenants"]] == [("17", 3)]
    assert PASSWORD not in str(result)


def test_info_on_no_tenant(api, make_task):
    search(api)
    assert run_tenant_info(make_task(email=EMAIL))["tenants"] == []


def test_info_shows_what_is_ambiguous(api, make_task):
    search(api, record(17), record(18))
    assert [one["id"] for one in run_tenant_info(make_task(email=EMAIL))["tenants"]] == ["17", "18"]


def test_info_on_all_with_credentials(api, make_task, context):
    api.expect("GET", "object", query={"query": None}).json({"data": [record()], "meta": {"last_page": 1}})
    result = run_tenant_info(make_task(include_credentials=True))
    assert result["tenants"][0]["credentials"] == {"login": EMAIL, "password": PASSWORD}
    assert PASSWORD in context.secrets.shown
