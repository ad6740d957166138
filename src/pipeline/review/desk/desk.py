"""What can be done at the desk, as plain functions of JSON; the server only carries it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from pipeline.config import Settings
from pipeline.content import Library, replace_text
from pipeline.errors import DraftError, PipelineError
from pipeline.review.approve import approve
from pipeline.review.desk.progress import Progress
from pipeline.review.desk.sheet import Sheet
from pipeline.review.desk.shown import findings_json, row_json
from pipeline.translation.glossary import read_glossary
from pipeline.translation.suggest import Suggestions

__all__ = ["Conflict", "Desk"]

_Name = tuple[str, str]


class Conflict(DraftError):
    """The draft's file is not what the page has seen."""


class Desk:
    """The drafts of a site. One request at a time: each is quick but those to an engine, which hold nobody up."""

    def __init__(self, settings: Settings, *, locale: str | None = None) -> None:
        """`locale`: only its drafts."""
        self.settings = settings
        self.locales = [locale] if locale else list(settings.targets)
        self.glossary = read_glossary(settings.root / "glossary.csv")
        self._lock = threading.Lock()
        self._sheets: dict[_Name, Sheet] = {}
        self._suggestions: dict[str, Suggestions] = {}

    def drafts(self) -> dict[str, Any]:
        """All drafts, with how far each has been read."""
        with self._lock:
            library = Library.read(self.settings)
            listed = [
                self._listed(library, locale, key)
                for locale in self.locales
                for key in sorted({*library.drafts[locale].posts, *_unreadable(library, locale)})
            ]
        return {"site": self.settings.site.title, "engines": self.settings.translation.engines, "drafts": listed}

    def _listed(self, library: Library, locale: str, key: str) -> dict[str, Any]:
        found = {"post": key, "locale": locale, "language": self.settings.language(locale)}
        try:
            sheet = Sheet(self.settings, library.pair(key, locale))
            rows = [row for row in sheet.rows if row.changed]
            accepted = Progress(self.settings, locale, key)
        except PipelineError as error:
            return {**found, "title": key, "rows": 0, "accepted": 0, "fault": str(error)}
        title = sheet.snapshot.meta.title or key
        return {
            **found,
            "title": title,
            "rows": len(rows),
            "accepted": sum(row.digest in accepted for row in rows),
            "fault": "",
        }

    def draft(self, locale: str, post: str) -> dict[str, Any]:
        """One draft with all its rows. Raises PipelineError if it cannot be shown."""
        with self._lock:
            return self._whole(self._load(locale, post))

    def edit(self, locale: str, post: str, version: str, row: str, text: str) -> dict[str, Any]:
        """Write another text for a row. Raises Conflict if the file was changed by somebody else."""
        with self._lock:
            sheet = self._sheet(locale, post, version)
            return self._whole(self._write(sheet, sheet.edited(sheet.row(row), text)))

    def accept(self, locale: str, post: str, version: str, row: str, *, accepted: bool) -> dict[str, Any]:
        """Note that a row was read and is right, or is not after all. Its mark goes."""
        with self._lock:
            sheet = self._sheet(locale, post, version)
            found = sheet.row(row)
            progress = Progress(self.settings, locale, post)
            if not accepted:
                progress.take_back(found.digest)
                return self._whole(sheet)
            if found.mark:
                sheet = self._write(sheet, sheet.edited(found, found.text, finished=True))
            progress.accept(sheet.row(row).digest)
            return self._whole(sheet)

    def suggest(self, locale: str, post: str, version: str, row: str, engine: str) -> dict[str, Any]:
        """Other translations of a row: an engine's, or with no `engine` what the memory has. Nothing is written."""
        with self._lock:
            sheet = self._sheet(locale, post, version)
            if locale not in self._suggestions:
                self._suggestions[locale] = Suggestions(self.settings, locale, self.glossary)
        found = sheet.row(row)
        source = self._suggestions[locale]
        if engine:
            if engine not in self.settings.translation.engines:
                raise DraftError(f"`{engine}` is not one of this site's engines.")
            return {"suggestions": [{"text": source.asked(sheet.english, found.bead.source, engine), "origin": engine}]}
        suggestions = [
            {"text": text, "origin": origin} for text, origin in source.remembered(sheet.english, found.bead.source)
        ]
        if found.before and found.before[1] not in {one["text"] for one in suggestions}:
            suggestions.append({"text": found.before[1], "origin": "what is live now"})
        return {"suggestions": [one for one in suggestions if one["text"] != found.text]}

    def approve(self, locale: str, post: str, version: str) -> dict[str, Any]:
        """Move the draft to where it is live. Raises DraftError if something of it has not been accepted."""
        with self._lock:
            sheet = self._sheet(locale, post, version)
            progress = Progress(self.settings, locale, post)
            unread = [row for row in sheet.rows if row.changed and row.digest not in progress]
            if unread:
                raise DraftError(f"{len(unread)} parts have not been accepted.", remedy="Read them first.")
            report = approve(self.settings, [post], locale=locale)
            if report.refused:
                refusal = report.refused[0]
                raise DraftError(refusal.reason, path=sheet.draft.path, line=refusal.line)
            progress.forget()
            self._sheets.pop((locale, post), None)
            self._suggestions.pop(locale, None)  # the memory knows more now
            return {"approved": post}

    def _write(self, sheet: Sheet, made: Sheet) -> Sheet:
        """Put `made`, an edit of `sheet`, on disk."""
        pair = sheet.pair
        if made.draft.text != sheet.draft.text:
            directory = self.settings.drafts(pair.locale)
            before, after = sheet.draft.text.encode(), made.draft.text.encode()
            if not replace_text(directory, str(sheet.draft.file), before, after):
                self._sheets.pop((pair.locale, pair.key), None)
                raise _changed_meanwhile()
        self._sheets[pair.locale, pair.key] = made
        return made

    def _load(self, locale: str, post: str) -> Sheet:
        """The draft as it is on disk."""
        if locale not in self.locales:
            raise DraftError(f"`{locale}` is not on this desk.")
        sheet = Sheet(self.settings, Library.read(self.settings).pair(post, locale))
        known = self._sheets.get((locale, post))
        if known and known.version == sheet.version:
            return known
        self._sheets[locale, post] = sheet
        return sheet

    def _sheet(self, locale: str, post: str, version: str) -> Sheet:
        """The version of a draft that the page shows, if it still is what is on disk."""
        sheet = self._sheets.get((locale, post)) or self._load(locale, post)
        try:
            there = sheet.draft.path.read_bytes() == sheet.draft.text.encode()
        except OSError:
            there = False
        if sheet.version != version or not there:
            self._sheets.pop((locale, post), None)
            raise _changed_meanwhile()
        return sheet

    def _whole(self, sheet: Sheet) -> dict[str, Any]:
        pair = sheet.pair
        progress = Progress(self.settings, pair.locale, pair.key)
        findings, rest = sheet.findings(self.glossary)
        rows = [
            row_json(sheet, row, self.glossary, findings.get(row.key, ()), accepted=row.digest in progress)
            for row in sheet.rows
        ]
        return {
            "post": pair.key,
            "locale": pair.locale,
            "language": self.settings.language(pair.locale),
            "sourceLanguage": self.settings.language(self.settings.source),
            "title": sheet.snapshot.meta.title or pair.key,
            "file": str(sheet.draft.path.relative_to(self.settings.root)),
            "version": sheet.version,
            "behind": bool(pair.source and pair.source.text != sheet.snapshot.text),
            "rows": rows,
            "findings": findings_json(rest),
        }


def _unreadable(library: Library, locale: str) -> Mapping[str, Any]:
    return {name: fault for name, fault in library.drafts[locale].faults.items() if not name.endswith("/")}


def _changed_meanwhile() -> Conflict:
    return Conflict(
        "this draft was changed on disk after it was shown here, so nothing was written.",
        remedy="What the file says now is shown beside what you wrote.",
    )
