# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter ``partnerops.saas.partner_transcript``."""

from __future__ import annotations

DOCUMENTATION = r"""
name: partner_transcript
short_description: Compare what an account returned with the description of the API
version_added: 1.1.0
author: PartnerOps contributors (@partnerops)
description:
  - Takes the transcripts of M(partnerops.saas.mobsted_account_info) and M(partnerops.saas.mip_account_info) and marks
    each response as C(as described), C(differs) or C(not described). The descriptions are C(docs/api/mobsted.yaml) and
    C(docs/api/mip.yaml) of the collection.
  - The playbook C(partnerops.saas.preflight) uses this filter and writes the transcript to C(partner_transcript_path).
positional: _input
options:
  _input:
    description:
      - The transcripts, under V(mobsted) and V(mip). Either may be missing.
    type: dict
    required: true
seealso:
  - module: partnerops.saas.mobsted_account_info
  - module: partnerops.saas.mip_account_info
"""

EXAMPLES = r"""
- name: Ask the account
  partnerops.saas.mobsted_account_info:
    transcript: true
  register: found

- name: Show where it differs from the description
  ansible.builtin.debug:
    msg: "{{ ({'mobsted': found.transcript} | partnerops.saas.partner_transcript).differences }}"
"""

RETURN = r"""
_value:
  description: The whole transcript.
  type: dict
  contains:
    collection:
      description: Version of the collection.
      type: str
    summary:
      description: How many responses got each of the three marks.
      type: dict
    differences:
      description: Everything that differs or is not described, each with the call and the place.
      type: list
      elements: str
      sample: ["mobsted: GET /api/v8/object: data[].id is integer, described as string"]
    exchanges:
      description: The exchanges, each with C(vendor), C(verdict) and C(where).
      type: list
      elements: dict
"""

import typing as t

from ansible.errors import AnsibleFilterError

from ansible_collections.partnerops.saas.plugins.module_utils.version import VERSION
from ansible_collections.partnerops.saas.plugins.plugin_utils.contract import transcript
from ansible_collections.partnerops.saas.plugins.plugin_utils.process import plain


def partner_transcript(data: t.Any) -> dict[str, t.Any]:
    """See ``DOCUMENTATION``."""
    try:
        return transcript({vendor: entries for vendor, entries in plain(data).items() if entries}, VERSION)
    except (KeyError, TypeError, AttributeError, OSError):
        raise AnsibleFilterError(
            "partner_transcript needs {'mobsted': ..., 'mip': ...} with the key 'transcript' of the results of "
            "partnerops.saas.mobsted_account_info and partnerops.saas.mip_account_info: register these tasks."
        ) from None


class FilterModule:
    """Provide the filter of this file."""

    def filters(self) -> dict[str, t.Any]:
        """Return its name and function."""
        return {"partner_transcript": partner_transcript}
