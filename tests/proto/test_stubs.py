"""The checked-in stubs are what the pinned generators make of the proto, and the proto keeps to its lint rules."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from slantwise._channel import SERVICE_CONFIG

ROOT = Path(__file__).parents[2]
PROTO = ROOT / "proto"
SOURCE = PROTO / "slantwise" / "v1" / "slantwise.proto"
STUBS = ROOT / "clients" / "python" / "slantwise" / "v1"


def generated(out: Path) -> dict[str, bytes]:
    """What one run of the generator writes, by file name."""
    subprocess.run([sys.executable, PROTO / "generate.py", out], check=True, capture_output=True)
    return {file.name: file.read_bytes() for file in (out / "slantwise" / "v1").iterdir()}


def lint(proto: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run buf's linter on a proto, offline: on an image that already holds what it imports."""
    from grpc_tools import protoc

    spec = spec_from_file_location("generate", PROTO / "generate.py")
    generate = module_from_spec(spec)
    spec.loader.exec_module(generate)
    source = folder / "slantwise" / "v1" / "slantwise.proto"
    source.parent.mkdir(parents=True)
    shutil.copy(proto, source)
    image = folder / "image.binpb"
    arguments = [f"-I{folder}", *generate.includes(), "--include_imports", "--include_source_info"]
    assert protoc.main(["protoc", *arguments, f"--descriptor_set_out={image}", "slantwise/v1/slantwise.proto"]) == 0
    buf = Path(sysconfig.get_path("scripts"), "buf")
    command = [buf, "lint", image, "--config", PROTO / "buf.yaml", "--path", "slantwise"]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def test_the_stubs_are_the_generators_own_bytes(tmp_path: Path) -> None:
    checked_in = {file.name: file.read_bytes() for file in STUBS.glob("slantwise_pb2*")}
    assert generated(tmp_path) == checked_in


def test_the_proto_keeps_to_the_lint_rules(tmp_path: Path) -> None:
    found = lint(SOURCE, tmp_path)
    assert (found.returncode, found.stdout) == (0, ""), found.stderr


@pytest.mark.parametrize(
    ("good", "bad", "rule"),
    [
        ("// A voice and its probability.\n", "", "VoiceScore"),
        ("int32 page_size = 1", "int32 pageSize = 1", "pageSize"),
        ("VOICE_QUOTED = 4", "QUOTED = 4", "QUOTED"),
    ],
)
def test_the_linter_finds_what_breaks_them(good: str, bad: str, rule: str, tmp_path: Path) -> None:
    text = SOURCE.read_text(encoding="utf-8")
    assert good in text
    broken = tmp_path / "broken.proto"
    broken.write_text(text.replace(good, bad), encoding="utf-8")
    found = lint(broken, tmp_path / "lint")
    assert found.returncode == 100
    assert rule in found.stdout


def test_the_service_config_is_the_clients() -> None:
    config = json.loads((SOURCE.parent / "slantwise_grpc_service_config.json").read_text(encoding="utf-8"))
    assert config == SERVICE_CONFIG
    (method,) = config["methodConfig"]
    assert "timeout" not in method  # every call has its own
    assert method["retryPolicy"]["retryableStatusCodes"] == ["UNAVAILABLE"]
