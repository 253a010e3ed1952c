"""The base install: a small wheel that can run the client and the CLI against a server elsewhere, and nothing else."""

import subprocess
import sys
import venv

import pytest

MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def wheel(root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, root]
    subprocess.run(command, check=True, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel, tmp_path_factory):
    """Return the Python of an environment that holds the wheel and what it asks for."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder, with_pip=True)
    subprocess.run([folder / "bin" / "pip", "install", "--quiet", wheel], check=True, cwd=folder)
    return folder / "bin" / "python"


def test_it_is_small(wheel):
    assert wheel.stat().st_size < MEGABYTE


@pytest.mark.timeout(300)
def test_the_client_and_the_cli_run_on_it_alone(python, address, tmp_path):
    def run(*command):
        return subprocess.run(command, check=True, capture_output=True, text=True, cwd=tmp_path).stdout

    absent = run(
        python,
        "-c",
        "import importlib.util as u; print([m for m in ('numpy', 'torch', 'onnxruntime') if u.find_spec(m)])",
    )
    assert absent.strip() == "[]"
    code = f"import slantwise; print(len(slantwise.Client({address!r}).analyze('It must stop. Now.').voice_segments))"
    assert run(python, "-c", code).strip() == "2"
    (tmp_path / "a.txt").write_text("The council must act.", "utf-8")
    slantwise = python.parent / "slantwise"
    assert "must act" in run(slantwise, "analyze", "a.txt", "--server", address)
    run(slantwise, "score", "a.txt", "-o", "out.jsonl", "--server", address)
    assert '"documentId"' in (tmp_path / "out.jsonl").read_text("utf-8")


def test_without_the_engine_it_says_what_to_install(python, tmp_path):
    (tmp_path / "a.txt").write_text("The council must act.", "utf-8")
    done = subprocess.run(
        [python, "-m", "slantwise", "analyze", "a.txt"], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode != 0
    assert "slantwise[server]" in done.stderr
