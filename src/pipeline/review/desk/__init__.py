"""The review desk: a page on loopback on which drafts are read, edited and approved."""

from pipeline.review.desk.desk import Desk
from pipeline.review.desk.server import serve_desk

__all__ = ["Desk", "serve_desk"]
