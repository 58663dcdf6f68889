# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How `make docs` turns the collection's documentation into a site."""

# No intersphinx: the build must not need the network, so ansible-core's own documentation is not linked by name.
project = "PartnerOps SaaS collection"
copyright = "2026, PartnerOps contributors"  # noqa: A001
extensions = ["sphinx_antsibull_ext"]
html_theme = "sphinx_ansible_theme"
html_show_sphinx = False
html_use_smartypants = True
highlight_language = "YAML+Jinja"
pygments_style = "ansible"
nitpicky = False
suppress_warnings = ["ref.ref"]
