# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A release: what ``make release`` writes and refuses, and that the documented commands notice whatever was changed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.partnerops.saas.tests.documentation.literate import DOCS, ROOT
from ansible_collections.partnerops.saas.tests.support.harness import environment_python

PAGE = DOCS / "docsite" / "rst" / "guide_verifying.rst"
GITOPS = ROOT / "docs" / "gitops"
WORKFLOWS = [*sorted((ROOT / ".github" / "workflows").glob("*.yml")), GITOPS / "partner.yml"]


def shell(command: str, folder: Path, home: Path) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "GNUPGHOME": str(home), "LC_ALL": "C.UTF-8"}
    return subprocess.run(command, shell=True, cwd=folder, env=env, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def gnupg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a key ring with a key that signs releases."""
    home = tmp_path_factory.mktemp("k")
    home.chmod(0o700)
    made = shell("gpg --batch --passphrase '' --quick-generate-key release@x.example default sign never", home, home)
    assert made.returncode == 0, made.stderr
    return home


class Tree(t.NamedTuple):
    """A clone of the repository, clean, with the environments of this one."""

    folder: Path
    home: Path

    def release(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ``make release``'s script, without the importer, which has a stage of its own."""
        words = " ".join(("--unchecked", *arguments))
        return shell(f".venv/bin/python scripts/release.py {words}", self.folder, self.home)

    def files(self) -> dict[str, bytes]:
        """Return the content of all files but those of .git, .venv and .cache."""
        found = (path for path in self.folder.rglob("*") if path.is_file() and not path.is_symlink())
        names = {path.relative_to(self.folder): path for path in found}
        return {str(name): path.read_bytes() for name, path in names.items() if name.parts[0] not in (".git", ".cache")}


@pytest.fixture(scope="module")
def tree(repository: str, gnupg: Path, tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """Return the tree as it is now, committed, with the changelog that a release needs."""
    environment_python("release")
    folder = tmp_path_factory.mktemp("release") / "saas"
    subprocess.run(["git", "clone", "--quiet", repository, str(folder)], check=True)
    (folder / ".git" / "info" / "exclude").write_text(".venv\n.cache\n", encoding="utf-8")
    (folder / ".venv").symlink_to(ROOT / ".venv")
    (folder / ".cache").mkdir()
    (folder / ".cache" / "venvs").symlink_to(ROOT / ".cache" / "venvs")
    made = Tree(folder, gnupg)
    version = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]
    if f"\n  {version}:\n" not in (folder / "changelogs" / "changelog.yaml").read_text(encoding="utf-8"):
        done = made.release()
        assert "The changelog has no version" in done.stderr
        done = made.release("--changelog")
        assert done.returncode == 0, done.stdout + done.stderr
        who = ["-c", "user.name=test", "-c", "user.email=test@example.com"]
        for command in (["add", "--all"], [*who, "commit", "--quiet", "--message", "Changelog"]):
            subprocess.run(["git", *command], cwd=folder, check=True)
    return made


@pytest.fixture(scope="module")
def released(tree: Tree) -> Path:
    """Return the folder dist/ of a signed release."""
    before = tree.files()
    done = tree.release("--key", "release@x.example")
    assert done.returncode == 0, done.stdout + done.stderr
    after = tree.files()
    made = {line for line in done.stdout.splitlines() if line.startswith("dist/")}
    assert len(made) == 4
    assert {name for name in after if before.get(name) != after[name]} == made
    assert before.keys() <= after.keys()
    return tree.folder / "dist"


@pytest.fixture
def download(released: Path, tmp_path: Path) -> Path:
    """Return a copy of what a user downloads."""
    for path in released.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def commands() -> list[str]:
    """Return the three documented commands."""
    block = PAGE.read_text(encoding="utf-8").split("code-block:: console", 1)[1].split("\n\n")[1]
    return [line.strip().removeprefix("$ ") for line in block.splitlines()]


def verify(folder: Path, home: Path) -> list[int]:
    """Run those that need no network; return their exit codes."""
    return [shell(command, folder, home).returncode for command in commands()[:2]]


def test_the_page_has_three_commands() -> None:
    first, second, third = commands()
    assert first.startswith("gpg --verify")
    assert second.startswith("sha256sum --check")
    assert third.startswith("gh attestation verify")


def test_a_release_is_verified(download: Path, gnupg: Path) -> None:
    names = {re.sub(r"\d+\.\d+\.\d+", "1.1.0", path.name) for path in download.iterdir()}
    assert names == {"partnerops-saas-1.1.0.tar.gz", "partnerops-saas-1.1.0.cdx.json", "SHA256SUMS", "SHA256SUMS.asc"}
    page = PAGE.read_text(encoding="utf-8")
    assert all(f"``{name}``" in page for name in names)
    assert verify(download, gnupg) == [0, 0]
    next(download.glob("*.cdx.json")).unlink()  # who only wants the tarball
    assert verify(download, gnupg) == [0, 0]


def test_a_tampered_tarball_is_refused(download: Path, gnupg: Path) -> None:
    (tarball,) = download.glob("*.tar.gz")
    content = bytearray(tarball.read_bytes())
    content[len(content) // 2] ^= 1
    tarball.write_bytes(content)
    assert verify(download, gnupg) == [0, 1]
    sums = download / "SHA256SUMS"
    made = shell("sha256sum *.tar.gz *.json > SHA256SUMS", download, gnupg)
    assert made.returncode == 0
    assert tarball.name in sums.read_text(encoding="utf-8")
    good, bad = verify(download, gnupg)[1], verify(download, gnupg)[0]
    assert (good, bad != 0) == (0, True)


def test_the_signature_of_somebody_else_is_refused(download: Path, gnupg: Path, tmp_path_factory: t.Any) -> None:
    other = tmp_path_factory.mktemp("o")
    other.chmod(0o700)
    made = "gpg --batch --passphrase '' --quick-generate-key release@x.example default sign never"
    assert shell(made, download, other).returncode == 0
    assert shell("gpg --batch --yes --armor --detach-sign SHA256SUMS", download, other).returncode == 0
    assert verify(download, gnupg)[0] != 0


def test_a_download_without_the_tarball_is_noticed(download: Path, gnupg: Path) -> None:
    for path in (*download.glob("*.tar.gz"), *download.glob("*.json")):
        path.unlink()
    assert verify(download, gnupg)[1] != 0


def test_the_bill_of_materials(released: Path) -> None:
    (path,) = released.glob("*.cdx.json")
    told = json.loads(path.read_text(encoding="utf-8"))
    assert told["bomFormat"] == "CycloneDX"
    assert (told["metadata"]["component"]["name"], told["metadata"]["component"]["type"]) == (
        "partnerops.saas",
        "library",
    )
    parts = {part["name"]: part for part in told["components"]}
    assert {"requests", "urllib3", "segno", "ansible-core"} <= set(parts)
    assert all(part["version"] for part in parts.values())
    assert str(ROOT) not in path.read_text(encoding="utf-8")


def test_a_dirty_tree_is_refused(tree: Tree) -> None:
    for name in ("new-file.txt", "README.md"):
        path = tree.folder / name
        kept = path.read_bytes() if path.exists() else None
        path.write_bytes((kept or b"") + b"\nchanged\n")
        before = tree.files()
        done = tree.release()
        assert done.returncode != 0
        assert name in done.stderr
        assert tree.files() == before
        path.unlink() if kept is None else path.write_bytes(kept)


def test_what_git_is_set_to_hide_is_refused_too(tree: Tree) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=tree.folder, check=True)

    new, readme = tree.folder / "plugins" / "new.py", tree.folder / "README.md"
    kept = readme.read_bytes()
    git("config", "status.showUntrackedFiles", "no")
    new.touch()
    done = tree.release()
    git("config", "--unset", "status.showUntrackedFiles")
    new.unlink()
    assert done.returncode != 0
    assert "plugins/new.py" in done.stderr
    for how in ("assume-unchanged", "skip-worktree"):
        git("update-index", f"--{how}", "README.md")
        readme.write_bytes(kept + b"changed")
        done = tree.release()
        readme.write_bytes(kept)
        git("update-index", f"--no-{how}", "README.md")
        assert done.returncode != 0, how
        assert "README.md (git is set not to look at it" in done.stderr


def test_a_release_that_fails_half_way_leaves_no_tarball(tree: Tree) -> None:
    """Somebody would publish it without checksums and signature."""
    before = tree.files()
    done = tree.release("--key", "nobody@has.this.key")
    assert done.returncode != 0
    assert tree.files() == before


def test_a_tag_of_another_version_is_refused(tree: Tree) -> None:
    before = tree.files()
    subprocess.run(["git", "tag", "v9.9.9"], cwd=tree.folder, check=True)
    done = tree.release()
    subprocess.run(["git", "tag", "--delete", "v9.9.9"], cwd=tree.folder, check=True)
    assert done.returncode != 0
    assert "has the tag v9.9.9" in done.stderr
    assert tree.files() == before


def test_nothing_unlocked_runs_beside_the_key() -> None:
    """The galaxy importer installs the latest releases, so it runs in a job of its own, before the key is used."""
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8"))["jobs"]
    text = {name: yaml.safe_dump(job) for name, job in jobs.items()}
    assert [name for name in jobs if "secrets." in text[name] or "write" in text[name]] == ["release"]
    assert jobs["release"]["env"]["LOCKED"] == "1"
    assert "make release ARGS=--unchecked" in text["release"]
    assert "make importer" in text[jobs["release"]["needs"]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned_by_commit(path: Path) -> None:
    used = re.findall(r"uses: (.*)", path.read_text(encoding="utf-8"))
    assert used
    assert [one for one in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one)] == []


@pytest.mark.parametrize("name", ["partner.yml", "gitlab-ci.yml"])
def test_the_gitops_examples_pin_what_they_install_and_stop_without_a_memory(name: str) -> None:
    text = (GITOPS / name).read_text(encoding="utf-8")
    version = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]
    installed = re.findall(r"partnerops\.saas\.git,(\S+)", text)
    assert installed
    assert set(installed) == {f"v{version}"}
    assert text.count("--require-hashes -r requirements.txt") == len(installed)
    settings = yaml.safe_load(text)
    assert (settings.get("env") or settings["variables"])["MIP_LEDGER_MISSING"] == "fail"
    assert [image for image in re.findall(r"image: (\S+)", text) if not re.search(r":\d+\.\d+\.\d+", image)] == []


