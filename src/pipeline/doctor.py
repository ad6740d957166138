"""`pipeline doctor`: try what a run needs, before a run does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.config import CONFIG_NAME, Settings, load
from pipeline.console import shown, told
from pipeline.content import Library
from pipeline.errors import PipelineError

__all__ = ["Finding", "examine"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One check and what it says: how it stands, or what to mend."""

    check: str
    fine: bool
    says: str

    def to_json(self) -> dict[str, object]:
        """All fields by name."""
        return {"check": self.check, "fine": self.fine, "says": self.says}


def examine(root: Path) -> list[Finding]:
    """Every check; the later ones need a configuration that can be read."""
    try:
        settings = load(root)
    except PipelineError as error:
        return [Finding("configuration", fine=False, says=told(error))]
    findings = [Finding("configuration", fine=True, says=f"{shown(settings.root / CONFIG_NAME)} is valid")]
    for check in (_content, _glossary, _memory, _engines, _target):
        findings.extend(_safely(check, settings))
    return findings


def _safely(check: Callable[[Settings], Iterator[Finding]], settings: Settings) -> Iterator[Finding]:
    try:
        yield from check(settings)
    except PipelineError as error:
        yield Finding(check.__name__.strip("_"), fine=False, says=told(error))


def _content(settings: Settings) -> Iterator[Finding]:
    library = Library.read(settings)
    for error in library.problems:
        yield Finding("posts", fine=False, says=told(error))
    number = len(library.source.posts)
    where = shown(settings.content(settings.source))
    yield Finding("posts", fine=bool(number), says=f"{number} in {where}" if number else f"there are none in {where}")


def _glossary(settings: Settings) -> Iterator[Finding]:
    from pipeline.translation.glossary import read_glossary

    number = len(read_glossary(settings.root / "glossary.csv").terms)
    yield Finding("glossary", fine=True, says=f"{number} term{'s' if number != 1 else ''}")


def _memory(settings: Settings) -> Iterator[Finding]:
    from pipeline.translation.known import imported, memory_file

    for locale in settings.targets:
        if memory_file(settings, locale).exists():
            file = imported(settings, locale)
            lost = f", {len(file.skipped)} that are no use" if file.skipped else ""
            says = f"{len(file.entries)} pairs in {shown(memory_file(settings, locale))}{lost}"
            yield Finding("memory", fine=True, says=says)


def _engines(settings: Settings) -> Iterator[Finding]:
    from pipeline.translation.engines import make_engine

    for name in settings.translation.engines:
        try:
            engine = make_engine(name, settings.engine(name))
            for locale in [settings.source, *settings.targets]:
                engine.language(settings.language(locale))
        except PipelineError as error:
            yield Finding(f"engine {name}", fine=False, says=told(error))
        else:
            yield Finding(f"engine {name}", fine=True, says="configured; whether it answers shows when it is asked")


def _target(settings: Settings) -> Iterator[Finding]:
    from pipeline.publishing.examine import examine_target

    for check, fine, says in examine_target(settings.publish, root=settings.root, site=settings.public):
        yield Finding("target" if check == "target" else f"target's {check}", fine, says)
