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
from ansible_collections.partnerops.saas.tests.unit.plugins.module_utils.mobsted.apps import PNG, failure


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
        ("noending", PNG, "image/png"),
        ("wrong.txt", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("A.PNG", PNG, "image/png"),
    ],
)
def test_icons(tmp_path: Path, name, content, kind):
    path = tmp_path / name
    path.write_bytes(content)
    icon, doubt = read_icon(str(path))
    assert (icon.name, icon.content, icon.kind, doubt) == (name, content, kind, None)


def test_garbage_with_the_ending_of_an_image_is_sent_with_a_doubt(tmp_path):
    path = tmp_path / "icon.png"
    path.write_bytes(b"not a picture")
    icon, doubt = read_icon(str(path), "apps[3].")
    assert icon.kind == "image/png"
    assert doubt is not None
    assert doubt.startswith("apps[3].icon")


@pytest.mark.parametrize("name", ["my icon.PNG", 'a".png', "ä.png", "x" * 101 + ".png", "a\nb.png"])
def test_an_awkward_file_name_is_not_sent(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(PNG)
    assert read_icon(str(path))[0].name == "icon.png"


def test_an_awkward_name_without_an_ending(tmp_path):
    (tmp_path / "a b").write_bytes(PNG)
    assert read_icon(str(tmp_path / "a b"))[0].name == "icon"


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
    bad_icon(tmp_path / "text.txt", "neither the content nor the ending")
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