def test_the_awx_guide_says_to_stop_without_a_memory() -> None:
    guide = (PAGE.with_name("guide_awx_gitops.rst")).read_text(encoding="utf-8")
    assert "*If there is no ledger file* to ``fail``" in guide
    form = yaml.safe_load((ROOT / "docs" / "awx" / "credential_type_state.yml").read_text(encoding="utf-8"))
    (field,) = (one for one in form["inputs"]["fields"] if one["id"] == "ledger_missing")
    assert field["label"] == "If there is no ledger file"
    assert "fail" in field["choices"]
    assert "set fail" in field["help_text"].lower()


@pytest.mark.parametrize(
    "path", sorted((ROOT / "tests" / "requirements" / "locked").glob("*.txt")), ids=lambda path: path.stem
)
def test_what_is_locked_has_hashes_and_all_that_is_asked_for(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    locked = {name.lower().replace("_", "-") for name in re.findall(r"(?m)^([\w.-]+)==", text)}
    assert len(re.findall(r"(?m)^([\w.-]+)==.*\n    --hash=sha256:[0-9a-f]{64}", text)) == len(
        re.findall(r"(?m)^[\w.-]+==", text)
    )
    assert "://" not in re.sub(r"(?m)^#.*", "", text)
    names = ("run", "test", "lint", "trust", "browser", "nox") if path.stem == "main" else (path.stem,)
    for name in names:
        asked = (ROOT / "tests" / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        wanted = {
            one.lower().replace("_", "-") for one in re.findall(r"(?m)^([\w.-]+)", re.sub(r"(?m)^#.*", "", asked))
        }
        assert wanted <= locked, f"run make lock: {wanted - locked}"
