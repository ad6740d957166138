"""The dialect, segments and inline markup."""

from pipeline.markdown.dialect import commonmark, dialect
from pipeline.markdown.emit import Composed, compose, composed
from pipeline.markdown.pieces import Piece
from pipeline.markdown.skeleton import difference
from pipeline.markdown.tags import SPELLINGS, Spelling, read_answer
from pipeline.markdown.units import Segment, Unit, field_unit, parse_units

__all__ = [
    "SPELLINGS",
    "Composed",
    "Piece",
    "Segment",
    "Spelling",
    "Unit",
    "commonmark",
    "compose",
    "composed",
    "dialect",
    "difference",
    "field_unit",
    "parse_units",
    "read_answer",
]
