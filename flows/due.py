"""What has become due since the site was last published, by whomever: by an edit, or by a date.

The published manifest tells what the site was made from, and how long it holds; nothing is remembered here, so that a
fresh clone knows as much as the one before.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flows.inputs import inputs
from pipeline.config import Settings
from pipeline.content import Library
from pipeline.publishing import Current
from pipeline.site.articles import articles
from pipeline.site.remembered import dates

__all__ = ["due", "made_from"]

_SHOWN = 3
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class _Made:
    """Of a published site: its `inputs`, and the `first` and `last` moment (None: none) at which it comes of them."""

    inputs: dict[str, str]
    first: datetime | None
    last: datetime | None


def due(settings: Settings, found: Mapping[str, str], current: Current | None, now: datetime) -> str:
    """Why a site that is made at `now` from what was `found` is not the `current` one; empty if it is."""
    if current is None:
        return "no release is published"
    made = _read(current.made_from)
    if made is None:
        return "it is not said what the published site was made from"
    if changed := [f"the {name}" for name in found if found[name] != made.inputs.get(name)]:
        return f"{' and '.join(changed)} changed"
    if made.last and now > made.last:
        return _passed(settings, made.last, now)
    if made.first and now < made.first:
        return _passed(settings, made.first, now)
    return "" if current.settled else "something is left to be done where it is published"


def made_from(settings: Settings, found: Mapping[str, str], now: datetime) -> str:
    """What to note with a site that was built at `now` from what was `found` before; empty if that has changed since.

    Raises nothing: a post that cannot be read has no dates.
    """
    known = list(dates(Library.read(settings), ZoneInfo(settings.site.timezone)))
    if inputs(settings) != found:
        return ""
    since = max((date for date in known if date <= now), default=None)
    until = min((date for date in known if date > now), default=None)
    span = {"since": since.isoformat() if since else "", "until": until.isoformat() if until else ""}
    return json.dumps({**found, **span}, separators=(",", ":"))


def _read(text: str) -> _Made | None:
    """What `made_from` wrote; None for anything else."""
    try:
        said = json.loads(text)
        since, until = (datetime.fromisoformat(date) if date != "" else None for date in (said["since"], said["until"]))
        if any(date and date.tzinfo is None for date in (since, until)):
            return None
        return _Made(said, since, until and until - _MOMENT)
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None


def _passed(settings: Settings, then: datetime, now: datetime) -> str:
    library = Library.read(settings)
    before, after = (
        {f"{key} ({locale})" for locale, keys in articles(settings, library, at, drafts=False).items() for key in keys}
        for at in (then, now)
    )
    told = {"appeared": after - before, "went": before - after}
    return "; ".join(f"{_named(posts)} {what}" for what, posts in told.items() if posts) or "a date has come"


def _named(posts: Iterable[str]) -> str:
    names = sorted(posts)
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
