"""Writes the Python stubs of `slantwise.v1`: messages, services and their types.

    python proto/generate.py [OUTDIR]

OUTDIR is where the package `slantwise` lies, by default clients/python. The generators are pinned in pyproject.toml
(the `proto` dependency group), so the same proto always gives the same bytes.
"""

from __future__ import annotations

import sys
import sysconfig
from importlib.resources import files
from pathlib import Path

import google.rpc
from grpc_tools import protoc

PROTO = Path(__file__).parent
SOURCE = "slantwise/v1/slantwise.proto"


def includes() -> list[str]:
    """Return protoc's import roots: this folder, googleapis-common-protos and protobuf's own types."""
    googleapis = Path(next(iter(google.rpc.__path__))).parents[1]
    return [f"-I{root}" for root in (PROTO, googleapis, files("grpc_tools") / "_proto")]


def generate(out: Path) -> None:
    """Write the stubs under `out`.

    Raises:
        RuntimeError: protoc failed; its own words are on stderr.
    """
    out.mkdir(parents=True, exist_ok=True)
    # protoc looks for its plugins on PATH, where those of this interpreter need not be.
    scripts = Path(sysconfig.get_path("scripts"))
    plugins = [f"--plugin={name}={scripts / name}" for name in ("protoc-gen-mypy", "protoc-gen-mypy_grpc")]
    outputs = [f"--{kind}_out={out}" for kind in ("python", "grpc_python", "mypy", "mypy_grpc")]
    status = protoc.main(["protoc", *includes(), *plugins, *outputs, SOURCE])
    if status:
        raise RuntimeError(f"protoc exited with {status}")


if __name__ == "__main__":
    generate(Path(sys.argv[1]) if len(sys.argv) > 1 else PROTO.parent / "clients" / "python")
