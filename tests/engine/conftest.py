"""Engines for laws: the tiny model, and dice, which say anything of any text."""

import zlib

import numpy as np
import pytest

from slantwise_models import package
from slantwise_models.heads import OUTPUTS
from slantwise_models.heads.attribution import CHANNELS
from slantwise_server.engine import Engine

DOCUMENT = """# The bridge

The mayor of Rivertown, Ana Ortiz, said on Monday: “We will be ready,” she said, “and ‘soon’ is the word.”

Reuters wrote:

> “The council voted,” said Marta Ilves. She told the paper that it must.
>
> *Harbour station* said “it is a plan” to the paper.

That is a **shameful** plan. It will be a disaster for the town, the paper said — as Reuters said.

- The ferry is not a bridge.
- Who asked for it?

The views expressed here are those of the author.
"""


class Dice:
    """A backend whose logits are random, but always the same for the same window, and often certain.

    All the pieces of a window point to the same few places, so that sources are found, shared and relayed.
    """

    name = "dice"

    def __init__(self):
        self.runs = 0

    def run(self, window, outputs):
        self.runs += 1
        rng = np.random.default_rng(zlib.crc32(window.ids.tobytes() + window.types.tobytes()))
        length = len(window)
        out = {
            name: rng.normal(0.0, 3.0, (length, OUTPUTS[name])).astype(np.float32)
            for name in outputs
            if name in OUTPUTS
        }
        if "pointer" in outputs:
            pointer = rng.normal(0.0, 1.0, (len(CHANNELS), length, length)).astype(np.float32)
            for channel in range(len(CHANNELS)):
                goals = rng.integers(0, min(length, 12), 2)
                pointer[channel, :, goals[0]] += 8.0
                pointer[channel, ::2, goals[1]] += 8.0
            out["pointer"] = pointer
        return out


@pytest.fixture(scope="session")
def dice_engine(tiny_package):
    """Return an engine that throws dice."""
    engine = Engine(package.load(str(tiny_package)), Dice(), 1)
    yield engine
    engine.close()


@pytest.fixture
def counted(tiny_package):
    """Return an engine that throws dice on one thread, and the dice, which count their throws."""
    dice = Dice()
    engine = Engine(package.load(str(tiny_package)), dice, 1)
    yield engine, dice
    engine.close()


@pytest.fixture(scope="session")
def engines(tiny_engine, dice_engine):
    """Return the engines that laws hold for, by name."""
    return {"tiny": tiny_engine, "dice": dice_engine}


@pytest.fixture(scope="session")
def document():
    """Return a document of Markdown in which there is something of everything."""
    return DOCUMENT
