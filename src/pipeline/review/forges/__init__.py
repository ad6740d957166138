"""Forges, behind one Protocol."""

from pipeline.review.forges.base import Forge, ForgeFault, Note, Pull
from pipeline.review.forges.choose import choose, login
from pipeline.review.forges.where import Where, where

__all__ = ["Forge", "ForgeFault", "Note", "Pull", "Where", "choose", "login", "where"]
