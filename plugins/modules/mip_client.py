# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module ``partnerops.saas.mip_client``."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mip_client
short_description: Register, remove, block and unblock clients of a MIP marketplace
version_added: 1.0.0
author: PartnerOps contributors (@partnerops)
description:
  - Registers or removes a client of a marketplace, and blocks or unblocks it.
  - The API has no call that shows whether a client exists. The module tries a login with O(password), then the
    ledger (O(ledger_path)), then O(client_id), and uses the first of these that knows. A rejected login does not
    prove that the client is absent. If none of them knows, the task fails with RV(failure.code=undetermined) and
    says what you can set.
  - Blocking and unblocking are the same call, a toggle. The module only sends it if the known block state differs from
    O(blocked). If the state is not known, the module sends the toggle once. If the response shows that it went the
    wrong way, the module sends it once more to put the state back. The result then has RV(probed=true). If the outcome
    of a toggle is unknown, the module never sends it again.
extends_documentation_fragment:
  - partnerops.saas.mip
  - partnerops.saas.mip.tenant
  - partnerops.saas.attributes
  - partnerops.saas.attributes.actiongroup_mip
attributes:
  check_mode:
    details:
      # BEGIN generated: check_mode
      - The module still logs in and looks up what it needs, which changes nothing. It writes nothing to the ledger.
      - If a block state is not known, the module predicts a change, because a real run would send the toggle.
      # END generated
options:
  # BEGIN generated: marketplace_id called="C(cid) or C(company_id)"
  marketplace_id:
    description:
      - Id of the marketplace, which the API calls C(cid) or C(company_id).
    type: int
    required: true
  # END generated
  # BEGIN generated: client_options at=
  email:
    description:
      - E-mail address of the client.
    type: str
    required: true
  password:
    description:
      - Password of the client. The module uses it to look the client up by logging in, and to register the client. It
        never changes the password of an existing client.
    type: str
  client_id:
    description:
      - Id of the client. Set it for a client that exists but is not in the ledger.
    type: int
  state:
    description:
      - Whether the client is registered.
    type: str
    choices: [present, absent]
    default: present
  blocked:
    description:
      - Whether the client is blocked. If not set, the block state is left alone. The option has no
        effect with O(state=absent).
    type: bool
  # END generated
  # BEGIN generated: return_keys of=client null="if no login or registration took place"
  return_keys:
    description:
      - Whether to return the key pair of the client, which every login and registration has in its response.
      - The result then has C(keys) with C(public_key) and C(private_key), both secret. It is null if no login or
        registration took place.
      - In a template, write C(result['keys']), because C(result.keys) is a method of the dictionary.
      - From ansible-core 2.22 on, the pair is not displayed. Before, the whole result is hidden if the task runs in the
        Ansible process. If it runs as an ordinary module, only C(no_log=true) on the task hides the pair.
    type: bool
    default: false
    version_added: 1.1.0
  # END generated
seealso:
  - module: partnerops.saas.mip_marketplace
  - module: partnerops.saas.mip_sso_link
  - module: partnerops.saas.mip_password_reset
  - ref: ansible_collections.partnerops.saas.docsite.guide_mip_state
    description: How the modules know the state, what the ledger contains, and what happens if it is lost.
  - name: MIP auth API
    description: The vendor's documentation of the calls.
    link: https://cloud.mip.to/docs/api/auth
"""

EXAMPLES = r"""
- name: Register a client
  partnerops.saas.mip_client:
    marketplace_id: 7
    email: buyer@acme.example
    password: "{{ vault_buyer_password }}"

- name: Block the client, whose state is in the ledger
  partnerops.saas.mip_client:
    marketplace_id: 7
    email: buyer@acme.example
    blocked: true

- name: Remove a client that was registered elsewhere
  partnerops.saas.mip_client:
    marketplace_id: 7
    email: old@acme.example
    client_id: 4711
    state: absent
"""

RETURN = r"""
# BEGIN generated: looked_up_tenant
tenant:
  description:
    - Record of the tenant with this address in app ID 1 of the Mobsted account, without credentials. Null if it was not
      looked up, or if there is none.
  returned: success
  type: dict
  version_added: 1.1.0
# END generated
client:
  description: The client. Values that are not known are null.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the client.
      type: int
      sample: 20
    email:
      description: E-mail address of the client.
      type: str
      sample: buyer@acme.example
    marketplace_id:
      description: Id of the marketplace.
      type: int
      sample: 7
    state:
      description: V(present) or V(absent). If the task fails, it may also be V(unknown).
      type: str
      sample: present
    blocked:
      description: Whether the client is blocked.
      type: bool
      sample: false
    created:
      description: When the client was registered. Only known after a login or a registration.
      type: str
      sample: "2021-06-08T16:09:25.159+02:00"
    first_name:
      description: First name. Only known after a login or a registration.
      type: str
    last_name:
      description: Last name. Only known after a login or a registration.
      type: str
    phone:
      description: Telephone number. Only known after a login or a registration.
      type: str
    billing_data:
      description: Billing data. Only known after a login or a registration. No call of the API changes it.
      type: dict
      version_added: 1.1.0
      contains:
        first_name: {description: First name., type: str}
        last_name: {description: Last name., type: str}
        address: {description: Street and number., type: str}
        postcode: {description: Postcode., type: str}
        country: {description: Country., type: str}
        nip: {description: Tax number in Poland., type: str}
        birth_day: {description: Date of birth., type: str}
    favorites:
      description: Favorites, as the API returns them. Null if they are not known.
      type: list
      elements: raw
      version_added: 1.1.0
# BEGIN generated: probed returned=success
probed:
  description:
    - Whether the block state was not known before, so that a toggle had to reveal it. It is V(true) whether one toggle
      was enough or a second one had to put the state back.
  returned: success
  type: bool
  sample: false
# END generated
# BEGIN generated: reconciled write="a write request" proof="a login" returned=success
reconciled:
  description: Whether the response to a write request was lost and a login then showed that it had worked.
  returned: success
  type: bool
  sample: false
# END generated
# BEGIN generated: request_attempts
request_attempts:
  description: The highest number of tries that any one request of the task took.
  returned: when requests were sent
  type: int
  sample: 1
# END generated
# BEGIN generated: failure of="the error" code=unknown_outcome method=POST path=/client/7/remove/20 status=502
failure:
  description:
    - Details of the error, for use in conditions.
    - The R(guide on errors and retries,ansible_collections.partnerops.saas.docsite.guide_errors) explains each code.
  returned: failure
  type: dict
  contains:
    code:
      description: Code of the error.
      type: str
      sample: unknown_outcome
    method:
      description: HTTP method of the failed request. Null if no request failed.
      type: str
      sample: POST
    path:
      description: Path of the failed request, without its query.
      type: str
      sample: /client/7/remove/20
    status:
      description: HTTP status of the response. Null if there was no response.
      type: int
      sample: 502
    message:
      description: What the API said. Null if it said nothing.
      type: str
# END generated
"""

from ansible_collections.partnerops.saas.plugins.module_utils.ansible_module import run_module
from ansible_collections.partnerops.saas.plugins.module_utils.mip.operations.client import OPERATION


def main() -> None:
    """Run the operation as a module."""
    run_module(OPERATION)


if __name__ == "__main__":
    main()
