"""A multilingual content pipeline: detect, translate, review, build, publish."""

__version__ = "0.1.0"
