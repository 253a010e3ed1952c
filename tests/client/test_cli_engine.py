"""The built-in engine as a process: it comes up, answers, and never outlives the command that started it.

The process is a stand-in for the server, so that it can also be made to die, to stay mute and to stall.
"""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from slantwise import Client
from slantwise.cli._engine import NotStarted, engine

if TYPE_CHECKING:
    from collections.abc import Iterator

STAND_IN = """
import os, signal, sys, threading, time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
from slantwise.v1 import slantwise_pb2 as pb
from slantwise.v1 import slantwise_pb2_grpc

diary, mode = Path(os.environ["DIARY"]), os.environ["MODE"]

def note(name, text=""):
    (diary / name).with_suffix(".part").write_text(text)
    (diary / name).with_suffix(".part").rename(diary / name)

def leave(how):
    note("left", how)
    os._exit(0)

class Service(slantwise_pb2_grpc.RhetoricServiceServicer):
    def ListModels(self, request, context):
        note("asked")
        print("error_id 7: it broke", file=sys.stderr, flush=True)
        if mode == "stall":
            time.sleep(600)
        return pb.ListModelsResponse(models=[pb.Model(name="stand-in")])

note("pid", str(os.getpid()))
note("arguments", "\\n".join(sys.argv[1:]))
signal.signal(signal.SIGTERM, lambda *_: leave("SIGTERM"))
if mode == "die":
    sys.exit("no model here")
if mode != "mute":
    server = grpc.server(ThreadPoolExecutor(2))
    slantwise_pb2_grpc.add_RhetoricServiceServicer_to_server(Service(), server)
    address = sys.argv[sys.argv.index("--listen") + 1]
    server.add_insecure_port(address)
    server.start()
    print("something else", flush=True)
    print("slantwise: serving on", address, flush=True)
threading.Thread(target=lambda: (sys.stdin.read(), leave("end of stdin")), daemon=True).start()
while True:
    time.sleep(0.05)  # and let signals in
"""


@pytest.fixture
def diary(tmp_path, monkeypatch) -> Iterator[Path]:
    """Where the stand-in notes what happens to it."""
    package = tmp_path / "path" / "slantwise_server"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(STAND_IN)
    diary = tmp_path / "diary"
    diary.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(package.parent))
    monkeypatch.setenv("DIARY", str(diary))
    monkeypatch.setenv("MODE", "serve")
    monkeypatch.delenv("SLANTWISE_SERVER", raising=False)
    with tempfile.TemporaryDirectory() as temporary:  # the name of a socket must be short
        monkeypatch.setenv("TMPDIR", temporary)
        monkeypatch.setattr("tempfile.tempdir", temporary)
        yield diary


def entry(diary: Path, name: str) -> str:
    """Wait for an entry of the diary."""
    while not (diary / name).exists():
        time.sleep(0.01)
    return (diary / name).read_text()


def running(diary: Path) -> bool:
    try:
        os.kill(int(entry(diary, "pid")), 0)
    except ProcessLookupError:
        return False
    return True


def test_an_engine_serves_on_a_private_socket_and_stops(diary) -> None:
    with engine("my-model") as target:
        folder = Path(target.removeprefix("unix:")).parent
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        with Client(target) as client:
            assert [model.name for model in client.list_models()] == ["stand-in"]
    assert entry(diary, "arguments").split() == [
        *["--listen", target, "--exit-with-parent", "--log-level", "error"],
        *["--model", "my-model"],
    ]
    assert entry(diary, "left") == "SIGTERM"
    assert not running(diary)
    assert not folder.exists()


def test_the_faults_that_an_engine_logged_are_told_when_it_stops(diary, capsys) -> None:
    with engine() as target, Client(target) as client:
        assert capsys.readouterr().err == ""
        client.list_models()
    assert capsys.readouterr().err == "error_id 7: it broke\n"


def test_an_engine_stops_when_its_use_fails(diary) -> None:
    def use() -> None:
        with engine():
            raise LookupError

    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)]
    with pytest.raises(LookupError):
        use()
    assert entry(diary, "left") == "SIGTERM"
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)] == before


def test_an_engine_that_dies_says_why(diary, monkeypatch) -> None:
    monkeypatch.setenv("MODE", "die")
    with pytest.raises(NotStarted, match="stopped with status 1\nno model here"), engine():
        pass


def test_an_engine_that_stays_mute_is_stopped(diary, monkeypatch) -> None:
    monkeypatch.setenv("MODE", "mute")
    with pytest.raises(NotStarted, match="did not start in time"), engine(start_s=0.5):
        pass
    assert not (diary / "pid").exists() or not running(diary)


@pytest.mark.parametrize(
    ("number", "status", "how"),
    [
        (signal.SIGTERM, 128 + signal.SIGTERM, "SIGTERM"),
        (signal.SIGHUP, 128 + signal.SIGHUP, "SIGTERM"),
        (signal.SIGINT, 1, "SIGTERM"),
        (signal.SIGKILL, -signal.SIGKILL, "end of stdin"),
    ],
)
def test_no_signal_to_the_command_leaves_an_engine_behind(diary, monkeypatch, number, status, how) -> None:
    monkeypatch.setenv("MODE", "stall")
    command = subprocess.Popen(
        [sys.executable, "-m", "slantwise", "models"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    entry(diary, "asked")
    command.send_signal(number)
    _, stderr = command.communicate()
    assert command.returncode == status
    assert "Traceback" not in stderr
    assert entry(diary, "left") == how
    if number != signal.SIGKILL:
        assert not list(Path(os.environ["TMPDIR"]).iterdir())
