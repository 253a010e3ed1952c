"""Pages of models hold each model once, in order."""

import pytest

from slantwise import errors
from slantwise.v1 import slantwise_pb2 as pb
from slantwise_server.grpc.validate import page


@pytest.mark.parametrize("total", [1, 2, 7, 250])
@pytest.mark.parametrize("size", [0, 1, 3, 100, 1_000])
def test_the_pages_together_are_the_list(total, size):
    seen, token = [], ""
    while True:
        indices = page(pb.ListModelsRequest(page_size=size, page_token=token), total)
        assert 0 < len(indices) <= (size or 100)
        seen += indices
        if indices.stop == total:
            break
        token = str(indices.stop)
    assert seen == list(range(total))


@pytest.mark.parametrize("token", ["0", "3", "-1", "01", " 1", "one"])
def test_a_token_that_was_not_given_is_refused(token):
    with pytest.raises(errors.BadPage):
        page(pb.ListModelsRequest(page_token=token), 3)
