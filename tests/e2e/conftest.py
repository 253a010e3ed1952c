"""A real server process with the shipped model."""

import contextlib
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from slantwise import Client

ROOT = Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def serving(*options):
    """Run a server process; yield its address."""
    command = [sys.executable, "-m", "slantwise_server", "--listen", "127.0.0.1:0", "--log-level", "warning", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            line = running.stdout.readline()
            found = re.fullmatch(r"slantwise: serving on (127\.0\.0\.1:\d+)\n", line)
            assert found, f"the server did not come up: {line!r}"
            yield found[1]
        finally:
            running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=30) == 0


@pytest.fixture(scope="session")
def address(shipped):
    with serving("--model", shipped) as where:
        yield where


@pytest.fixture(scope="session")
def client(address):
    with Client(address) as connected:
        yield connected


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def shared(root):
    """Return the folder of material that lies beside the project, where there is one."""
    folder = root.parent / "shared"
    if not folder.is_dir():
        pytest.skip("no ../shared beside the project")
    return folder
