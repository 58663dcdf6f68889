# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection options of MIP, as documentation. The table behind them is ``plugins/module_utils/options.py``."""

from __future__ import annotations


class ModuleDocFragment:
    """Connection options of MIP, and the look-up of tenants that some modules do first."""

    DOCUMENTATION = r"""
options:
  api_url:
    description:
      - URL of the API, with its prefix, if there is one. The vendor publishes bare paths only. A trailing V(/) is
        accepted.
      - Plain V(http://) is refused, except to a loopback address.
      - If not set, the value of the environment variable E(MIP_API_URL) is used.
    type: str
    default: https://cloud.mip.to
  api_email:
    description:
      - E-mail address of a user who owns the marketplace. Logging in gives the key pair with which calls are signed,
        once for a whole run of C(ansible-playbook).
      - If not set, the value of the environment variable E(MIP_API_EMAIL) is used.
    type: str
  api_password:
    description:
      - Password for O(api_email).
      - If not set, the value of the environment variable E(MIP_API_PASSWORD) is used.
    type: str
  api_public_key:
    description:
      - Public key of a key pair, instead of the login. With the login, the pair is used until the API refuses it.
      - If not set, the value of the environment variable E(MIP_API_PUBLIC_KEY) is used.
    type: str
  api_private_key:
    description:
      - Private key of the pair.
      - If not set, the value of the environment variable E(MIP_API_PRIVATE_KEY) is used.
    type: str
  signing:
    description:
      - How calls are authenticated. The vendor does not publish it.
      - With V(hmac_sha1), the header C(X-public) holds the public key, and C(X-hmac) the hexadecimal HMAC-SHA1, by the
        private key, of public key, request path and body, as sister products of the vendor document it. A call without
        content sends V({}), and signs that.
      - With V(keys), the headers C(X-public) and C(X-private) hold the pair.
      - With V(none), nothing is sent for it.
      - If not set, the value of the environment variable E(MIP_SIGNING) is used.
    type: str
    choices: [hmac_sha1, keys, none]
    default: hmac_sha1
  ledger_path:
    description:
      - The file that remembers what was done at MIP, since the API has no call that reads. It is an SQLite database
        with mode V(0600), made with its folder where it is missing, and holds no secret.
      - It is on the host on which the task runs, and has to stay there from run to run. Keep it on a local disk.
      - If not set, the value of the environment variable E(MIP_LEDGER_PATH) is used.
    type: path
    default: ~/.local/share/partnerops/mip-ledger.sqlite3
  state_url:
    description:
      - A PostgreSQL database in which all machines keep the MIP ledger and the locks of what is being created, such as
        V(postgresql://partnerops@db.example/partnerops?sslmode=verify-full). Without it, each machine remembers alone.
      - A host other than a loopback address needs V(sslmode=verify-full) or V(sslmode=verify-ca). A connection pooler
        is refused. The guide for teams says what to set up.
      - It needs C(psycopg) where the task runs. If the database can't be used, the task fails before anything is sent.
      - It excludes O(ledger_path).
      - If not set, the value of the environment variable E(PARTNEROPS_STATE_URL) is used.
    type: str
  state_password:
    description:
      - Password for O(state_url). What libpq reads works, too, such as E(PGPASSFILE).
      - If not set, the value of the environment variable E(PARTNEROPS_STATE_PASSWORD) is used.
    type: str
  ledger_missing:
    description:
      - What to do if there is no ledger file yet. It has no effect with O(state_url).
      - With V(create), a new one is started, with a warning that nobody is known and everybody declared is invited.
      - With V(fail), the task fails before anything is sent. Use it where the ledger has to be there, such as in CI.
      - If not set, the value of the environment variable E(MIP_LEDGER_MISSING) is used.
    type: str
    choices: [create, fail]
    default: create
  timeout:
    description:
      - Seconds for the answer of one request. Connecting gets 10 seconds of it.
      - If not set, the value of the environment variable E(MIP_TIMEOUT) is used.
    type: int
    default: 30
  deadline:
    description:
      - Seconds for one resource (a user, a client, a member), with all retries and waits.
      - If not set, the value of the environment variable E(MIP_DEADLINE) is used.
    type: int
    default: 300
  retries:
    description:
      - Further tries after the first one, where a retry is safe. A write whose outcome is unknown is never sent again.
      - If not set, the value of the environment variable E(MIP_RETRIES) is used.
    type: int
    default: 4
  validate_certs:
    description:
      - Whether the server's certificate is verified.
      - If not set, the value of the environment variable E(MIP_VALIDATE_CERTS) is used.
    type: bool
    default: true
  ca_path:
    description:
      - A bundle of CA certificates in PEM format. It wins over E(REQUESTS_CA_BUNDLE) and E(CURL_CA_BUNDLE).
      - If not set, the value of the environment variable E(MIP_CA_PATH) is used.
    type: path
requirements:
  - requests
  - psycopg >= 3.2, for O(state_url)
notes:
  - The MIP API has no call that reads. The guide on MIP's state tells where the state comes from instead.
  - Against an API there is nothing to gain from many hosts. Use V(localhost) as host, or O(ignore:run_once).
"""

    # Of the modules that create or invite.
    TENANT = r"""
options:
  require_tenant:
    description:
      - Before anything is created or sent, look the address up in app ID 1 of the Mobsted master account, and refuse
        one that is unknown there. So nothing goes to a mistyped address. Nothing is sent to MIP then.
    type: bool
    default: false
  tenant_registry:
    description:
      - The connection to the Mobsted master account, for O(require_tenant). Its options and their environment variables
        are those of the Mobsted modules, and the environment is enough.
    type: dict
    suboptions:
      api_url:
        description:
          - Admin URL of the account, such as V(https://ppp-admin.mobsted.com). A trailing V(/) or V(/api/v8) is
            accepted.
          - Plain V(http://) is refused, except to a loopback address.
          - If not set, the value of the environment variable E(MOBSTED_API_URL) is used.
        type: str
      api_login:
        description:
          - E-mail address with which the account is logged in to.
          - If not set, the value of the environment variable E(MOBSTED_API_LOGIN) is used.
        type: str
      api_password:
        description:
          - Password for O(tenant_registry.api_login).
          - If not set, the value of the environment variable E(MOBSTED_API_PASSWORD) is used.
        type: str
      api_token:
        description:
          - An access token. It is sufficient without login and password; with them, it is used until the API refuses
            it.
          - If not set, the value of the environment variable E(MOBSTED_API_TOKEN) is used.
        type: str
      timeout:
        description:
          - Seconds for the answer of one request. Creating a tenant can take a minute. Connecting gets 10 seconds of
            it.
          - If not set, the value of the environment variable E(MOBSTED_TIMEOUT) is used.
        type: int
        default: 90
      deadline:
        description:
          - Seconds for one resource (a tenant, an app), with all retries and waits.
          - If not set, the value of the environment variable E(MOBSTED_DEADLINE) is used.
        type: int
        default: 300
      retries:
        description:
          - Further tries after the first one, where a retry is safe. A write whose outcome is unknown is never sent
            again.
          - If not set, the value of the environment variable E(MOBSTED_RETRIES) is used.
        type: int
        default: 4
      settle:
        description:
          - Seconds to keep looking a resource up after a create whose answer was lost.
          - If not set, the value of the environment variable E(MOBSTED_SETTLE) is used.
        type: int
        default: 60
      validate_certs:
        description:
          - Whether the server's certificate is verified.
          - If not set, the value of the environment variable E(MOBSTED_VALIDATE_CERTS) is used.
        type: bool
        default: true
      ca_path:
        description:
          - A bundle of CA certificates in PEM format. It wins over E(REQUESTS_CA_BUNDLE) and E(CURL_CA_BUNDLE).
          - If not set, the value of the environment variable E(MOBSTED_CA_PATH) is used.
        type: path
      state_url:
        description:
          - A PostgreSQL database in which all machines keep the MIP ledger and the locks of what is being created, such
            as V(postgresql://partnerops@db.example/partnerops?sslmode=verify-full). Without it, each machine remembers
            alone.
          - A host other than a loopback address needs V(sslmode=verify-full) or V(sslmode=verify-ca). A connection
            pooler is refused. The guide for teams says what to set up.
          - It needs C(psycopg) where the task runs. If the database can't be used, the task fails before anything is
            sent.
          - The modules for Mobsted only keep the locks there.
          - If not set, the value of the environment variable E(PARTNEROPS_STATE_URL) is used.
        type: str
      state_password:
        description:
          - Password for O(tenant_registry.state_url). What libpq reads works, too, such as E(PGPASSFILE).
          - If not set, the value of the environment variable E(PARTNEROPS_STATE_PASSWORD) is used.
        type: str
      ledger_missing:
        description:
          - What to do if there is no ledger file yet. Only the modules for MIP have a ledger.
          - With V(create), a new one is started, with a warning that nobody is known and everybody declared is invited.
          - With V(fail), the task fails before anything is sent. Use it where the ledger has to be there, such as in
            CI.
          - If not set, the value of the environment variable E(MIP_LEDGER_MISSING) is used.
        type: str
        choices: [create, fail]
        default: create
      token_cache:
        description:
          - With V(run), there is one login for each account in a whole run of C(ansible-playbook), shared by its tasks,
            forks and
            hosts. The tokens are in files that only the user can read, in Ansible's temporary folder of the run, and
            are gone when
            the run ends.
          - With V(none), a token lives in the memory of its task.
          - A task that can't run in the controller's process (O(ignore:become), O(ignore:async), a remote host) always
            keeps its
            token to itself.
          - If not set, the value of the environment variable E(MOBSTED_TOKEN_CACHE) is used.
        type: str
        choices: [run, none]
        default: run
      api_paths:
        description:
          - Paths below C(/api/v8) that the vendor does not publish, for accounts where they differ.
        type: dict
        suboptions:
          objects:
            description:
              - Path of the objects' search. Of V(objects), which is the default, and V(object), the other one is tried
                on a 404.
            type: str
          applications:
            description:
              - Path of the apps. The default is V(applications).
            type: str
          refresh:
            description:
              - Path of the token refresh. The default is V(refresh). If it fails, there is a fresh login.
            type: str
          push:
            description:
              - Path of the push call. There is no default, since the vendor does not publish it.
            type: str
"""
