"""The README keeps its word."""

import re


def test_the_python_example_runs_as_written(root, address, capsys):
    (code,) = re.findall(r"```python\n(.*?)```", (root / "README.md").read_text("utf-8"), re.DOTALL)
    assert "127.0.0.1:50051" in code
    exec(compile(code.replace("127.0.0.1:50051", address), "README.md", "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    assert "must close it." in lines[-1]


def test_it_opens_with_the_two_commands(root):
    first = re.search(r"```sh\n(.*?)```", (root / "README.md").read_text("utf-8"), re.DOTALL)[1]
    assert [line.split("#")[0].strip() for line in first.splitlines()] == ["make demo", "make test"]
