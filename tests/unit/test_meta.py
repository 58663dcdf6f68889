# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has to agree over the whole collection: modules, actions, documentation, options tables, tests, sizes."""

from __future__ import annotations

import ast
import functools
import importlib
import re
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible.plugins.loader import fragment_loader
from ansible.utils.plugin_docs import get_docstring

from ansible_collections.partnerops.saas.plugins.module_utils.errors import CODES
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.connection import MOBSTED_PATHS
from ansible_collections.partnerops.saas.plugins.module_utils.operation import Operation
from ansible_collections.partnerops.saas.plugins.module_utils.options import STATE, Option
from ansible_collections.partnerops.saas.plugins.module_utils.vendors import VENDORS
from ansible_collections.partnerops.saas.scripts import update_docs
from ansible_collections.partnerops.saas.tests.support import driver

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = ROOT / "plugins"
NAME = "ansible_collections.partnerops.saas.plugins."
MODULES = driver.modules()
ONLY_ACTIONS = driver.virtual_modules()
INTEGRATION = sorted((ROOT / "tests" / "integration").glob("test_*.py"))
#: Lines of a file, without its documentation
LONGEST = 400


def operation_of(module: str) -> Operation:
    return importlib.import_module(f"{NAME}modules.{module}").OPERATION


@functools.cache
def fragment(name: str) -> dict[str, t.Any]:
    """Return the connection options of a vendor, as documented."""
    return yaml.safe_load(importlib.import_module(f"{NAME}doc_fragments.{name}").ModuleDocFragment.DOCUMENTATION)


@functools.cache
def page(file: Path) -> dict[str, t.Any]:
    """Return what ``ansible-doc`` shows of a plugin: its page, with the fragments as ansible-core merges them."""
    kind = "module" if file.parent.name == "modules" else file.parent.name
    found = get_docstring(str(file), fragment_loader, collection_name="partnerops.saas", plugin_type=kind)[0]
    return dict(found)


def documentation(module: str) -> dict[str, t.Any]:
    """Return the page of a module."""
    return page(PLUGINS / "modules" / f"{module}.py")


def differences(where: str, documented: dict[str, t.Any], spec: dict[str, t.Any]) -> list[str]:
    """Where documented options are others than those of an argument spec."""
    found = [f"{where}{name} is only in one of the two" for name in sorted(set(documented) ^ set(spec))]
    for name in set(documented) & set(spec):
        told, real = documented[name], spec[name]
        for key, otherwise in (
            ("type", "str"),
            ("default", None),
            ("required", False),
            ("choices", None),
            ("elements", None),
            ("aliases", None),
        ):
            if told.get(key, otherwise) != real.get(key, otherwise):
                found.append(f"{where}{name}: {key} is {told.get(key)!r} in the text, {real.get(key)!r} in the spec")
        found += differences(f"{where}{name}.", told.get("suboptions") or {}, real.get("options") or {})
    return found


WRITING = [name for name in MODULES if not name.endswith("_info")]
REPEATABLE = [name for name in WRITING if documentation(name)["attributes"]["idempotent"]["support"] != "none"]


# -- modules and their actions ----------------------------------------------------------------------------------------


def test_every_module_has_its_action_and_every_action_its_module():
    actions = {path.stem for path in (PLUGINS / "action").glob("*.py") if path.stem != "__init__"}
    assert actions == {*MODULES, *ONLY_ACTIONS}
    assert not set(MODULES) & set(ONLY_ACTIONS)


@pytest.mark.parametrize("name", ONLY_ACTIONS)
def test_documented_options_of_an_action_are_those_of_its_spec(name: str) -> None:
    spec = importlib.import_module(f"{NAME}action.{name}").SPEC
    assert differences("", documentation(name)["options"], spec) == []


@pytest.mark.parametrize("module", MODULES)
def test_module(module):
    assert operation_of(module).name == module
    assert documentation(module)["module"] == module


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_in_the_action_group_of_its_vendor_and_says_so(module):
    groups = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))["action_groups"]
    vendor = operation_of(module).vendor
    assert module.startswith(f"{vendor}_")
    assert [name for name, members in groups.items() if module in members] == [vendor]
    assert groups[vendor] == [name for name in MODULES if name.startswith(f"{vendor}_")]
    assert documentation(module)["attributes"]["action_group"]["membership"] == [f"partnerops.saas.{vendor}"]


@pytest.mark.parametrize("module", MODULES)
def test_documented_options_are_those_of_the_argument_spec(module):
    assert differences("", documentation(module)["options"], operation_of(module).argument_spec()) == []


