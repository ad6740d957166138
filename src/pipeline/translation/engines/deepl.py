"""DeepL, through its own package: an account with a key.

Inline tags go as XML, which DeepL parses: `<1>a & b</1>` is `<x1>a &amp; b</x1>` on its way. The package writes the
requests and reads the answers; they are sent by our own client, since the package retries by itself, forgets
`Retry-After` and has one session for all threads. https://developers.deepl.com/docs
"""

from __future__ import annotations

import hashlib
import html
import json
import logging
import re
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any

from pydantic import SecretStr

from pipeline.config import EngineSettings
from pipeline.translation.engines.base import Capabilities
from pipeline.translation.engines.faults import EngineBusy, EngineError, EngineRefused
from pipeline.translation.engines.http import HttpClient, Reply
from pipeline.translation.engines.keys import read_key, without_key
from pipeline.translation.engines.languages import code_of, read_tag, unsupported

__all__ = ["DeepLEngine"]

logger = logging.getLogger(__name__)

_KEY = "DEEPL_AUTH_KEY"
_PRO, _FREE = "https://api.deepl.com", "https://api-free.deepl.com"
_CHINESE = {"Hans": "zh-Hans", "Hant": "zh-Hant"}
_ALIASES = {"no": "nb"}
# A language that is only a target with its region, and the region of a tag without one.
_REGIONS = {"en": "en-US", "pt": "pt-PT"}
_QUOTA = 456
_TAG = re.compile(r"<(/?)(\d{1,4})(/?)>")
_XML_TAG = re.compile(r"<(/?)x(\d{1,4})\s*(/?)>")


class DeepLEngine:
    """DeepL's API at `url`, or the one that the key is for. The key is in DEEPL_AUTH_KEY, or where `api_key_env` says.

    `model` is DeepL's `model_type`; `options` are further parameters of its requests.
    """

    # A request may have 128 KiB. One of 30,000 characters is answered in time, and costs little if it must be halved.
    capabilities = Capabilities(max_characters=30_000, max_texts=50, tags=("xml", "bracket"))

    def __init__(self, name: str, settings: EngineSettings) -> None:
        """Raises ConfigError without a key, and for an address that is none."""
        self.name = name
        self._settings = settings
        self._key = read_key(name, settings.api_key_env or _KEY)
        self._url = _base(settings.url or (_FREE if self._key.get_secret_value().endswith(":fx") else _PRO))
        self._http = HttpClient(name, self._url, settings.timeout)
        self._lock = Lock()
        self._made: Any = None
        self._terms: dict[str, str] = {}
        self._glossaries: dict[tuple[str, str], str | None] = {}

    def language(self, tag: str) -> str:
        """DeepL's code of a BCP 47 tag (en, zh-Hans, zh-Hant, pt-BR …); ConfigError when it has none."""
        from deepl import Language

        codes = [code for name, code in vars(Language).items() if name.isupper() and isinstance(code, str)]
        code = code_of(tag, codes, _CHINESE, _ALIASES)
        if code is None:
            raise unsupported(self.name, tag)
        return code

    def use_terms(self, terms: Mapping[str, str]) -> None:
        """Have a glossary with these terms at DeepL, which is made when the first text is sent."""
        self._terms = dict(terms)

    def translate(self, texts: Sequence[str], *, source: str, target: str) -> list[str]:
        """One request. Raises EngineBusy, EngineRefused, EngineError."""
        source = read_tag(source).language
        client = self._client()
        glossary = self._glossary(client, source, target)
        try:
            answers = client.translate_text(
                [_to_xml(text) for text in texts],
                source_lang=source,
                target_lang=_REGIONS.get(target, target),
                tag_handling="xml",
                formality=self._settings.formality or None,
                model_type=self._settings.model or None,
                glossary=glossary,
                extra_body_parameters=dict(self._settings.options) or None,
            )
        except (TypeError, ValueError, LookupError, AttributeError):
            raise EngineError(f"{self.name} answered something that is not a list of translations.") from None
        return [_from_xml(str(answer.text)) for answer in answers]

    def _client(self) -> Any:
        """The package's client, made when it is first needed: importing it takes a while."""
        with self._lock:
            if self._made is None:
                self._made = _client(self.name, self._url, self._key, self._http)
            return self._made

    def _glossary(self, client: Any, source: str, target: str) -> str | None:
        """The id of the glossary for a pair of languages, made of the terms if there is none yet."""
        if self._settings.glossary_id:
            return self._settings.glossary_id
        if not self._terms:
            return None
        pair = (source, read_tag(target).language)
        with self._lock:
            if pair not in self._glossaries:
                try:
                    self._glossaries[pair] = self._made_glossary(client, pair)
                except EngineBusy:
                    raise
                except (EngineError, ValueError, TypeError, LookupError, AttributeError) as error:
                    self._glossaries[pair] = None
                    why = error if isinstance(error, EngineError) else type(error).__name__
                    logger.warning("%s translates without the terms of the glossary: %s", self.name, why)
            return self._glossaries[pair]

    def _made_glossary(self, client: Any, pair: tuple[str, str]) -> str:
        """The id of DeepL's copy of the terms. Copies of other terms that an earlier run made are removed."""
        entries = "\n".join(f"{term}\t{wanted}" for term, wanted in sorted(self._terms.items()))
        ours = f"multilingual-pipeline/{self.name}/{'-'.join(pair)}/"
        name = ours + hashlib.sha256(entries.encode()).hexdigest()[:16]
        found = [known for known in client.list_glossaries() if known.name.startswith(ours)]
        for known in found:
            if known.name == name:
                return str(known.glossary_id)
        for known in found:
            client.delete_glossary(known.glossary_id)
        return str(client.create_glossary(name, *pair, self._terms).glossary_id)


