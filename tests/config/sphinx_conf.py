# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How `make docs` turns the collection's documentation into a site."""

from __future__ import annotations

import typing as t

# No intersphinx: the build must not need the network, so ansible-core's own documentation is not linked by name.
project = "PartnerOps SaaS collection"
copyright = "2026, PartnerOps contributors"  # noqa: A001
extensions = ["sphinx_antsibull_ext"]
html_theme = "sphinx_ansible_theme"
html_theme_options = {"topbar_links": {}}
html_show_sourcelink = False
html_show_sphinx = False
html_use_smartypants = True
highlight_language = "YAML+Jinja"
pygments_style = "ansible"
nitpicky = False
suppress_warnings = ["ref.ref"]

STYLE = """<style>
.wy-menu-vertical a { overflow-wrap: anywhere; }
.rst-content .code-block-caption { text-align: left !important; padding: 0 0 0.3em; font-size: 90%; }
.code-block-caption .headerlink { display: none; }
table.docutils td code { white-space: nowrap; }
</style>"""


def _name_as_written(_app: t.Any, _page: str, source: list[str]) -> None:
    """antsibull-docs writes the collection's name as a title, with capitals; as a name, it has none."""
    for title, name in (("Partnerops.Saas Release Notes", "Changelog"), ("Partnerops.Saas", "partnerops.saas")):
        wrong, right = f"{title}\n{'=' * len(title)}", f"{name}\n{'=' * len(title)}"
        source[0] = source[0].replace(wrong, right)


def _add_style(_app: t.Any, _page: str, _template: str, context: dict[str, t.Any], _tree: t.Any) -> None:
    context["metatags"] = context.get("metatags", "") + STYLE
    context["theme_documentation_home_url"] = context["pathto"]("index")


def setup(app: t.Any) -> None:
    """Called by Sphinx."""
    app.connect("source-read", _name_as_written)
    app.connect("html-page-context", _add_style)
