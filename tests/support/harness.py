# Copyright (c) 2026, PartnerOps contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run playbooks and ad-hoc tasks for the tests, in a clean environment, and return the result of every task.

    from ansible_collections.partnerops.saas.tests.support.harness import connection_env, run_playbook

    run = run_playbook('''
    - hosts: localhost
      gather_facts: false
      tasks:
        - name: Tenant
          partnerops.saas.mobsted_tenant:
            email: owner@acme.example
    ''', env=connection_env(world))
    run.check()                                  # fails with the whole output if the run did
    assert run.task("Tenant").changed
    assert run.task("Tenant")["tenant"]["email"] == "owner@acme.example"

Nothing of the caller's environment gets in but PATH and the locale: HOME, ANSIBLE_HOME and TMPDIR are new and empty
folders (``home`` keeps one over several runs), there is no colour, no cow and no ansible.cfg.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import typing as t
from pathlib import Path

if __package__:
    from .warm import Started, fits, warm
else:  # make demo
    from warm import Started, fits, warm

ROOT = Path(__file__).resolve().parents[2]
CALLBACKS = ROOT / "tests" / "support" / "callbacks"
#: The connection plugin ``elsewhere``: the local connection under another name, over which every task runs as a module.
CONNECTIONS = ROOT / "tests" / "support" / "connections"
COLLECTIONS = ROOT / ".cache" / "collections"
ALL_CORES = os.environ.get("CORES") == "all"


@dataclasses.dataclass(frozen=True)
class TaskResult:
    """What one task (or one item of its loop) returned on one host; ``result[key]`` reads the result."""

    host: str
    task: str
    action: str
    status: str  # ok, failed, skipped, unreachable
    ignored: bool
    item: t.Any
    result: dict[str, t.Any]

    def __getitem__(self, key: str) -> t.Any:
        return self.result[key]

    def get(self, key: str, default: t.Any = None) -> t.Any:
        """Return a key of the result, or DEFAULT."""
        return self.result.get(key, default)

    @property
    def changed(self) -> bool:
        """Return whether it is changed."""
        return bool(self.result.get("changed"))

    @property
    def failed(self) -> bool:
        """Return whether it failed, ignored or not."""
        return self.status in ("failed", "unreachable")

    @property
    def msg(self) -> str:
        """Return its message, or an empty text."""
        return str(self.result.get("msg", ""))

    @property
    def failure(self) -> dict[str, t.Any]:
        """Return the structured failure of this collection, or an empty dict."""
        return self.result.get("failure") or {}


@dataclasses.dataclass(frozen=True)
class Run:
    """One finished run of ansible-playbook or ansible."""

    command: list[str]
    rc: int
    stdout: str
    stderr: str
    seconds: float
    results: list[TaskResult]  # one for each task and host, in the order in which they ended
    items: list[TaskResult]  # one for each item of a loop
    stats: dict[str, dict[str, int]]  # the recap: host to ok, changed, failures, skipped, …
    home: Path  # gone after the run, unless it was given

    @property
    def output(self) -> str:
        """Return everything that was shown."""
        return self.stdout + self.stderr

    @property
    def changed(self) -> int:
        """Return how many tasks changed something, over all hosts, as in the recap."""
        return sum(host["changed"] for host in self.stats.values())

    @property
    def failures(self) -> list[TaskResult]:
        """Return the failed tasks whose failure was not ignored."""
        return [result for result in self.results if result.failed and not result.ignored]

    def tasks(self, name: str) -> list[TaskResult]:
        """Return the results of the tasks of this name (in a role: ending with ` : name`), one for each host."""
        return [one for one in self.results if one.task == name or one.task.endswith(f" : {name}")]

    def task(self, name: str, host: str | None = None) -> TaskResult:
        """Return the one result of the task of this name, or raise ``AssertionError`` with all output."""
        found = [one for one in self.tasks(name) if host in (None, one.host)]
        if len(found) != 1:
            names = [one.task for one in self.results]
            raise AssertionError(f"{len(found)} results of task {name!r} in {names}\n{self.describe()}")
        return found[0]

    def loop(self, name: str) -> list[TaskResult]:
        """Return the results of the items of the task of this name."""
        return [one for one in self.items if one.task == name or one.task.endswith(f" : {name}")]

    def check(self, rc: int = 0) -> Run:
        """Return this run, or raise ``AssertionError`` with all output if it did not end with RC."""
        if self.rc != rc:
            raise AssertionError(f"exit {self.rc}, expected {rc}\n{self.describe()}")
        return self

    def describe(self) -> str:
        """Return the command and everything it showed."""
        return f"$ {' '.join(self.command)}\n{self.stdout}\n--- standard error\n{self.stderr}"


