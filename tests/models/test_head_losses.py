"""What the heads learn from: their losses are those of torch, over labelled pieces and groups of pieces."""

import pytest
import torch
from torch.nn import functional

from slantwise_models.heads import HEADS, OUTPUTS, attribution, frames, loaded, stance, voice
from slantwise_models.heads._math import (
    IGNORED,
    binary_cross_entropy,
    by_run,
    cross_entropy,
    group_attention,
    group_mean,
)


@pytest.fixture
def random():
    """Return a generator of random tensors."""
    return torch.Generator().manual_seed(3)


def ignoring(labels, random):
    """Return labels with a third of them ignored."""
    return labels.masked_fill(torch.rand(labels.shape, generator=random) < 0.3, IGNORED)


@pytest.mark.parametrize("smoothing", [0.0, 0.05, 0.5])
@pytest.mark.parametrize("shape", [(7,), (3, 11)])
def test_cross_entropy_is_that_of_torch(random, shape, smoothing):
    logits = 4 * torch.randn((*shape, 5), generator=random)
    labels = ignoring(torch.randint(0, 5, shape, generator=random), random)
    theirs = functional.cross_entropy(
        logits.reshape(-1, 5), labels.reshape(-1), ignore_index=IGNORED, label_smoothing=smoothing
    )
    torch.testing.assert_close(cross_entropy(logits, labels, smoothing), theirs)


def test_weights_count_for_as_many_labels(random):
    logits = torch.randn(2, 3, 5, generator=random)
    labels = torch.tensor([[1, 4, IGNORED], [0, 0, 2]])
    weights = torch.tensor([[1.0, 2.0, 9.0], [1.0, 1.0, 3.0]])
    again = [logits[0, 0], *[logits[0, 1]] * 2, logits[1, 0], logits[1, 1], *[logits[1, 2]] * 3]
    many = functional.cross_entropy(torch.stack(again), torch.tensor([1, 4, 4, 0, 0, 2, 2, 2]))
    torch.testing.assert_close(cross_entropy(logits, labels, weights=weights), many)


def test_a_run_of_labels_weighs_the_root_of_its_length():
    weights = by_run(torch.tensor([[3, 3, 3, 3, 1, 0, 0]]))
    torch.testing.assert_close(weights, torch.tensor([[0.5] * 4 + [1.0] + [0.5**0.5] * 2]))


@pytest.mark.parametrize("weight", [1.0, 1.5, 3.0])
@pytest.mark.parametrize("spread", [1.0, 60.0])
def test_binary_cross_entropy_is_that_of_torch(random, weight, spread):
    logits = spread * torch.randn((4, 9), generator=random)
    labels = ignoring(torch.randint(0, 2, (4, 9), generator=random), random)
    kept = labels != IGNORED
    theirs = functional.binary_cross_entropy_with_logits(
        logits[kept], labels[kept].float(), pos_weight=torch.tensor(weight)
    )
    torch.testing.assert_close(binary_cross_entropy(logits, labels, weight), theirs)


@pytest.mark.parametrize("loss", [cross_entropy, binary_cross_entropy])
def test_nothing_labelled_is_no_loss(random, loss):
    logits = torch.randn((2, 3, 5) if loss is cross_entropy else (2, 3), generator=random, requires_grad=True)
    value = loss(logits, torch.full((2, 3), IGNORED))
    value.backward()
    assert value.item() == 0.0
    assert logits.grad.abs().sum() == 0.0


@pytest.fixture
def groups():
    """Return three groups over two rows of six pieces, the second row padded after four."""
    where = torch.tensor([[0, 1, 1, 0, 0, 0], [1, 0, 0, 1, 0, 0], [1, 1, 1, 1, 0, 0]], dtype=torch.bool)
    return where, torch.tensor([0, 1, 1])


def test_the_mean_of_a_group_is_over_its_pieces_alone(random, groups):
    where, rows = groups
    logits = torch.randn((2, 6, 3), generator=random)
    by_hand = torch.stack([logits[row][chosen].mean(0) for chosen, row in zip(where, rows, strict=True)])
    torch.testing.assert_close(group_mean(logits, where, rows), by_hand)
    logits[1, 4:] = 1e4  # what stands in the padding
    torch.testing.assert_close(group_mean(logits, where, rows), by_hand)


