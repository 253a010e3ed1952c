"""Who may listen where, and who may call."""

import shutil
import subprocess

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from slantwise.v1 import slantwise_pb2 as pb
from slantwise.v1 import slantwise_pb2_grpc as pb_grpc
from slantwise_server import ServerConfig, StartError

LOCAL = ["127.0.0.1:0", "127.8.9.1:50051", "localhost:50051", "[::1]:50051", "unix:/tmp/slantwise.sock"]
OPEN = ["0.0.0.0:50051", "[::]:50051", "192.0.2.7:50051", "example.org:50051", ":50051"]
TLS = {"tls_cert": "cert.pem", "tls_key": "key.pem"}


@pytest.mark.parametrize("listen", LOCAL)
def test_the_loopback_needs_nothing(listen):
    assert ServerConfig(listen=listen).listen == listen


@pytest.mark.parametrize("listen", OPEN)
@pytest.mark.parametrize("partly", [{}, TLS, {"token_file": "token"}])
def test_the_network_needs_tls_and_a_token_and_the_error_says_so(listen, partly):
    with pytest.raises(ValueError, match=r"--tls-cert, --tls-key and --token-file, or --insecure"):
        ServerConfig(listen=listen, **partly)


@pytest.mark.parametrize("listen", OPEN)
@pytest.mark.parametrize("guard", [{"insecure": True}, {**TLS, "token_file": "token"}])
def test_the_network_is_served_with_a_guard_or_on_demand(listen, guard):
    assert ServerConfig(listen=listen, **guard).listen == listen


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"listen": "localhost"}, "HOST:PORT"),
        ({"listen": "localhost:http"}, "HOST:PORT"),
        ({"listen": "localhost:65536"}, "HOST:PORT"),
        ({"listen": "localhost:-1"}, "HOST:PORT"),
        ({"listen": ""}, "HOST:PORT"),
        ({"threads": 0}, "--threads"),
        ({"max_in_flight": 0}, "--max-in-flight"),
        ({"drain_seconds": -1}, "--drain-seconds"),
        ({"tls_cert": "cert.pem"}, "--tls-cert and --tls-key"),
        ({"tls_key": "key.pem"}, "--tls-cert and --tls-key"),
    ],
)
def test_a_wrong_option_is_named(options, message):
    with pytest.raises(ValueError, match=message):
        ServerConfig(**options)


@pytest.fixture
def token_file(tmp_path):
    path = tmp_path / "token"
    path.write_text("correct-horse\n")
    return path


@pytest.mark.parametrize(
    ("metadata", "code"),
    [
        ([], "UNAUTHENTICATED"),
        ([("authorization", "correct-horse")], "UNAUTHENTICATED"),
        ([("authorization", "Bearer wrong")], "UNAUTHENTICATED"),
        ([("authorization", "Bearer ")], "UNAUTHENTICATED"),
        ([("authorization", "Bearer correct-horse"), ("authorization", "Bearer wrong")], "UNAUTHENTICATED"),
        ([("authorization", "Bearer correct-horse")], "OK"),
    ],
)
def test_a_call_needs_the_token(*, serve, rules, failure, request_for, token_file, metadata, code):
    with serve(rules, token_file=token_file) as serving:
        call = serving.stub.AnalyzeDocument
        if code == "OK":
            assert call(request_for(), metadata=metadata).analysis.paragraphs
            return
        for attempt in (
            lambda: call(request_for(), metadata=metadata),
            lambda: list(serving.stub.StreamAnalyzeDocuments(iter(()), metadata=metadata)),
        ):
            with pytest.raises(grpc.RpcError) as raised:
                attempt()
            assert (failure(raised.value).code, failure(raised.value).reason) == (code, code)


def test_health_needs_no_token(serve, rules, token_file):
    with serve(rules, token_file=token_file) as serving:
        answer = health_pb2_grpc.HealthStub(serving.channel).Check(health_pb2.HealthCheckRequest())
    assert answer.status == health_pb2.HealthCheckResponse.SERVING


@pytest.mark.parametrize("content", [None, "", " \n"])
def test_a_token_file_without_a_token_is_a_start_error(serve, rules, tmp_path, content):
    path = tmp_path / "token"
    if content is not None:
        path.write_text(content)
    with pytest.raises(StartError, match=str(path)), serve(rules, token_file=path):
        pass


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes the certificate")
def test_tls_is_spoken_to_those_who_trust_the_certificate(serve, rules, tmp_path):
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-out", cert, "-keyout", key],
        check=True, capture_output=True,
    )  # fmt: skip
    with serve(rules, listen="localhost:0", tls_cert=cert, tls_key=key) as serving:
        with pytest.raises(grpc.RpcError) as raised:
            serving.stub.ListModels(pb.ListModelsRequest())
        assert raised.value.code() is grpc.StatusCode.UNAVAILABLE
        with grpc.secure_channel(serving.address, grpc.ssl_channel_credentials(cert.read_bytes())) as channel:
            assert pb_grpc.RhetoricServiceStub(channel).ListModels(pb.ListModelsRequest()).models
