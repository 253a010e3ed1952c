"""The model: a BERT encoder with a few features beside its pieces, and a linear layer a head.

The encoder is sentence-transformers/all-MiniLM-L6-v2 (Wang et al. 2020; 6 layers, width 384, uncased), read in windows
(`window.py`), with an embedding of letter case and one of layout added to each piece's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from transformers import BertConfig, BertModel, PretrainedConfig, PreTrainedModel

from slantwise_models.heads import OUTPUTS
from slantwise_models.heads.attribution import CHANNELS, POINTER_WIDTH
from slantwise_models.tokens import LAYOUTS, SHAPES

if TYPE_CHECKING:
    from pathlib import Path

LARGE = 20_000  # weights from which a matrix is shipped quantised (`weights.py`)
_ENCODER_SETTINGS = (
    "vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "hidden_act",
    "max_position_embeddings", "type_vocab_size", "layer_norm_eps", "hidden_dropout_prob", "pad_token_id",
)  # fmt: skip

# Dropout inside the encoder costs a fifth of the time on CPUs; what stands before the heads is kept.
_NO_DROPOUT = {"attention_probs_dropout_prob": 0.0, "hidden_dropout_prob": 0.0}


class SlantwiseConfig(PretrainedConfig):  # type: ignore[misc]
    """The shape of the encoder: `encoder` holds a `BertConfig`'s values."""

    model_type = "slantwise"

    def __init__(self, encoder: dict[str, Any] | None = None, **kwargs: Any) -> None:
        self.encoder = encoder or {}
        super().__init__(**kwargs)


class SlantwiseModel(PreTrainedModel):  # type: ignore[misc]
    """The encoder and its heads."""

    config_class = SlantwiseConfig
    base_model_prefix = "slantwise"

    def __init__(self, config: SlantwiseConfig) -> None:
        super().__init__(config)
        bert = BertConfig(**config.encoder, attn_implementation="eager")
        self.encoder = BertModel(bert, add_pooling_layer=False)
        self.shape = nn.Embedding(len(SHAPES), bert.hidden_size)
        self.layout = nn.Embedding(LAYOUTS, bert.hidden_size)
        self.dropout = nn.Dropout(0.1)
        self.outputs = nn.ModuleDict({name: nn.Linear(bert.hidden_size, width) for name, width in OUTPUTS.items()})
        self.pointer_from = nn.Linear(bert.hidden_size, len(CHANNELS) * POINTER_WIDTH)
        self.pointer_to = nn.Linear(bert.hidden_size, len(CHANNELS) * POINTER_WIDTH)
        self.post_init()
        nn.init.zeros_(self.shape.weight)
        nn.init.zeros_(self.layout.weight)

    @classmethod
    def pretrained(cls, folder: Path) -> SlantwiseModel:
        """Return a model whose encoder has the weights of the BERT checkpoint in `folder`, and whose heads are new."""
        encoder = BertModel.from_pretrained(folder, add_pooling_layer=False)
        settings = {name: getattr(encoder.config, name) for name in _ENCODER_SETTINGS}
        model = cls(SlantwiseConfig(encoder=settings | _NO_DROPOUT))
        model.encoder.load_state_dict(encoder.state_dict())
        return model

    def forward(
        self, ids: Tensor, types: Tensor, shapes: Tensor, layouts: Tensor, mask: Tensor | None = None
    ) -> dict[str, Tensor]:
        """Return the logits of every head.

        Args:
            ids: Word pieces, int [B, L].
            types: 1 for the target's pieces, int [B, L].
            shapes: Letter case, int [B, L].
            layouts: Layout, int [B, L].
            mask: 1 where a piece stands, int [B, L]; None when no row is padded.

        Returns:
            For each of `OUTPUTS` logits [B, L, width]; and `pointer`, [B, channels, L from, L to].
        """
        embeddings = self.encoder.embeddings.word_embeddings(ids) + self.shape(shapes) + self.layout(layouts)
        hidden = self.encoder(inputs_embeds=embeddings, token_type_ids=types, attention_mask=mask).last_hidden_state
        hidden = self.dropout(hidden)
        out = {name: layer(hidden) for name, layer in self.outputs.items()}
        batch, length, _ = hidden.shape
        start, goal = (
            layer(hidden).view(batch, length, len(CHANNELS), POINTER_WIDTH).transpose(1, 2)
            for layer in (self.pointer_from, self.pointer_to)
        )
        pointer = start @ goal.transpose(-1, -2) * POINTER_WIDTH**-0.5
        if mask is not None:
            pointer = pointer.masked_fill(~mask.bool()[:, None, None, :], torch.finfo(pointer.dtype).min)
        out["pointer"] = pointer
        return out


def linear_names(model: SlantwiseModel) -> frozenset[str]:
    """Return the names of the weights that are shipped as quantised linear layers."""
    return frozenset(
        f"{name}.weight"
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear) and module.weight.numel() >= LARGE
    )
