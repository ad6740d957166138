"""The chain of engines that translates into a locale."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from pipeline.config import Settings
from pipeline.translation.ask import Asker
from pipeline.translation.dispatch import Budget, Dispatcher
from pipeline.translation.engines import make_engine
from pipeline.translation.glossary import Glossary
from pipeline.translation.journal import Answers, Journal
from pipeline.translation.typography import is_simplified, tidy_pieces

__all__ = ["asker_for"]

_NO_PLURALS = frozenset({"zh", "ja", "ko", "th", "vi"})


def asker_for(
    settings: Settings,
    locale: str,
    glossary: Glossary,
    engines: Sequence[str],
    budget: Budget,
    journal: Answers | Journal | None = None,
) -> Asker:
    """A chain of engines that translates into a locale. Without a `journal` nothing is remembered."""
    chain = [(make_engine(name, settings.engine(name)), settings.engine(name)) for name in engines]
    target = settings.language(locale)
    dispatcher = Dispatcher(
        chain,
        source=settings.language(settings.source),
        target=target,
        journal=journal,
        terms={term.source: term.target for term in glossary.terms if term.target},
        budget=budget,
    )
    plurals = target.split("-")[0].lower() not in _NO_PLURALS
    tidy = partial(tidy_pieces, spacing=settings.translation.spacing) if is_simplified(target) else tuple
    return Asker(dispatcher, glossary, plurals=plurals, tidy=tidy)