def test_a_group_is_weighed_in_training_as_in_decoding(random, groups):
    where, rows = groups
    logits = torch.randn((2, 6, 4), generator=random)
    learned = group_attention(logits, where, rows).softmax(-1)
    read = [
        torch.from_numpy(stance.over(logits[row][chosen].numpy(), 1.0)) for chosen, row in zip(where, rows, strict=True)
    ]
    torch.testing.assert_close(learned, torch.stack(read))
    logits[1, 4:] = 1e3
    torch.testing.assert_close(group_attention(logits, where, rows).softmax(-1), learned)


def test_pointers_learn_any_of_the_right_pieces(random):
    pointer = 3 * torch.randn((2, 4, 6, 6), generator=random)
    pieces = {"role": 2 * torch.randn((2, 6, 7), generator=random), "pointer": pointer}
    role = torch.randint(0, 7, (2, 6), generator=random)
    starts = torch.tensor([[0, 1, 2], [1, 3, 5], [1, 0, 0]])
    to = torch.zeros((3, 6), dtype=torch.bool)
    to[0, 4] = to[1, 0] = to[2, 1] = to[2, 3] = True
    chances = torch.stack([pointer[b, c, f].softmax(-1) for b, c, f in starts.tolist()])
    by_hand = -(chances * to).sum(-1).log().mean()
    roles = functional.cross_entropy(pieces["role"].transpose(1, 2), role)
    torch.testing.assert_close(attribution.loss(pieces, {"role": role}), roles)
    ours = attribution.loss(pieces, {"role": role, "pointer_from": starts, "pointer_to": to})
    torch.testing.assert_close(ours, roles + by_hand)


def test_losses_of_groups_are_those_of_their_means(random, groups):
    where, rows = groups
    outputs = {name: torch.randn((2, 6, width), generator=random) for name, width in OUTPUTS.items()}
    labels = {
        f"{name}_{part}": value
        for name in ("frames", "mention", "bias")
        for part, value in (("group", where), ("row", rows))
    }
    many = torch.randint(0, 2, (3, len(frames.FRAMES)), generator=random)
    one = torch.tensor([0, 2, 1])
    torch.testing.assert_close(
        frames.loss(outputs, labels | {"frames": many}),
        4 * binary_cross_entropy(group_mean(outputs["frames"], where, rows), many, 1.5),
    )
    torch.testing.assert_close(
        stance.loss(outputs, labels | {"mention": one}),
        functional.cross_entropy(group_mean(outputs["mention"], where, rows), one, label_smoothing=0.05),
    )
    words = ignoring(torch.randint(0, 2, (2, 6), generator=random), random)
    alone = loaded.loss(outputs, {"loaded": words})
    biased = torch.tensor([1, 0, 1])
    torch.testing.assert_close(
        loaded.loss(outputs, labels | {"loaded": words, "bias": biased}) - alone,
        binary_cross_entropy(group_mean(outputs["bias"], where, rows).squeeze(-1), biased),
    )


def test_a_voice_and_what_the_author_does_are_learned_together(random):
    outputs = {name: torch.randn((2, 6, 5), generator=random) for name in ("voice", "kind")}
    labels = {name: ignoring(torch.randint(0, 5, (2, 6), generator=random), random) for name in ("voice", "kind")}
    each = {
        name: functional.cross_entropy(
            outputs[name].transpose(1, 2), labels[name], ignore_index=IGNORED, label_smoothing=0.05, reduction="none"
        )
        for name in outputs
    }
    kept = {name: labels[name] != IGNORED for name in labels}
    weights = by_run(labels["voice"])[kept["voice"]]
    of_voice = (each["voice"][kept["voice"]] * weights).sum() / weights.sum()
    torch.testing.assert_close(voice.loss(outputs, labels), of_voice + 0.5 * each["kind"][kept["kind"]].mean())


def test_every_head_has_a_loss():
    assert all(callable(head.loss) for head in HEADS.values())
