"""The trainer's network gives what transformers' gives, and the sliced loss what the plain one gives."""

from pathlib import Path

import pytest
import torch
import transformers

from models.load import load
from models.training import network
from models.training.batches import Batch, Symbols, padded
from models.training.corpus import Link, Pair
from models.training.learner import taken_apart
from models.training.network import Network, constants

PAIRS = [
    Pair([5, 6, 7, 8], [9, 10, 11], [Link(0, 0), Link(1, 0), Link(3, 2)], []),
    Pair([12] * 11, [13, 14, 15, 16, 17, 18, 19, 20, 21], [], []),
    Pair([30], [31], [Link(0, 0)], []),
]


class Part:
    """A checkpoint taken apart, with leaves that gather gradients."""

    def __init__(self, folder: Path) -> None:
        self.model = load(folder)
        self.shape, layout, flat = taken_apart(self.model, folder)
        self.leaves = {n: v.clone().requires_grad_() for n, v in layout.views(flat).items()}
        self.network = Network(self.shape, self.leaves, constants(self.model))
        with torch.no_grad():
            for name, leaf in self.leaves.items():
                self.model.get_parameter(name).copy_(leaf)
        self.model.eval()

    def batch(self) -> Batch:
        return padded(PAIRS, Symbols(0, self.shape.pad))


@pytest.fixture
def part(toy: Path) -> Part:
    torch.set_num_threads(1)
    return Part(toy)


def logits_of(part: Part, batch: Batch) -> torch.Tensor:
    """transformers' logits at the labelled places."""
    made = part.model(
        input_ids=batch.source,
        attention_mask=(batch.source != part.shape.pad).long(),
        decoder_input_ids=batch.shifted,
        output_attentions=True,
    )
    part.attention = made.cross_attentions[-1][:, 0]
    return made.logits.reshape(-1, made.logits.shape[-1])[batch.labelled]


def test_the_loss_is_that_of_transformers(part: Part) -> None:
    part.model.set_attn_implementation("eager")
    batch = part.batch()
    expected = torch.nn.functional.cross_entropy(logits_of(part, batch), batch.labels)
    assert part.network.loss(batch).nll.item() == pytest.approx(expected.item(), abs=1e-5)


@pytest.mark.parametrize("slice_of", [1 << 22, 1000])
def test_gradients_are_those_of_the_plain_smoothed_and_guided_loss(
    part: Part, slice_of: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(network._LOGITS_AT_ONCE, "cpu", slice_of)
    part.model.set_attn_implementation("eager")
    batch = part.batch()
    part.network.loss(batch, smoothing=0.1, guide=0.3).total.backward()
    plain = torch.nn.functional.cross_entropy(
        logits_of(part, batch), batch.labels, label_smoothing=0.1
    )
    linked = [part.attention[0, 0, 0] + part.attention[0, 0, 1], part.attention[0, 2, 3]]
    linked.append(part.attention[2, 0, 0])
    guided = -torch.stack(linked).log().mean()
    (plain + 0.3 * guided).backward()
    for name, leaf in part.leaves.items():
        expected = part.model.get_parameter(name).grad
        if name == network.EMBEDDING:  # the padding vector is no weight: the learner keeps it at 0
            expected[part.shape.pad] = leaf.grad[part.shape.pad] = 0
        torch.testing.assert_close(leaf.grad, expected, atol=1e-5, rtol=1e-4, msg=name)


@pytest.mark.parametrize("slice_of", [1 << 22, 1000])
def test_consistency_is_the_divergence_of_two_drawings(
    slice_of: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R-Drop's loss, written out plainly, has the same gradients."""
    monkeypatch.setitem(network._LOGITS_AT_ONCE, "cpu", slice_of)
    random = torch.Generator().manual_seed(1)
    shapes = ((14, 8), (50, 8), (50,))
    inputs = [torch.randn(shape, generator=random, requires_grad=True) for shape in shapes]
    labels = torch.randint(50, (7,), generator=random).repeat(2)
    network._Softmax.apply(*inputs, labels, 0.1, 0.7).backward()
    made = [x.grad for x in inputs[:2]]
    for x in inputs:
        x.grad = None
    states, embedding, bias = inputs
    log_p = (states @ embedding.t() + bias).log_softmax(1)
    one, other = log_p.chunk(2)
    apart = [
        torch.nn.functional.kl_div(a, b, log_target=True, reduction="sum")
        for a, b in ((one, other), (other, one))
    ]
    plain = torch.nn.functional.cross_entropy(log_p, labels, label_smoothing=0.1)
    (plain + 0.7 * 0.5 * sum(apart) / len(labels)).backward()
    for ours, expected in zip(made, inputs, strict=False):
        torch.testing.assert_close(ours, expected.grad)


def test_a_pair_computed_twice_without_dropout_costs_the_same(part: Part) -> None:
    batch = part.batch()
    once, twice = (part.network.loss(batch, guide=0.3, consistency=c) for c in (0.0, 2.0))
    torch.testing.assert_close(twice.nll, once.nll)
    torch.testing.assert_close(twice.guide, once.guide)


def test_padding_changes_nothing(part: Part) -> None:
    """The mean over three pairs in one batch is that of the pairs alone."""
    alone = [part.network.loss(padded([pair], Symbols(0, part.shape.pad))).nll for pair in PAIRS]
    sizes = torch.tensor([len(pair.target) + 1.0 for pair in PAIRS])
    expected = (torch.stack(alone) * sizes).sum() / sizes.sum()
    torch.testing.assert_close(part.network.loss(part.batch()).nll, expected, atol=1e-5, rtol=1e-5)


def test_dropout_keeps_the_mean(part: Part) -> None:
    torch.manual_seed(1)
    dropped = part.network._drop(torch.ones(400, 500), 0.25)
    assert dropped.unique().tolist() == [0.0, pytest.approx(1 / 0.75)]
    assert dropped.mean().item() == pytest.approx(1, abs=0.01)
    assert part.network._drop(dropped, 0.0) is dropped


def test_separate_embeddings_are_refused() -> None:
    config = transformers.MarianConfig(share_encoder_decoder_embeddings=False).to_dict()
    with pytest.raises(network.CheckpointError, match="one joint vocabulary"):
        network.Shape.of(config)
