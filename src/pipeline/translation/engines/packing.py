"""Which texts go into one request."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pipeline.translation.engines.base import Request

__all__ = ["pack_requests"]


def pack_requests(
    requests: Iterable[Request],
    max_characters: int,
    max_texts: int,
    size: Callable[[Request], int] = lambda request: len(request.text),
) -> list[list[Request]]:
    """Runs of `requests`, in order, as long as the limits allow.

    A pack's length is that of its texts joined by line feeds; `size` is that of one. A text that is too long by itself
    is a pack of its own.
    """
    packs: list[list[Request]] = []
    length = 0
    for request in requests:
        characters = size(request)
        length += characters + 1
        if not packs or length - 1 > max_characters or len(packs[-1]) >= max_texts:
            packs.append([])
            length = characters + 1
        packs[-1].append(request)
    return packs
