# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An icon: its type, its name, and what is refused."""

from __future__ import annotations

import os
import typing as t
from pathlib import Path

import pytest

from ansible_collections.partnerops.saas.plugins.module_utils.errors import ApiError
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted import icon as module
from ansible_collections.partnerops.saas.plugins.module_utils.mobsted.icon import read_icon
from ansible_collections.partnerops.saas.tests.support.failures import failure
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mobsted.apps import PNG


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.png", PNG, "image/png"),
        ("a.jpg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("a.jpeg", b"\xff\xd8\xff\xdb", "image/jpeg"),
        ("a.gif", b"GIF89a", "image/gif"),
        ("a.webp", b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        ("a.ico", b"\x00\x00\x01\x00", "image/x-icon"),
        ("b.svg", b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a --><!DOCTYPE svg>\n<svg>", "image/svg+xml"),
        ("A.PNG", PNG, "image/png"),
    ],
)
def test_icons(tmp_path: Path, name, content, kind):
    path = tmp_path / name
    path.write_bytes(content)
    icon, doubt = read_icon(str(path))
    assert (icon.name, icon.content, icon.kind, doubt) == (name, content, kind, None)


@pytest.mark.parametrize(("name", "sent"), [("a.jpg", "icon.png"), ("noending", "icon.png"), ("a.txt", "icon.png")])
def test_the_content_decides_and_a_name_that_says_otherwise_gets_a_warning(tmp_path, name, sent):
    (tmp_path / name).write_bytes(PNG)
    icon, doubt = read_icon(str(tmp_path / name), "apps[3].")
    assert (icon.name, icon.kind) == (sent, "image/png")
    assert (doubt or "").startswith("apps[3].icon")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("logo.png", b"not a picture"),
        ("logo.svg", b"root:x:0:0:root:/root:/bin/bash\n"),
        ("logo.svg", b"<html><svg></svg></html>"),
        ("logo.ico", b"key: value"),
        ("logo.webp", b"RIFF1234WAVE"),
    ],
)
def test_a_file_that_is_no_image_is_refused_whatever_its_name(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    bad_icon(tmp_path / name, "is not an image")
    (tmp_path / "link.svg").symlink_to(tmp_path / name)
    bad_icon(tmp_path / "link.svg", "is not an image")


@pytest.mark.parametrize("name", ["my icon.PNG", 'a".png', "ä.png", "x" * 101 + ".png", "a\nb.png"])
def test_an_awkward_file_name_is_not_sent(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(PNG)
    assert read_icon(str(path))[0].name == "icon.png"


def test_an_awkward_name_without_an_ending(tmp_path):
    (tmp_path / "a b").write_bytes(PNG)
    assert read_icon(str(tmp_path / "a b"))[0].name == "icon.png"


def bad_icon(path: object, said: str) -> None:
    error = failure(lambda: read_icon(str(path), "apps[3]."), "invalid_input")
    assert error.msg.startswith("apps[3].icon")
    assert said in error.msg
    assert "Nothing was sent" in error.msg


def test_icons_that_are_refused(tmp_path, monkeypatch):
    bad_icon(tmp_path / "missing.png", "No such file or directory")
    bad_icon(tmp_path, "is a folder")
    (tmp_path / "empty.png").touch()
    bad_icon(tmp_path / "empty.png", "is an empty file")
    (tmp_path / "text.txt").write_text("hello")
    bad_icon(tmp_path / "text.txt", "is not an image")
    monkeypatch.setattr(module, "ICON_LIMIT", 4)
    (tmp_path / "large.png").write_bytes(PNG)
    bad_icon(tmp_path / "large.png", "larger than")


def test_a_pipe_is_no_icon(tmp_path):
    """Opening a pipe would wait forever."""
    os.mkfifo(tmp_path / "icon.png")
    with pytest.raises(ApiError) as caught:
        read_icon(str(tmp_path / "icon.png"))
    assert "is not a file" in caught.value.msg


def test_an_icon_that_may_not_be_read(tmp_path, monkeypatch):
    path = tmp_path / "icon.png"
    path.write_bytes(PNG)
    path.chmod(0)
    if os.access(path, os.R_OK):  # root can read everything

        def refuse(*_args: t.Any) -> t.NoReturn:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(module, "open", refuse, raising=False)
    bad_icon(path, "Permission denied")
