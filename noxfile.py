# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sessions of antsibull-nox.toml: `nox -l` lists them, `make nox` runs those which need no container."""

import sys

import nox

try:
    import antsibull_nox
except ImportError:
    print("Install antsibull-nox in the environment of nox: pip install antsibull-nox")
    sys.exit(1)

antsibull_nox.load_antsibull_nox_toml()

if __name__ == "__main__":
    nox.main()