@functools.cache
def _environment(*arguments: str) -> str:
    """Return the last line that scripts/environment.py prints."""
    command = [sys.executable, str(ROOT / "scripts" / "environment.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    return done.stdout.strip().splitlines()[-1]


def available_cores() -> list[str]:
    """Return the releases of ansible-core that run on this machine, such as ``['2.18', '2.19']``."""
    return list(json.loads(_environment("list")))


def edge_cores() -> list[str]:
    """Return the oldest and the newest of them, for what takes long, or all of them with ``CORES=all``."""
    cores = available_cores()
    return cores if ALL_CORES or len(cores) < 3 else [cores[0], cores[-1]]


def python_of(core: str | None = None) -> Path:
    """Return the Python whose environment has this ansible-core (``2.21``); make it if it is missing.

    Without CORE it is the one that runs the tests, if it has ansible-core, else that of .venv.
    """
    if core is not None:
        return Path(_environment("ensure", f"core-{core}"))
    if Path(sys.executable).with_name("ansible-playbook").exists():
        return Path(sys.executable)
    return ROOT / ".venv" / "bin" / "python"


def environment_python(name: str) -> Path:
    """Return the Python of an environment by the name of its requirements, such as ``ecosystem``."""
    return Path(_environment("ensure", name))


def clean_environment(home: Path, python: Path) -> dict[str, str]:
    """Return the environment that every run starts from."""
    scratch = home / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    config = home / "ansible.cfg"  # empty: else one in the working directory would count
    config.touch()
    return {
        "PATH": os.pathsep.join([str(python.parent), os.environ.get("PATH", os.defpath)]),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "HOME": str(home),
        "TMPDIR": str(scratch),
        "ANSIBLE_HOME": str(home / ".ansible"),
        "ANSIBLE_CONFIG": str(config),
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_CALLBACK_PLUGINS": str(CALLBACKS),
        "ANSIBLE_CALLBACKS_ENABLED": "task_results",
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_NOCOWS": "true",
        "ANSIBLE_NOCOLOR": "true",
        "ANSIBLE_RETRY_FILES_ENABLED": "false",
        "NO_PROXY": "127.0.0.1,localhost,::1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def connection_env(world: t.Any) -> dict[str, str]:
    """Return the connection options of a simulator's world, as the environment variables that users set."""
    return {
        "MOBSTED_API_URL": world.mobsted_url,
        "MOBSTED_API_LOGIN": world.login,
        "MOBSTED_API_PASSWORD": world.password,
        "MIP_API_URL": world.mip_url,
        "MIP_API_EMAIL": world.mip_email,
        "MIP_API_PASSWORD": world.mip_password,
    }


def run_ansible(
    command: t.Sequence[str],
    *,
    env: t.Mapping[str, str] | None = None,
    core: str | None = None,
    cwd: Path | None = None,
    home: Path | None = None,
    timeout: float = 300,
    live: bool = False,
) -> Run:
    """Run a program of ansible-core, ``command[0]`` being its name, such as ``ansible-inventory``.

    :param env: added to the clean environment
    :param core: a release of ansible-core, default: the one that runs the tests
    :param cwd: folder to run in, default: the home
    :param home: a folder to use as HOME and to keep, default: a new one that is removed
    :param timeout: seconds; after them the whole process group is killed and ``TimeoutError`` raised with its output
    :param live: let its output through as it comes, instead of keeping it
    """
    python = python_of(core)
    keep = home is not None
    home = Path(home) if home is not None else Path(tempfile.mkdtemp(prefix="saas-home-"))
    handle, results_path = tempfile.mkstemp(prefix="saas-results-", suffix=".jsonl")
    os.close(handle)
    # From 2.21 on, ansible-core makes a socket in the temporary folder: a link gives it the short path that this needs.
    short = tempfile.mkdtemp(prefix="saas-")
    clean = clean_environment(home, python)
    os.symlink(clean["TMPDIR"], os.path.join(short, "tmp"))
    clean["TMPDIR"] = os.path.join(short, "tmp")
    environment = {**clean, "TASK_RESULTS_FILE": results_path, **(env or {})}
    full = [str(python.with_name(command[0])), *map(str, command[1:])]
    start = time.monotonic()
    try:
        rc, stdout, stderr = _finish(full, cwd or home, environment, timeout, live)
        with open(results_path, encoding="utf-8") as lines:
            events = [json.loads(line) for line in lines]
    finally:
        os.unlink(results_path)
        os.unlink(os.path.join(short, "tmp"))
        os.rmdir(short)
        if not keep:
            shutil.rmtree(home, ignore_errors=True)
    return Run(
        command=full,
        rc=rc,
        stdout=stdout,
        stderr=stderr,
        seconds=time.monotonic() - start,
        results=[_task_result(event) for event in events if event["event"] == "task"],
        items=[_task_result(event) for event in events if event["event"] == "item"],
        stats=next((event["hosts"] for event in events if event["event"] == "stats"), {}),
        home=home,
    )


def _finish(
    command: list[str], cwd: Path, environment: dict[str, str], timeout: float, live: bool
) -> tuple[int, str, str]:
    """Run it to its end, in a process group of its own; return its exit code and what it wrote."""
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        started: Started | subprocess.Popen[bytes]
        if fits(environment) and not live:
            python = Path(command[0]).with_name("python")
            started = warm(python).start(command, cwd, environment, [stdout.fileno(), stderr.fileno()])
        else:
            out, err = (None, None) if live else (stdout, stderr)
            started = subprocess.Popen(
                command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                start_new_session=True,
            )  # fmt: skip
        try:
            code = started.wait(timeout)
        except BaseException as exc:
            os.killpg(started.pid, signal.SIGKILL)
            code = started.wait(30)
            shown = [_read(stream) for stream in (stdout, stderr)]
            if isinstance(exc, subprocess.TimeoutExpired):
                raise TimeoutError(f"{command} took over {timeout} s\n{shown[0]}\n{shown[1]}") from None
            raise
        return code, _read(stdout), _read(stderr)


def _read(stream: t.IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode(errors="replace")


def _task_result(event: dict[str, t.Any]) -> TaskResult:
    return TaskResult(**{field.name: event[field.name] for field in dataclasses.fields(TaskResult)})


def run_playbook(
    source: str | Path | list[dict[str, t.Any]],
    *arguments: str,
    extra_vars: t.Mapping[str, t.Any] | None = None,
    inventory: str | Path | None = None,
    check: bool = False,
    diff: bool = False,
    verbosity: int = 0,
    cwd: Path | None = None,
    **options: t.Any,
) -> Run:
    """Run a playbook and return its outcome; it does not raise when the playbook fails (see ``Run.check``).

    :param source: the text of a playbook (it has a line break), its plays as data, a file, or a name such as
        ``partnerops.saas.converge``. A text is saved in CWD, so ``files/`` there is found.
    :param arguments: further arguments of ansible-playbook
    :param extra_vars: given with ``--extra-vars``, as JSON
    :param inventory: a file, or a host list such as ``a,b,``; default: none, only the implicit localhost
    :param options: ``env``, ``core``, ``home``, ``timeout``, as for ``run_ansible``
    """
    written: list[Path] = []
    folder = Path(cwd) if cwd else Path(tempfile.mkdtemp(prefix="saas-play-"))
    try:
        if isinstance(source, list) or (isinstance(source, str) and "\n" in source):
            text = json.dumps(source) if isinstance(source, list) else source
            target = _write(folder, "play-", ".yml", text)
            written.append(target)
        else:
            target = Path(source) if os.sep in str(source) else source  # type: ignore[assignment]
        command = ["ansible-playbook", str(target), *arguments]
        if inventory is not None:
            command += ["--inventory", str(inventory)]
        if extra_vars:
            # In a file, since arguments of a process can be read by everybody on the machine.
            vars_file = _write(folder, ".vars-", ".json", json.dumps(extra_vars))
            written.append(vars_file)
            command += ["--extra-vars", f"@{vars_file}"]
        command += ["--check"] * check + ["--diff"] * diff + ["-" + "v" * verbosity] * bool(verbosity)
        return run_ansible(command, cwd=folder, **options)
    finally:
        for path in written:
            path.unlink(missing_ok=True)
        if not cwd:
            shutil.rmtree(folder, ignore_errors=True)


def _write(folder: Path, prefix: str, suffix: str, text: str) -> Path:
    handle, name = tempfile.mkstemp(dir=folder, prefix=prefix, suffix=suffix)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
    return Path(name)


def run_task(
    action: str,
    args: t.Mapping[str, t.Any],
    *arguments: str,
    task: t.Mapping[str, t.Any] | None = None,
    **options: t.Any,
) -> Run:
    """Run one task on localhost; ``run.task('Task')`` is its result.

    :param action: the module's full name
    :param args: its options
    :param task: further keywords of the task, such as ``{'no_log': True}``
    :param options: as for ``run_playbook``
    """
    play = {
        "hosts": "localhost",
        "gather_facts": False,
        "tasks": [{"name": "Task", action: dict(args), **(task or {})}],
    }
    return run_playbook([play], *arguments, **options)
