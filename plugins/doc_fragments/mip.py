# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection options of MIP, as documentation. The table behind them is ``plugins/module_utils/options.py``."""

from __future__ import annotations


class ModuleDocFragment:
    """Connection options of MIP, and the tenant look-up that some modules do first."""

    DOCUMENTATION = r"""
options:
  api_url:
    description:
      - URL of the API, including its prefix if it has one. The vendor only publishes paths without a prefix. A trailing
        V(/) is accepted.
      - Plain V(http://) is only allowed for a loopback address.
      - If not set, the value of the environment variable E(MIP_API_URL) is used.
    type: str
    default: https://cloud.mip.to
  api_email:
    description:
      - E-mail address of a user who owns the marketplace. The module logs in once for a whole C(ansible-playbook) run,
        to get the key pair that signs its calls.
      - If not set, the value of the environment variable E(MIP_API_EMAIL) is used.
    type: str
  api_password:
    description:
      - Password for O(api_email).
      - If not set, the value of the environment variable E(MIP_API_PASSWORD) is used.
    type: str
  api_public_key:
    description:
      - Public key of a key pair to use instead of a login. If you set a login as well, the key pair is used until the
        API rejects it.
      - If not set, the value of the environment variable E(MIP_API_PUBLIC_KEY) is used.
    type: str
  api_private_key:
    description:
      - Private key of the key pair.
      - If not set, the value of the environment variable E(MIP_API_PRIVATE_KEY) is used.
    type: str
  signing:
    description:
      - How calls are authenticated. The vendor does not publish the method.
      - V(hmac_sha1) sends the public key in the header C(X-public). It also sends the hexadecimal HMAC-SHA1 of public
        key, request path and body, made with the private key, in the header C(X-hmac). The vendor's sister products
        document this method. A call without content sends and signs V({}).
      - V(keys) sends the key pair in the headers C(X-public) and C(X-private).
      - V(none) sends nothing.
      - If not set, the value of the environment variable E(MIP_SIGNING) is used.
    type: str
    choices: [hmac_sha1, keys, none]
    default: hmac_sha1
  ledger_path:
    description:
      - File in which the modules record what they did at MIP, because the API has no call that reads. It is an
        SQLite database with mode V(0600) and contains no secrets. If it does not exist, it is created together
        with its folder.
      - The file is on the host that runs the task, and must be kept from run to run. Use a local disk.
      - A relative path starts in the folder in which the command was started.
      - If not set, the value of the environment variable E(MIP_LEDGER_PATH) is used.
    type: path
    default: ~/.local/share/partnerops/mip-ledger.sqlite3
  # BEGIN generated: state at= keeps="You cannot set both this and O(ledger_path)."
  state_url:
    description:
      - A PostgreSQL database that keeps the MIP ledger and the locks of what is being created, for all
        machines, such as V(postgresql://partnerops@db.example/partnerops?sslmode=verify-full). Without it, each
        machine remembers alone.
      - You cannot set both this and O(ledger_path).
      - A host other than a loopback address needs V(sslmode=verify-full) or V(sslmode=verify-ca). A connection pooler
        is refused. The R(guide for teams,ansible_collections.partnerops.saas.docsite.guide_teams) says what to set up.
      - It needs C(psycopg) where the task runs. If the database can't be used, the task fails before it sends anything.
      - If not set, the value of the environment variable E(PARTNEROPS_STATE_URL) is used.
    type: str
  state_password:
    description:
      - Password for O(state_url). What libpq reads works too, such as E(PGPASSFILE).
      - If not set, the value of the environment variable E(PARTNEROPS_STATE_PASSWORD) is used.
    type: str
  ledger_missing:
    description:
      - What to do if there is no ledger file yet. Only the modules for MIP have a ledger, and with a database there
        is no file.
      - With V(create), the module starts a new one, and warns that it knows nobody, so everybody declared is invited.
      - With V(fail), the task fails before it sends anything. Use this where the ledger has to be there, such as in CI.
      - If not set, the value of the environment variable E(MIP_LEDGER_MISSING) is used.
    type: str
    choices: [create, fail]
    default: create
  # END generated
  # BEGIN generated: transport env=MIP timeout=30 of="user, client or member" slow=""
  timeout:
    description:
      - How many seconds to wait for the response to one request. Connecting may take 10 of them.
      - If not set, the value of the environment variable E(MIP_TIMEOUT) is used.
    type: int
    default: 30
  deadline:
    description:
      - How many seconds to spend on one resource (user, client or member), including all retries and waits.
      - If not set, the value of the environment variable E(MIP_DEADLINE) is used.
    type: int
    default: 300
  retries:
    description:
      - How often to retry a request if that is safe. A write is never sent again if its outcome is unknown.
      - If not set, the value of the environment variable E(MIP_RETRIES) is used.
    type: int
    default: 4
  validate_certs:
    description:
      - Whether to verify the server's certificate.
      - If not set, the value of the environment variable E(MIP_VALIDATE_CERTS) is used.
    type: bool
    default: true
  ca_path:
    description:
      - File with CA certificates in PEM format. It takes precedence over E(REQUESTS_CA_BUNDLE) and E(CURL_CA_BUNDLE).
      - A relative path starts in the folder in which the command was started.
      - If not set, the value of the environment variable E(MIP_CA_PATH) is used.
    type: path
  # END generated
requirements:
  - requests
  - psycopg >= 3.2, for O(state_url)
notes:
  - The MIP API has no call that reads. The R(guide on MIP's
    state,ansible_collections.partnerops.saas.docsite.guide_mip_state) explains how the modules know the state.
  # BEGIN generated: notes
  - An empty environment variable counts as not set.
  - These modules talk to an API, not to the host that they run for. Run them for V(localhost), or set
    O(ignore:run_once).
  # END generated
"""

    # Of the modules that create or invite.
    TENANT = r"""
options:
  require_tenant:
    description:
      - Whether to look each address up in app ID 1 of the Mobsted master account before a client is registered or a
        member invited. If the address is not there, the task fails and sends nothing to MIP, so that a mistyped address
        gets no invitation.
    type: bool
    default: false
  tenant_lookup:
    description:
      - With V(auto), an address that is to be registered or invited is looked up in app ID 1 of the Mobsted master
        account first, if a connection to it is configured by O(tenant_registry) or by E(MOBSTED_API_URL) with a login
        or a token.
      - An address that is unknown there, or a look-up that fails, gets a warning and does not stop the task. The
        warning names the nearest known address, if there is one that differs by a letter or two.
      - With V(off), nothing is looked up. With O(require_tenant), it is looked up in any case.
    type: str
    choices: [auto, "off"]
    default: auto
    version_added: 1.1.0
  tenant_registry:
    description:
      - Connection to the Mobsted master account for O(require_tenant). It has the connection options of the Mobsted
        modules and uses the same environment variables. If those are set, you can leave it out.
    type: dict
    suboptions:
      # BEGIN generated: mobsted_login at=tenant_registry. required=false
      api_url:
        description:
          - Admin URL of the account, such as V(https://ppp-admin.mobsted.com). A trailing V(/) or
            V(/api/v8) is accepted.
          - Plain V(http://) is only allowed for a loopback address.
          - If not set, the value of the environment variable E(MOBSTED_API_URL) is used.
        type: str
        required: false
      api_login:
        description:
          - E-mail address used to log in.
          - If not set, the value of the environment variable E(MOBSTED_API_LOGIN) is used.
        type: str
      api_password:
        description:
          - Password for O(tenant_registry.api_login).
          - If not set, the value of the environment variable E(MOBSTED_API_PASSWORD) is used.
        type: str
      api_token:
        description:
          - Access token to use instead of a login and password. If you set those as well, the token is used until the
            API rejects it.
          - If not set, the value of the environment variable E(MOBSTED_API_TOKEN) is used.
        type: str
      # END generated
      # BEGIN generated: state at=tenant_registry. keeps="The modules for Mobsted keep only the locks there."
      state_url:
        description:
          - A PostgreSQL database that keeps the MIP ledger and the locks of what is being created, for all
            machines, such as V(postgresql://partnerops@db.example/partnerops?sslmode=verify-full). Without it, each
            machine remembers alone.
          - The modules for Mobsted keep only the locks there.
          - A host other than a loopback address needs V(sslmode=verify-full) or V(sslmode=verify-ca). A connection
            pooler is refused. The R(guide for teams,ansible_collections.partnerops.saas.docsite.guide_teams) says what
            to set up.
          - It needs C(psycopg) where the task runs. If the database can't be used, the task fails before
            it sends anything.
          - If not set, the value of the environment variable E(PARTNEROPS_STATE_URL) is used.
        type: str
      state_password:
        description:
          - Password for O(tenant_registry.state_url). What libpq reads works too, such as E(PGPASSFILE).
          - If not set, the value of the environment variable E(PARTNEROPS_STATE_PASSWORD) is used.
        type: str
      ledger_missing:
        description:
          - What to do if there is no ledger file yet. Only the modules for MIP have a ledger, and with a database there
            is no file.
          - With V(create), the module starts a new one, and warns that it knows nobody, so everybody
            declared is invited.
          - With V(fail), the task fails before it sends anything. Use this where the ledger has to be there, such
            as in CI.
          - If not set, the value of the environment variable E(MIP_LEDGER_MISSING) is used.
        type: str
        choices: [create, fail]
        default: create
      # END generated
      # BEGIN generated: transport env=MOBSTED timeout=90 of="tenant" slow=""
      timeout:
        description:
          - How many seconds to wait for the response to one request. Connecting may take 10 of them.
          - If not set, the value of the environment variable E(MOBSTED_TIMEOUT) is used.
        type: int
        default: 90
      deadline:
        description:
          - How many seconds to spend on one resource (tenant), including all retries and waits.
          - If not set, the value of the environment variable E(MOBSTED_DEADLINE) is used.
        type: int
        default: 300
      retries:
        description:
          - How often to retry a request if that is safe. A write is never sent again if its outcome is unknown.
          - If not set, the value of the environment variable E(MOBSTED_RETRIES) is used.
        type: int
        default: 4
      validate_certs:
        description:
          - Whether to verify the server's certificate.
          - If not set, the value of the environment variable E(MOBSTED_VALIDATE_CERTS) is used.
        type: bool
        default: true
      ca_path:
        description:
          - File with CA certificates in PEM format. It takes precedence over E(REQUESTS_CA_BUNDLE) and
            E(CURL_CA_BUNDLE).
          - A relative path starts in the folder in which the command was started.
          - If not set, the value of the environment variable E(MOBSTED_CA_PATH) is used.
        type: path
      # END generated
      # BEGIN generated: mobsted_rest
      settle:
        description:
          - How many seconds to keep looking for a new resource if the response to its create request was lost.
          - If not set, the value of the environment variable E(MOBSTED_SETTLE) is used.
        type: int
        default: 60
      token_cache:
        description:
          - Where to keep access tokens.
          - With V(run), all tasks, forks and hosts of one C(ansible-playbook) run share one login for each account.
            The tokens are in files in Ansible's temporary folder that only the user can read, and are deleted when
            the run ends.
          - With V(none), tokens are only kept in memory.
          - A task that runs outside the Ansible process on the controller (with O(ignore:become), O(ignore:async) or a
            remote connection) never shares its token.
          - If not set, the value of the environment variable E(MOBSTED_TOKEN_CACHE) is used.
        type: str
        choices: [run, none]
        default: run
      api_paths:
        description:
          - Paths below C(/api/v8) that the vendor does not publish. Set those that differ in your account.
        type: dict
        suboptions:
          objects:
            description:
              - Path of the search for records. By default, V(object) is tried first and V(objects) if the API does not
                know that path, and the one that works is used for the rest of the run.
            type: str
          applications:
            description:
              - Path of the apps. The default is V(applications).
            type: str
          refresh:
            description:
              - Path to refresh tokens. The default is V(refresh). If a refresh fails, the module logs in again.
            type: str
          push:
            description:
              - Path to send push messages. There is no default, because the vendor does not publish the path.
            type: str
      # END generated
"""