@pytest.mark.parametrize("module", MODULES)
def test_returned_values_are_documented(module):
    returned = yaml.safe_load(importlib.import_module(f"{NAME}modules.{module}").RETURN)
    assert {"request_attempts", "reconciled"} <= set(returned)
    if "checks" in returned:  # a diagnosis: what would be a failure elsewhere is what it returns
        assert "failure" not in returned
        return
    assert set(returned["failure"]["contains"]) == {"code", "method", "path", "status", "message"}
    assert returned["failure"]["contains"]["code"]["sample"] in CODES
    assert "request_attempts" in returned
    assert "reconciled" in returned or module not in REPEATABLE


@pytest.mark.parametrize("module", MODULES)
def test_a_secret_is_no_log_and_nothing_else_is_guessed_to_be_one(module):
    """ansible-core warns of options that sound like secrets and say neither."""

    def unclear(options: dict[str, t.Any]) -> t.Iterator[str]:
        for name, option in options.items():
            secret = re.search(r"pass(?!ive)|secret|token|cred|private_key", name)
            if secret and option.get("type", "str") == "str" and option.get("no_log") is None:
                yield name
            yield from unclear(option.get("options") or {})

    assert list(unclear(operation_of(module).argument_spec())) == []


# -- pages ------------------------------------------------------------------------------------------------------------

DOCUMENTED = list(update_docs.files())
PAGES = [path for path in DOCUMENTED if path.parent.name != "doc_fragments" and "EXAMPLES" in path.read_text("utf-8")]


