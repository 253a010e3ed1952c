"""Analyses as JSON, on stdout or in files always UTF-8."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf import json_format

if TYPE_CHECKING:
    from slantwise import DocumentAnalysis


def to_json(analysis: DocumentAnalysis, *, indent: int | None = None) -> str:
    """Return an analysis as proto3 JSON, on one line unless indented, with the fields that are 0, such as offsets."""
    return json_format.MessageToJson(
        analysis, always_print_fields_with_no_presence=True, ensure_ascii=False, indent=indent
    )
