"""TMX files, ours and those of other tools, read with suspicion: no entities, no document types, no network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat  # what is dangerous in XML is refused below

from pipeline.errors import ConfigError
from pipeline.markdown import Piece, Segment
from pipeline.translation.entries import Entry, tag_numbers, tag_values
from pipeline.translation.tmx.seg import Seg
from pipeline.translation.tmx.tags import CREATOR

__all__ = ["Languages", "TmxFile", "read_tmx"]

_DEEPEST = 40
_CHINESE = {"cn": "hans", "sg": "hans", "my": "hans", "tw": "hant", "hk": "hant", "mo": "hant"}


@dataclass(frozen=True, slots=True)
class Languages:
    """The pair of languages to look for, as BCP 47 tags."""

    source: str
    target: str

    def pick(self, variants: Mapping[str, Seg]) -> tuple[Seg, Seg] | None:
        """The two texts of a unit; None if one of them is missing."""
        ours, theirs = _variant(variants, self.source), _variant(variants, self.target)
        return (ours, theirs) if ours and theirs and ours is not theirs else None


@dataclass(frozen=True, slots=True)
class TmxFile:
    """The pairs of a file, (line, reason) of each unit that cannot be used, and whether this program wrote it."""

    entries: tuple[Entry, ...] = ()
    skipped: tuple[tuple[int, str], ...] = ()
    own: bool = True


def read_tmx(path: Path, languages: Languages, *, name: str = "") -> TmxFile:
    """Read a file; `name` is what its entries say they are from (default: its path).

    Raises ConfigError, with the line, for what is no TMX or might be an attack. Nothing is fetched.
    """
    reader = _Reader(path, languages, name or str(path))
    try:
        with path.open("rb") as file:
            reader.parser.ParseFile(file)
    except expat.ExpatError as error:
        cause = expat.ErrorString(error.code)
        raise ConfigError(f"this is no XML: {cause}.", path=path, line=error.lineno, remedy=_REMEDY) from error
    except (LookupError, UnicodeError) as error:
        raise ConfigError("its encoding is not known.", path=path, line=1, remedy="Save it as UTF-8.") from error
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}.", path=path, remedy="Check the name.") from error
    return TmxFile(tuple(reader.entries), tuple(reader.skipped), reader.own)


_REMEDY = "Export it again as TMX 1.4."


@dataclass
class _Unit:
    """A `tu` while it is read."""

    line: int
    props: dict[str, str] = field(default_factory=dict)
    variants: dict[str, Seg] = field(default_factory=dict)


class _Reader:
    """The handlers of one parse."""

    def __init__(self, path: Path, languages: Languages, name: str) -> None:
        self.path, self.languages, self.name = path, languages, name
        self.entries: list[Entry] = []
        self.skipped: list[tuple[int, str]] = []
        self.open: list[str] = []
        self.own = False
        self.unit: _Unit | None = None
        self.language = ""
        self.prop: tuple[str, list[str]] | None = None
        self.seg: Seg | None = None
        parser = self.parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self.doctype
        parser.EntityDeclHandler = parser.SkippedEntityHandler = self.entity
        parser.StartElementHandler, parser.EndElementHandler = self.start, self.end
        parser.CharacterDataHandler = self.text

    def refuse(self, cause: str) -> ConfigError:
        return ConfigError(cause, path=self.path, line=self.parser.CurrentLineNumber, remedy=_REMEDY)

    def doctype(self, _name: str, _system: str | None, _public: str | None, internal: int) -> None:
        if internal:
            raise self.refuse("it defines a document type of its own, which a memory has no need of.")

    def entity(self, name: str, *_: object) -> None:
        raise self.refuse(f"it uses an entity, `&{name};`, which a memory has no need of.")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self.open and tag != "tmx":
            raise self.refuse(f"this is no TMX, it begins with <{tag}>.")
        self.open.append(tag)
        if len(self.open) > _DEEPEST:
            raise self.refuse("its elements are nested too deeply.")
        if tag == "header":
            self.own = attributes.get("creationtool") == CREATOR
        elif self.seg is not None:
            self.seg.start(tag, attributes)
        elif tag == "tu":
            self.unit = _Unit(self.parser.CurrentLineNumber)
        elif self.unit is not None:
            if tag == "tuv":
                self.language = (attributes.get("xml:lang") or attributes.get("lang") or "").replace("_", "-")
            elif tag == "prop" and self.open[-2] == "tu":
                self.prop = (attributes.get("type", ""), [])
            elif tag == "seg" and self.open[-2] == "tuv":
                self.seg = Seg()

    def text(self, data: str) -> None:
        if self.seg is not None:
            self.seg.text(data)
        elif self.prop is not None:
            self.prop[1].append(data)

    def end(self, tag: str) -> None:
        self.open.pop()
        if self.seg is not None and self.unit is not None:
            if tag == "seg":
                self.unit.variants.setdefault(self.language, self.seg)
                self.seg = None
            else:
                self.seg.end()
        elif tag == "prop" and self.prop is not None and self.unit is not None:
            self.unit.props.setdefault(self.prop[0], "".join(self.prop[1]))
            self.prop = None
        elif tag == "tu" and self.unit is not None:
            self.finish(self.unit)
            self.unit = None

    def finish(self, unit: _Unit) -> None:
        found = self.languages.pick(unit.variants)
        if found is None:
            wanted = f"{self.languages.source} and {self.languages.target}"
            self.skipped.append((unit.line, f"it is not in {wanted}"))
            return
        entry = _entry(*found, unit, self.name, wrapped=not self.own)
        if entry is None:
            self.skipped.append((unit.line, "its tags do not fit together"))
        elif not entry.target or not any(character.isalpha() for character in entry.message):
            self.skipped.append((unit.line, "it has no words"))
        else:
            self.entries.append(entry)


def _entry(ours: Seg, theirs: Seg, unit: _Unit, file: str, *, wrapped: bool) -> Entry | None:
    source, target = ours.pieces(wrapped=wrapped), theirs.pieces(wrapped=wrapped)
    if source is None or target is None:
        return None
    numbers = _numbers(ours, theirs) or tag_numbers(source, target)
    if numbers is None:
        return None
    numbered = tuple(Piece(p.kind, p.source, 0, 0, p.text, numbers[p.id], p.name) if p.id else p for p in target)
    what = Segment("text", 0, 0, source)
    around = (unit.props.get("x-previous", ""), unit.props.get("x-next", ""))
    post = unit.props.get("x-post", "")
    return Entry(post, unit.line, what.message, what.signature, numbered, tag_values(source), around, source, file)


def _numbers(ours: Seg, theirs: Seg) -> dict[int, int] | None:
    """Number in the target → number in the source, by the `x` that both give their tags; None if they do not."""
    one, other = ours.marks(), theirs.marks()
    if one is None or other is None or one.keys() != other.keys():
        return None
    return {other[x]: one[x] for x in other}


def _variant(variants: Mapping[str, Seg], wanted: str) -> Seg | None:
    """The text in a language: under its very tag, or under another that may mean the same."""
    for key, seg in variants.items():
        if key.casefold() == wanted.casefold():
            return seg
    return next((seg for key, seg in variants.items() if _may_be(key, wanted)), None)


def _may_be(found: str, wanted: str) -> bool:
    one, other = found.casefold().split("-"), wanted.casefold().split("-")
    return one[0] == other[0] and len({*_scripts(one), *_scripts(other)}) < 2


def _scripts(subtags: list[str]) -> Iterator[str]:
    """The script of Chinese, where the tag says it or its region does."""
    if subtags[0] == "zh":
        known = [subtag for subtag in subtags if subtag in {"hans", "hant"}]
        yield from known or [_CHINESE[subtag] for subtag in subtags if subtag in _CHINESE]
