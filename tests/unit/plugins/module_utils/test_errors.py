# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The error type: what a program reads from it, and what it must not lose on its way up."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import (
    CODES,
    ApiError,
    counted,
    invalid,
    shortened,
    words_and_fact,
)

FACTS: dict[str, t.Any] = {"method": "POST", "path": "/api/v8/partners", "status": 502, "message": "bad gateway"}


def test_failure_holds_these_keys_and_no_other():
    error = ApiError("server_error", "POST failed.", executed=None, result={"x": 1}, **FACTS)
    assert error.as_dict() == {"code": "server_error", **FACTS}
    assert str(error) == "POST failed."


def test_only_documented_codes():
    with pytest.raises(ValueError, match="unknown failure code 'oops'"):
        raise ApiError("oops", "text")
    assert len(CODES) == 16


def test_input_is_refused_before_anything_is_sent():
    error = invalid("name is empty.")
    assert (error.code, error.executed, error.status) == ("invalid_input", False, None)


def test_seen_from_above_the_facts_stay():
    error = ApiError("timeout", "No answer.", executed=None, result={"credentials": 1}, **FACTS)
    above = error.because("unknown_outcome", "Nobody knows.")
    assert above.as_dict() == {"code": "unknown_outcome", **FACTS}
    assert (above.executed, above.result, str(above)) == (None, {"credentials": 1}, "Nobody knows.")


def test_a_fact_is_the_sentence_without_the_advice():
    assert ApiError("timeout", "It failed. Try again.", fact="It failed.").fact == "It failed."
    assert ApiError("timeout", "It failed.").fact == "It failed."


@pytest.mark.parametrize(
    ("message", "fact", "rest"),
    [
        (None, "POST /x returned 502.", "POST /x returned 502."),
        ("oops", "POST /x returned 502: oops.", "POST /x returned 502."),
        ("oops", "POST /x returned 200, but x is missing. It says: oops.", "POST /x returned 200, but x is missing."),
    ],
)
def test_the_vendors_words_come_first_and_once(message, fact, rest):
    error = ApiError("server_error", f"{fact} Run again.", fact=fact, message=message)
    assert words_and_fact(error) == (f"The API says: {message}. " if message else "", rest)


def test_a_number_with_its_noun():
    assert [counted(number, "row") for number in (0, 1, 2)] == ["0 rows", "1 row", "2 rows"]


def test_another_programs_error_has_neither_statement_nor_end():
    text = 'relation "x" does not exist\nLINE 1: SELECT value FROM x\n   ^'
    assert shortened(RuntimeError(text)) == 'relation "x" does not exist'
    assert shortened("Is it\n running?") == "Is it running"
    assert shortened("abc", 2) == "ab"
