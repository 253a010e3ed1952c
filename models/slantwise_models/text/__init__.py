"""From a document to its paragraphs, sentences and quotations, all on the offsets of one text."""

from slantwise_models.text.document import Block, Document
from slantwise_models.text.prose import Prose
from slantwise_models.text.quotation import quotation_depths
from slantwise_models.text.reader import read
from slantwise_models.text.sentence import sentences

__all__ = ["Block", "Document", "Prose", "quotation_depths", "read", "sentences"]
