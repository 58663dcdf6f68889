# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start the simulator: ``python tests/simulator`` or, with ``PYTHONPATH=tests``, ``python -m simulator``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

if not __package__:
    here = Path(__file__).resolve().parent
    sys.path[:] = [str(here.parent)] + [entry for entry in sys.path if Path(entry or ".").resolve() != here]

from simulator.serve import Settings, run


def main() -> None:
    """Read the command line and serve."""
    defaults = Settings()
    parser = argparse.ArgumentParser(prog="simulator", description="Mobsted's partner API and MIP, on loopback")
    parser.add_argument("--host", default=defaults.host, help="loopback address (default %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port (default)")
    parser.add_argument("--tls", action="store_true", help="a second listener with TLS and a CA made for this run")
    parser.add_argument("--tls-port", type=int, default=0, help="0 takes a free port (default)")
    parser.add_argument("--ready-file", metavar="PATH", help="written (JSON, atomically) once it serves")
    parser.add_argument("--parent", type=int, default=0, metavar="PID", help="exit when this process is gone")
    parser.add_argument("--login", default=defaults.login, help="login of the default world (default %(default)s)")
    parser.add_argument("--password", default=defaults.password, help="its password (default %(default)s)")
    parser.add_argument("--options", type=json.loads, default={}, metavar="JSON", help="options of the default world")
    parser.add_argument("--demo", action="store_true", help="fill the default world with demo data")
    args = parser.parse_args()
    options = {**args.options, **({"demo": True} if args.demo else {})}
    run(
        Settings(
            args.host,
            args.port,
            args.tls,
            args.tls_port,
            args.ready_file,
            args.parent,
            args.login,
            args.password,
            options,
        )
    )


if __name__ == "__main__":
    main()