@pytest.mark.parametrize("file", PAGES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_a_page_leads_on_and_says_nothing_twice(file):
    notes = page(file).get("notes", [])
    assert sorted(set(notes)) == sorted(notes)
    assert page(file)["seealso"]


def test_shared_parts_of_pages_are_up_to_date(capsys):
    assert update_docs.main(["--check"]) == 0, capsys.readouterr().out


def test_every_shared_part_is_used():
    text = "".join(path.read_text(encoding="utf-8") for path in DOCUMENTED)
    assert set(re.findall(r"# BEGIN generated: (\w+)", text)) == set(update_docs.PARTS)


def written(text: str) -> t.Iterator[str]:
    """Return the YAML of a file's documentation, without examples, comments and empty lines, in stretches."""
    found = re.findall(r'^ *(?!EXAMPLES)[A-Z_]+ = r"""\n(.*?\n)"""', text, re.MULTILINE | re.DOTALL)
    found += re.findall(r"^DOCUMENTATION:\n(.*?)^EXAMPLES:", text, re.MULTILINE | re.DOTALL)
    for yaml_text in found:
        yield from filter(None, re.split(r"^ *#.*\n|^ *\n", yaml_text, flags=re.MULTILINE))


@pytest.mark.parametrize("file", DOCUMENTED, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_pages_are_wrapped_by_paragraph(file):
    for stretch in written(file.read_text(encoding="utf-8")):
        assert update_docs.wrapped(stretch) == stretch


# -- the options table ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vendor", sorted(VENDORS))
def test_the_fragment_of_a_vendor_is_its_options_table(vendor):
    documented = fragment(vendor)["options"]
    spec = {option.name: option.spec(lambda: None) for option in VENDORS[vendor]}
    assert differences("", documented, spec) == []


@pytest.mark.parametrize(
    ("vendor", "option"),
    [(vendor, option) for vendor, table in sorted(VENDORS.items()) for option in table],
    ids=lambda value: value.name if isinstance(value, Option) else value,
)
def test_the_text_of_an_option_names_its_variable_and_no_other(vendor, option):
    text = " ".join(fragment(vendor)["options"][option.name]["description"])
    prefix = option.env.partition("_")[0] if option in STATE else vendor.upper()
    own = set(re.findall(rf"E\(({prefix}_\w+)\)", text))
    assert own == ({option.env} if option.env else set())


def test_the_paths_are_documented():
    documented = fragment("mobsted")["options"]["api_paths"]["suboptions"]
    assert set(documented) == set(MOBSTED_PATHS)
    for name, path in MOBSTED_PATHS.items():
        text = " ".join(documented[name]["description"])
        assert (f"V({path})" in text) if path else ("no default" in text)


# -- tests ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_named_in_tests(module):
    tests = [*(ROOT / "tests" / "unit").rglob("test_*.py"), *INTEGRATION]
    word = re.compile(rf"\b{module}\b")
    assert any(word.search(path.read_text(encoding="utf-8")) for path in tests if path != Path(__file__))


class Source:
    """The tests of a file: what a function says, with all of the file that it refers to."""

    def __init__(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        self.lines = text.splitlines()
        self.parts: dict[str, ast.stmt] = {}
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef):
                self.parts[node.name] = node
            elif isinstance(node, ast.Assign):
                names = [name for target in node.targets for name in ast.walk(target) if isinstance(name, ast.Name)]
                self.parts.update({name.id: node for name in names})

    def text_of(self, name: str) -> str:
        return "\n".join(self.lines[self.parts[name].lineno - 1 : self.parts[name].end_lineno])

    def closure(self, name: str) -> str:
        """Return the text of a function and of all that it refers to."""
        seen, todo = {name}, [name]
        while todo:
            for node in ast.walk(self.parts[todo.pop()]):
                if isinstance(node, ast.Name) and node.id in self.parts and node.id not in seen:
                    seen.add(node.id)
                    todo.append(node.id)
        return "\n".join(map(self.text_of, seen))


@functools.cache
def four_times() -> list[str]:
    """Return the names of the tests that do something, do it again, and predict both.

    By its name it is ``test_do_again_check_check_again…``.
    """
    found = []
    for path in INTEGRATION:
        source = Source(path)
        for name in source.parts:
            if name.startswith("test_"):
                text = source.closure(name)
                if "do_again_check_check_again" in name and re.search(r"check=True|check_mode", text):
                    found.append(text)
    return found


@pytest.mark.parametrize("module", REPEATABLE)
def test_a_writing_module_is_done_again_checked_and_checked_again(module):
    word = re.compile(rf"(partnerops\.saas\.|\{{SAAS\}}|\{{PREFIX\}}){module}\b")
    assert any(word.search(text) for text in four_times())


@pytest.mark.parametrize("module", sorted(set(WRITING) - set(REPEATABLE)))
def test_what_cannot_be_repeated_says_so(module):
    assert str(documentation(module)["attributes"]["idempotent"]["details"]).startswith("['Every run ")


# -- sizes, version, codes --------------------------------------------------------------------------------------------


def code_lines(path: Path) -> int:
    """Lines of a file without the documentation of a plugin, which is as long as it has to be."""
    text = path.read_text(encoding="utf-8")
    size = len(text.splitlines())
    for node in ast.parse(text).body:
        name = getattr(node.targets[0], "id", "") if isinstance(node, ast.Assign) else ""
        if name in ("DOCUMENTATION", "EXAMPLES", "RETURN"):
            size -= (node.end_lineno or 0) - node.lineno
    return size


def test_no_file_is_long():
    sizes = {str(path.relative_to(ROOT)): code_lines(path) for path in PLUGINS.rglob("*.py")}
    assert {name: size for name, size in sizes.items() if size > LONGEST} == {}


def test_module_utils_says_that_it_is_private():
    files = sorted((PLUGINS / "module_utils").rglob("*.py"))
    heads = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").partition('"""')[0] for path in files}
    assert len(heads) > 50
    assert [name for name, head in heads.items() if head.count("# Private to this collection: ") != 1] == []


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_thin(module):
    assert code_lines(PLUGINS / "modules" / f"{module}.py") <= 60


def test_every_failure_code_is_explained_to_users():
    guide = (ROOT / "docs" / "docsite" / "rst" / "guide_errors.rst").read_text(encoding="utf-8")
    assert {code for code in CODES if not re.search(rf"\b{code}\b", guide)} == set()


def test_codes_in_the_plugins_are_those_that_are_documented():
    used: set[str] = set()
    for path in PLUGINS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.Call) and isinstance(node.func, (ast.Name, ast.Attribute))
            called = getattr(node.func, "id", getattr(node.func, "attr", "")) if named else ""  # type: ignore[attr-defined]
            first = node.args[0] if called in ("ApiError", "because") and node.args else None  # type: ignore[attr-defined]
            if isinstance(first, ast.Constant):
                used.add(str(first.value))
    assert used <= CODES


@pytest.mark.parametrize("module", MODULES)
def test_who_knows_a_module_knows_its_code_and_its_tests(module: str) -> None:
    """plugins/modules/V_X.py, plugins/module_utils/V/operations/X.py and tests/integration/test_V_X.py go together."""
    vendor, name = module.split("_", 1)
    operation = importlib.import_module(f"{NAME}module_utils.{vendor}.operations.{name}").OPERATION
    assert (operation.name, operation.vendor) == (module, vendor)
    assert operation.kind in ("read", "write", "send")
    assert operation.example is not None
    assert importlib.import_module(f"{NAME}modules.{module}").OPERATION is operation
    assert (ROOT / "plugins" / "action" / f"{module}.py").is_file()
    tests = (ROOT / "tests" / "integration" / f"test_{module}.py").read_text(encoding="utf-8")
    assert module in tests


def test_every_operation_has_a_module() -> None:
    found = [f"{path.parents[1].name}_{path.stem}" for path in (PLUGINS / "module_utils").glob("*/operations/*.py")]
    assert sorted(found) == sorted(MODULES)
