"""Where a client connects in the clear and where it does not, the public face, and what an import costs."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import slantwise
from slantwise._channel import Endpoint, is_local
from slantwise.v1 import slantwise_pb2 as pb

LOCAL = [
    "localhost", "localhost:50051", "127.0.0.1:50051", "127.9.9.9", "[::1]:50051", "::1", "unix:/run/s.sock",
    "unix:s.sock", "unix:///run/s.sock", "unix-abstract:s", "dns:localhost:50051", "dns:///127.0.0.1:50051",
    "dns://8.8.8.8/localhost:50051", "ipv4:127.0.0.1:50051,127.0.0.2:50051", "ipv6:[::1]:50051",
]  # fmt: skip
REMOTE = [
    "example.org:443", "10.0.0.1:50051", "0.0.0.0:50051", "[2001:db8::1]:50051", "2001:db8::1", "localhost.example.org",
    "127.0.0.1.example.org:443", "dns:///example.org:443", "dns://127.0.0.1/example.org", "ipv4:127.0.0.1:1,10.0.0.1:1",
    "unixish:50051", "xds:///127.0.0.1", "", "127.1:50051",
]  # fmt: skip


@pytest.mark.parametrize("target", LOCAL)
def test_this_machine_is_reached_in_the_clear_past_any_proxy(target: str) -> None:
    assert is_local(target)
    assert Endpoint(target).channel_credentials is None
    assert ("grpc.enable_http_proxy", 0) in Endpoint(target).options
    assert Endpoint(target, tls=True).channel_credentials is not None
    assert Endpoint(target, token="t0k").metadata == (("authorization", "Bearer t0k"),)


@pytest.mark.parametrize("target", REMOTE)
def test_any_other_is_reached_by_tls_unless_told_otherwise(target: str) -> None:
    assert not is_local(target)
    assert Endpoint(target).channel_credentials is not None
    assert ("grpc.enable_http_proxy", 0) not in Endpoint(target).options
    assert Endpoint(target, tls=False).channel_credentials is None
    Endpoint(target, token="t0k")
    with pytest.raises(ValueError, match="in the clear"):
        Endpoint(target, token="t0k", tls=False)


def test_an_endpoint_does_not_show_its_token() -> None:
    assert "t0k" not in repr(Endpoint("localhost", token="t0k"))


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=40), data=st.data())
@pytest.mark.parametrize(
    ("encoding", "codec", "width"), [("UTF32", "utf-32-le", 4), ("utf16", "utf-16-le", 2), (3, "utf-8", 1)]
)
def test_a_span_is_the_same_text_in_every_encoding(encoding, codec, width, text: str, data) -> None:
    begin = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(begin, len(text)))
    units = [len(text[:at].encode(codec)) // width for at in (begin, end)]
    assert slantwise.slice_span(text, pb.Span(begin=units[0], end=units[1]), encoding) == text[begin:end]


@pytest.mark.parametrize(
    ("begin", "end", "encoding"),
    [(0, 4, "UTF32"), (-1, 1, "UTF32"), (2, 1, "UTF32"), (1, 2, "UTF16"), (0, 2, "UTF8")],
)
def test_a_span_that_is_not_of_the_text_is_refused(begin: int, end: int, encoding: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - what cuts a character is the codec's to tell
        slantwise.slice_span("😀ab", pb.Span(begin=begin, end=end), encoding)


def test_a_span_has_a_known_encoding() -> None:
    for encoding in ("latin1", 9):
        with pytest.raises(slantwise.UnknownEnumValue):
            slantwise.slice_span("ab", pb.Span(begin=0, end=1), encoding)


def test_all_is_sorted_there_and_all_there_is() -> None:
    assert slantwise.__all__ == sorted(slantwise.__all__)
    submodules = {"errors", "v1", "cli"}
    public = {name for name in vars(slantwise) if not name.startswith("_")} - submodules
    assert public == set(slantwise.__all__)
    assert {error.__name__ for error in slantwise.errors.ERRORS} <= public


def test_importing_the_client_loads_nothing_heavy() -> None:
    heavy = "{'numpy', 'torch', 'onnxruntime', 'transformers', 'slantwise_server', 'slantwise_models', 'rich', 'click'}"
    code = f"import sys, slantwise; print(sorted({heavy} & {{name.split('.')[0] for name in sys.modules}}))"
    found = subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, capture_output=True, text=True)
    assert found.stdout == "[]\n"


def test_importing_the_command_line_does_not_load_the_server() -> None:
    heavy = "{'numpy', 'torch', 'onnxruntime', 'slantwise_server', 'slantwise_models'}"
    code = f"import sys, slantwise.cli; print(sorted({heavy} & {{name.split('.')[0] for name in sys.modules}}))"
    found = subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, capture_output=True, text=True)
    assert found.stdout == "[]\n"
