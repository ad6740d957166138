"""HTTP for engines: connections reused, every wait bounded, every fault one of ours.

No error tells more of an address than its host: a query holds the text, and addresses may hold passwords.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from pipeline.translation.engines.faults import (
    EngineBusy,
    EngineCrash,
    EngineError,
    EngineRefused,
    EngineTimeout,
    EngineUnreachable,
)
from pipeline.translation.engines.hosts import Host
from pipeline.translation.engines.pool import Pool

if TYPE_CHECKING:
    import requests

__all__ = ["HttpClient", "Reply", "retry_after"]

_CONNECT_SECONDS = 5.0
_LARGEST_ANSWER = 16 * 2**20


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer."""

    status: int
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)


class HttpClient:
    """Sends requests for one engine, from any number of threads. `timeout` bounds one answer, in seconds."""

    def __init__(self, name: str, url: str, timeout: float) -> None:
        """Raises ConfigError when `url` is no http(s) address."""
        self._name = name
        self._timeout = timeout
        self._host = Host(name, url)
        self._sessions: Pool[requests.Session] = Pool(self._session)

    def send(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        json: object = None,
        data: Mapping[str, str] | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        redirects: bool = False,
    ) -> Reply:
        """Send one request; the answer, read whole and decoded as UTF-8 unless it says otherwise.

        Raises EngineUnreachable, EngineTimeout, EngineBusy, or EngineError; an unsuccessful status is a Reply too,
        see `check`.
        """
        with self._sessions.take() as session, self._explained():
            if session.trust_env and not self._proxied(url):
                self._host.look_up(self._timeout)
            deadline = time.monotonic() + self._timeout
            response = session.request(
                method,
                url,
                params=params,
                json=json,
                data=data,
                headers=headers,
                auth=_as_it_is if headers and "Authorization" in headers else None,
                allow_redirects=redirects,
                stream=True,
                timeout=(min(_CONNECT_SECONDS, self._timeout), self._timeout),
            )
            try:
                body = self._read(response, deadline)
            finally:
                response.close()
        return Reply(response.status_code, self._decoded(body, response), response.headers)

    def check(self, reply: Reply, detail: str = "") -> None:
        """Raise the fault that an unsuccessful status stands for; `detail` is what the engine says about it."""
        status = reply.status
        if 200 <= status < 300:
            return
        said = f"{self._name} answered {status}" + (f": {detail}" if detail else "")
        if status == 500:
            raise EngineCrash(f"{said}.", retry_after=retry_after(reply.headers))
        if status in {408, 425, 429} or status > 500:
            raise EngineBusy(f"{said}.", retry_after=retry_after(reply.headers))
        if status in {400, 413, 414, 422}:
            raise EngineError(f"{said}.")
        if status < 400:
            raise EngineRefused(f"{said}, a redirection.", remedy="Put the final address into `url`.")
        remedy = "Check its key." if status in {401, 403} else "Check its `url`."
        raise EngineRefused(f"{said}.", remedy=remedy)

    def _session(self) -> requests.Session:
        import requests

        session = requests.Session()
        session.headers["User-Agent"] = "multilingual-pipeline"
        session.trust_env = not self._host.is_loopback
        return session

    def _proxied(self, url: str) -> bool:
        from requests.utils import get_environ_proxies

        return bool(get_environ_proxies(url))

    def _read(self, response: requests.Response, deadline: float) -> bytes:
        """The body. A server that trickles it out is stopped at the deadline."""
        body = bytearray()
        while piece := response.raw.read1(2**16, decode_content=True):
            body += piece
            if time.monotonic() > deadline:
                raise EngineTimeout(f"{self._name} did not finish its answer within {self._timeout:g} s.")
            if len(body) > _LARGEST_ANSWER:
                raise EngineError(f"{self._name} answered with more than {_LARGEST_ANSWER >> 20} MB.")
        return bytes(body)

    def _decoded(self, body: bytes, response: requests.Response) -> str:
        declared = "charset" in response.headers.get("Content-Type", "").lower()
        encoding = (response.encoding if declared else None) or "utf-8"
        try:
            return body.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            raise EngineError(f"{self._name} answered with bytes that are not {encoding}.") from None

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn what requests and urllib3 raise into our own errors, without their text: it quotes addresses."""
        import requests
        import urllib3

        try:
            yield
        except (requests.exceptions.ConnectTimeout, requests.exceptions.ProxyError):
            raise self._unreachable("no connection") from None
        except (requests.exceptions.Timeout, urllib3.exceptions.ReadTimeoutError):
            raise EngineTimeout(f"{self._name} did not answer within {self._timeout:g} s.") from None
        except requests.exceptions.SSLError:
            raise EngineRefused(
                f"the certificate of {self._host.name} is not trusted.", remedy="Check `url`, or install its authority."
            ) from None
        except requests.exceptions.ConnectionError as error:
            reason = _refusal(error)
            if reason:
                raise self._unreachable(reason) from None
            raise EngineBusy(f"{self._name} broke the connection.") from None
        except (
            requests.exceptions.ChunkedEncodingError,
            requests.exceptions.ContentDecodingError,
            urllib3.exceptions.HTTPError,
        ):
            raise EngineBusy(f"{self._name} broke off in its answer.") from None
        except requests.exceptions.RequestException as error:
            raise EngineError(f"{self._name} cannot be asked: {type(error).__name__}.") from None
        except OSError:
            raise EngineBusy(f"{self._name} broke the connection.") from None

    def _unreachable(self, reason: str) -> EngineUnreachable:
        return EngineUnreachable(f"{self._name} cannot be reached at {self._host.name}: {reason}.")


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Authorization that is there already: without this, requests puts in what a .netrc file says of the host."""
    return request


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that a `Retry-After` header asks for, given as a number or as a date; None without a sound one."""
    value = headers.get("Retry-After", "").strip()
    try:
        return max(0.0, float(value)) if value.replace(".", "", 1).isdigit() else _until(value)
    except ValueError:
        return None


def _until(date: str) -> float:
    moment = parsedate_to_datetime(date)
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def _refusal(error: Any) -> str:
    """Why no connection was made; empty when one was, and broke."""
    from urllib3.exceptions import NameResolutionError, NewConnectionError

    cause = error.args[0] if error.args else None
    cause = getattr(cause, "reason", cause)
    if isinstance(cause, NameResolutionError):
        return "its address is not known"
    if isinstance(cause, NewConnectionError):
        below = cause.__cause__ or cause.__context__
        return str(getattr(below, "strerror", "") or "no connection").lower()
    return ""
