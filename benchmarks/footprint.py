"""What the CPU service costs before it does any work: installed size, start-up, memory, and the CLI's first answer.

    python benchmarks/footprint.py

Builds a fresh virtual environment with `.[server]` and the model, no torch, and writes `benchmarks/results/footprint.json`.
Times are medians of five runs, in seconds; sizes are in megabytes (10^6 bytes).
"""

import json
import os
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "benchmarks" / "results" / "footprint.json"
SAMPLE = ROOT / "seeds" / "column.md"
RUNS = 5


def folder_megabytes(folder: Path) -> float:
    """Return the size of all files in a folder."""
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file() and not f.is_symlink()) / 1e6


def resident_megabytes(pid: int) -> float:
    """Return the resident memory of a process."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) * 1024 / 1e6


def start(python: Path) -> tuple[float, float]:
    """Return the seconds from process start to SERVING, and the memory then."""
    began = time.perf_counter()
    server = subprocess.Popen(
        [python, "-m", "slantwise_server", "--listen", "127.0.0.1:0", "--log-level", "error"], stdout=subprocess.PIPE
    )
    server.stdout.readline()
    seconds, memory = time.perf_counter() - began, resident_megabytes(server.pid)
    server.send_signal(signal.SIGTERM)
    server.wait(timeout=30)
    return seconds, memory


def analyze(python: Path) -> float:
    """Return the seconds of `slantwise analyze` on a sample with the built-in engine, from start to end."""
    began = time.perf_counter()
    subprocess.run([python, "-m", "slantwise", "analyze", SAMPLE], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def main() -> None:
    """Measure, print and write."""
    with tempfile.TemporaryDirectory() as scratch:
        venv = Path(scratch) / "venv"
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        python = venv / "bin" / "python"
        site = next((venv / "lib").glob("python*/site-packages"))
        before = folder_megabytes(site)
        subprocess.run([python, "-m", "pip", "install", "--quiet", f"{ROOT}"], check=True)
        client = folder_megabytes(site) - before
        subprocess.run([python, "-m", "pip", "install", "--quiet", f"{ROOT}[server]", f"{ROOT}/models/en"], check=True)
        service = folder_megabytes(site) - before
        model = folder_megabytes(site / "slantwise_en")
        start(python)  # the first start compiles the byte code
        starts = [start(python) for _ in range(RUNS)]
        first = statistics.median(analyze(python) for _ in range(RUNS))
    result = {
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "load_average": round(os.getloadavg()[0], 2),
        "client_installed_mb": round(client, 1),
        "service_installed_mb": round(service, 1),
        "model_mb": round(model, 1),
        "serving_after_s": round(statistics.median(seconds for seconds, _ in starts), 2),
        "resident_mb": round(statistics.median(memory for _, memory in starts), 1),
        "cli_analyze_s": round(first, 2),
    }
    RESULT.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
