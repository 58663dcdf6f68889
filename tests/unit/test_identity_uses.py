# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Only ``module_utils/identity.py`` decides when two texts name the same thing.

Folding case or comparing raw URLs and addresses elsewhere is how one account becomes two, or two become one. Each
place that may do it is listed here, with the reason.
"""

from __future__ import annotations

import ast
import functools
import typing as t
from pathlib import Path

import pytest

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
IDENTITY = "module_utils/identity.py"
#: Methods that fold case.
FOLDING = {"lower", "casefold", "upper", "swapcase"}
#: Names of what has an identity, as variables, attributes, and keys of parameters.
IDENTITIES = {"api_url", "base", "url", "server", "email", "api_email", "login", "api_login", "tenant"}
#: Calls whose argument becomes a key.
KEYED = {"digest", "get", "setdefault", "pop", "add", "discard", "count", "index", "peek", "put", "locked", "predicted"}

#: Where case is folded: file, functions (none: all), and why that decides about no identity.
FOLDED: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("module_utils/http/response.py", (), "names of content types and encodings ignore case"),
    ("module_utils/http/transport.py", (), "proxies have environment variables in both cases"),
    ("module_utils/mip/api.py", ("_is_ok",), "the word ok in a response"),
    ("module_utils/mip/auth.py", ("KeyRing._refusal",), "the word ok in a response"),
    ("module_utils/mip/ledger.py", ("Ledger._read",), "the key that version 1.0 wrote"),
    ("module_utils/errors.py", ("ApiError.says_taken",), "words in a vendor's message"),
    ("module_utils/mobsted/app.py", ("drift_of", "_equal"), "names of columns, and digits of colours"),
    ("module_utils/mobsted/drift.py", ("not_compared",), "names of columns"),
    ("module_utils/mobsted/envelope.py", (), "names and words in a response"),
    ("module_utils/mobsted/icon.py", ("read_icon",), "a file name's extension"),
    ("module_utils/mobsted/operations/account_info.py", ("_registry",), "names of columns"),
    ("module_utils/mobsted/records.py", ("check_app_id", "_lowered", "Row.text", "Row.number"), "words and columns"),
    (
        "module_utils/mobsted/records.py",
        ("TenantRecord.trusted_base", "_server_of", "_lies_under"),
        "where a password may be sent: whatever is spelled in an unusual way is refused",
    ),
    ("module_utils/run/secrets.py", ("spellings",), "digits of percent-encoding, in every form"),
    ("module_utils/similar.py", ("_plain",), "similar texts, which are only warned of"),
    ("module_utils/state/postgresql_url.py", ("refused_connection",), "words in a server's message"),
    ("module_utils/transcript.py", ("_words", "_parts"), "a fragment of a secret is removed in any case"),
    ("plugin_utils/contract.py", ("_operation",), "HTTP methods as OpenAPI writes them"),
    ("plugin_utils/export.py", ("Export._apps",), "the order of a list for people"),
    ("plugin_utils/html_parts.py", ("initials",), "initials in a picture"),
    ("plugin_utils/values.py", ("wrong_value",), "the words that ansible-core takes for booleans"),
)
#: Where something that has an identity is compared or is a key as it was written, in the same form.
RAW: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("module_utils/mip/member.py", ("_Work.ident",), "the ledger makes the key"),
    ("module_utils/mip/operations/ledger_info.py", ("run_ledger_info",), "the ledger's addresses are keys"),
    ("module_utils/mobsted/credentials.py", (), "items of one task, whose addresses are known to be different"),
    ("module_utils/mobsted/operations/fleet.py", ("_tenant_result",), "likewise"),
    ("module_utils/state/store.py", ("_opened",), "a secret is registered"),
    (
        "plugin_utils/credentials_file.py",
        ("CredentialsFile._merged",),
        "items of one task; the file is searched by key",
    ),
    ("plugin_utils/handover.py", ("file_name",), "whether an address is a file name as it is"),
    ("plugin_utils/report.py", ("_notes",), "parts of one result, with one spelling"),
    ("plugin_utils/report_words.py", ("points",), "likewise"),
)


class Use(t.NamedTuple):
    """A place in the code: file, function, line, and the code itself."""

    file: str
    function: str
    line: int
    code: str

    @property
    def place(self) -> tuple[str, str]:
        """Return the file and the function."""
        return self.file, self.function


Find = t.Callable[[ast.AST], bool]


def found_in(source: str, file: str, find: Find) -> list[Use]:
    """Return the nodes of a file that match."""
    uses: list[Use] = []

    def walk(node: ast.AST, function: str) -> None:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            function = f"{function}.{node.name}".lstrip(".")
        if find(node):
            uses.append(Use(file, function, getattr(node, "lineno", 0), ast.unparse(node)))
        for inner in ast.iter_child_nodes(node):
            walk(inner, function)

    walk(ast.parse(source), "")
    return uses


@functools.cache
def everywhere(find: Find) -> list[Use]:
    """Return the nodes of all plugins that match, without those of identity.py."""
    files = [(str(path.relative_to(PLUGINS)), path) for path in sorted(PLUGINS.rglob("*.py"))]
    return [use for name, path in files if name != IDENTITY for use in found_in(path.read_text("utf-8"), name, find)]


def folds_case(node: ast.AST) -> bool:
    """Return whether a node folds case, as a call or as a function that is passed on.

    The capital that begins a sentence, ``text[0].upper()``, is none.
    """
    if not isinstance(node, ast.Attribute) or node.attr not in FOLDING:
        return False
    first = isinstance(node.value, ast.Subscript) and ast.unparse(node.value.slice) == "0"
    return not (first and node.attr == "upper")


def has_identity(node: ast.AST) -> bool:
    """Return whether a node is something that has an identity, as it was written."""
    if isinstance(node, ast.Name):
        return node.id in IDENTITIES
    if isinstance(node, ast.Attribute):
        return node.attr in IDENTITIES
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return node.slice.value in IDENTITIES
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args:
        return isinstance(node.args[0], ast.Constant) and node.args[0].value in IDENTITIES
    if isinstance(node, ast.BoolOp):
        return any(map(has_identity, node.values))
    return isinstance(node, ast.Tuple) and any(map(has_identity, node.elts))


def is_raw_key(node: ast.AST) -> bool:
    """Return whether something that has an identity is compared, or used as a key, as it was written."""
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        plain = any(isinstance(side, ast.Constant) for side in sides)
        equal = all(isinstance(how, (ast.Eq, ast.NotEq, ast.In, ast.NotIn)) for how in node.ops)
        return equal and not plain and any(map(has_identity, sides))
    if isinstance(node, ast.Subscript):
        return has_identity(node.slice)
    if isinstance(node, (ast.Set, ast.Dict)):
        keys = node.elts if isinstance(node, ast.Set) else node.keys
        return any(key is not None and has_identity(key) for key in keys)
    if isinstance(node, (ast.SetComp, ast.DictComp)):
        return has_identity(node.elt if isinstance(node, ast.SetComp) else node.key)
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return name in KEYED and any(map(has_identity, node.args))
    return False


def strays(uses: t.Iterable[Use], allowed: t.Iterable[tuple[str, tuple[str, ...], str]]) -> list[Use]:
    """Return the uses that are not allowed."""
    return [
        use
        for use in uses
        if not any(
            use.file == file and (not functions or use.function in functions) for file, functions, _why in allowed
        )
    ]


@pytest.mark.parametrize(("find", "allowed"), [(folds_case, FOLDED), (is_raw_key, RAW)])
def test_identity_is_decided_in_one_module(find: Find, allowed: t.Any) -> None:
    assert strays(everywhere(find), allowed) == []


@pytest.mark.parametrize(("find", "allowed"), [(folds_case, FOLDED), (is_raw_key, RAW)])
def test_nothing_is_allowed_that_is_not_there(find: Find, allowed: t.Any) -> None:
    there = {use.place for use in everywhere(find)}
    wanted = {(file, function) for file, functions, _why in allowed for function in functions}
    assert wanted <= there
    assert {file for file, _functions, _why in allowed} <= {file for file, _function in there}


@pytest.mark.parametrize(
    ("code", "find"),
    [
        ("key = email.strip().lower()", folds_case),
        ("same = a.casefold() == b.casefold()", folds_case),
        ("keys = map(str.lower, names)", folds_case),
        ("known[connection.base]", is_raw_key),
        ("known[base, 'app']", is_raw_key),
        ("same = record.email == spec.email", is_raw_key),
        ("there = email in declared", is_raw_key),
        ("key = digest(connection.base, name)", is_raw_key),
        ("key = digest(params['api_url'])", is_raw_key),
        ("key = digest(params.get('api_url'))", is_raw_key),
        ("found = tokens.get(url)", is_raw_key),
        ("seen.add(login or '')", is_raw_key),
        ("made = {one.email: one for one in tenants}", is_raw_key),
        ("made = {email, other}", is_raw_key),
        ("made = {url: 1}", is_raw_key),
    ],
)
def test_uses_are_found(code: str, find: Find) -> None:
    (use, *_more) = found_in(f"def work():\n    {code}", "x.py", find)
    assert use.function == "work"


@pytest.mark.parametrize(
    "code",
    [
        "known[account_key(base)]",
        "same = email_key(a.email) == email_key(b.email)",
        "text = place[0].upper() + place[1:]",
        "missing = email is None",
        "local = url == 'https://localhost'",
        "made = {'email': email}",
    ],
)
def test_other_code_is_not(code: str) -> None:
    assert found_in(code, "x.py", folds_case) + found_in(code, "x.py", is_raw_key) == []
