"""The server as a process: one line on stdout, a clean end, and clear words when it cannot start."""

import contextlib
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import grpc
import pytest

from slantwise.v1 import slantwise_pb2_grpc as pb_grpc

PATIENCE = 30
MODULE = [sys.executable, "-m", "slantwise_server"]
# The process with the engine of these tests; with the shipped model MODULE does the same.
RULES = """
import sys, importlib.util
from slantwise_server import ServerConfig, serve
spec = importlib.util.spec_from_file_location("rules", sys.argv[1])
rules = importlib.util.module_from_spec(spec)
sys.modules["rules"] = rules
spec.loader.exec_module(rules)
serve(ServerConfig(listen="127.0.0.1:0"), exit_with_parent="--exit-with-parent" in sys.argv,
      load=lambda config: rules.RuleEngine())
"""


@contextlib.contextmanager
def process(*options):
    command = [sys.executable, "-c", RULES, str(Path(__file__).with_name("conftest.py")), *options]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def address_of(running):
    line = running.stdout.readline()
    found = re.fullmatch(r"slantwise: serving on (127\.0\.0\.1:[1-9]\d*)\n", line)
    assert found, line + running.stderr.read()
    return found[1]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_announces_itself_serves_and_ends_on_a_signal(request_for, number):
    with process() as running:
        with grpc.insecure_channel(address_of(running)) as channel:
            assert pb_grpc.RhetoricServiceStub(channel).AnalyzeDocument(request_for()).analysis.paragraphs
        running.send_signal(number)
        rest, errors = running.communicate(timeout=PATIENCE)
    assert (running.returncode, rest) == (0, ""), errors


def test_it_ends_with_its_parent_when_told_to():
    with process("--exit-with-parent") as running:
        address_of(running)
        running.stdin.close()
        assert running.wait(PATIENCE) == 0


@pytest.mark.parametrize(
    ("options", "status", "words"),
    [
        (["--listen", "nowhere"], 2, "HOST:PORT or unix:PATH"),
        (["--listen", "0.0.0.0:0"], 2, "--insecure"),
        (["--threads", "0"], 2, "--threads must be at least 1"),
        (["--backend", "abacus"], 2, "--backend"),
        (["--token-file", "/nonexistent"], 1, "slantwise: cannot read /nonexistent: No such file or directory"),
    ],
)
def test_what_keeps_it_from_starting_is_said_on_stderr(options, status, words):
    ended = subprocess.run([*MODULE, *options], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert ended.returncode == status
    assert words in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""


def test_a_port_in_use_is_said_on_stderr():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        ended = subprocess.run(
            [*MODULE, "--listen", address], capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert f"slantwise: cannot listen on {address}: it is in use" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_model_that_is_not_there_is_said_on_stderr(tmp_path):
    ended = subprocess.run(
        [*MODULE, "--listen", "127.0.0.1:0", "--model", str(tmp_path / "none")],
        capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stdout) == (1, "")
    (line,) = [each for each in ended.stderr.splitlines() if each.startswith("slantwise: ")]
    assert "cannot load the model" in line
    assert "Traceback" not in ended.stderr