def _base(url: str) -> str:
    """The address under which `v2/translate` is, however people write it."""
    return url.rstrip("/").removesuffix("/translate").removesuffix("/v2") + "/"


def _client(name: str, url: str, key: SecretStr, http: HttpClient) -> Any:
    from deepl import Translator

    client: Any = Translator(key.get_secret_value(), server_url=url)
    client._client = _Transport(name, key, http)
    return client


class _Transport:
    """Takes the place of the package's HTTP client: sends what it is given, once."""

    def __init__(self, name: str, key: SecretStr, http: HttpClient) -> None:
        self._name = name
        self._key = key
        self._http = http

    def request_with_backoff(
        self, method: str, url: str, *, data: Any, json: Any, headers: Mapping[str, str], **_: Any
    ) -> tuple[int, str]:
        kept = {**headers, "User-Agent": "multilingual-pipeline deepl-python"}
        reply = self._http.send(method, url, json=json, data=data, headers=kept)
        _check(self._name, self._http, self._key, reply)
        return reply.status, without_key(reply.text, self._key)  # which the package may log

    def close(self) -> None:
        """There is nothing to close."""


def _check(name: str, http: HttpClient, key: SecretStr, reply: Reply) -> None:
    """Raise the fault that an answer stands for."""
    try:
        answer: Any = json.loads(reply.text) if reply.text else {}
    except ValueError:
        answer = None
    said = ""
    if isinstance(answer, Mapping):
        said = ", ".join(str(answer[part]) for part in ("message", "detail") if answer.get(part))
        said = without_key(said, key).strip(" .\n")[:200]
    if reply.status == _QUOTA:
        raise EngineRefused(
            f"{name} has translated as much as the account allows in this period.",
            remedy="Raise the account's limit, or add another engine.",
        )
    if reply.status == 400 and "lang" in said:
        raise EngineRefused(f"{name} refused: {said}.", remedy="Check the languages and `formality`.")
    http.check(reply, said)
    if not isinstance(answer, Mapping):
        raise EngineError(f"{name} answered with something that is not JSON.", remedy="Check its `url`.")


def _to_xml(text: str) -> str:
    if not _nested(text):  # then they are no tags, but what somebody wrote
        return html.escape(text, quote=False)
    parts = _TAG.split(text)
    whole = [html.escape(parts[0], quote=False)]
    for number in range(1, len(parts), 4):
        opening, identity, closing, following = parts[number : number + 4]
        whole += [f"<{opening}x{identity}{closing}>", html.escape(following, quote=False)]
    return "".join(whole)


def _nested(text: str) -> bool:
    stack: list[str] = []
    for match in _TAG.finditer(text):
        if match[1] and (match[3] or not stack or stack.pop() != match[2]):
            return False
        if not match[1] and not match[3]:
            stack.append(match[2])
    return not stack


def _from_xml(text: str) -> str:
    return html.unescape(_XML_TAG.sub(r"<\1\2\3>", text))
