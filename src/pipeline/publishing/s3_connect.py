"""From the settings to a client of S3: credentials as the AWS tools find them, and none for a server on loopback."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from pipeline.errors import ConfigError
from pipeline.publishing.s3 import S3Store
from pipeline.publishing.s3_bulk import Bulk, connect_bulk

if TYPE_CHECKING:
    from botocore.session import Session
    from mypy_boto3_s3 import S3Client

    from pipeline.config import PublishSettings

__all__ = ["connect", "session_for"]

_ATTEMPTS = 4  # of one request, before a fault counts
_RENEWAL = timedelta(minutes=5)  # after which the compiled client asks for credentials again
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
_CERTIFICATES = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE")
_VARIANTS = ("AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT")


def connect(
    settings: PublishSettings,
    bucket: str,
    prefix: str,
    *,
    env: Mapping[str, str] = os.environ,
    attempts: int = _ATTEMPTS,
    lock: bool = True,
) -> S3Store:
    """A store for a bucket; sends nothing yet.

    Credentials are found as the AWS tools find them. A server on loopback is not AWS: without a `profile` and without
    credentials in the environment it is given invented ones, and neither files nor AWS services are asked for any.
    """
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    endpoint = settings.endpoint_url or env.get("AWS_ENDPOINT_URL_S3") or env.get("AWS_ENDPOINT_URL") or None
    local = endpoint is not None and _is_loopback(endpoint)
    options: dict[str, Any] = {
        "retries": {"mode": "standard", "total_max_attempts": attempts},
        "max_pool_connections": settings.concurrency,
        "connect_timeout": 10,
        "read_timeout": 60,
        "request_checksum_calculation": "when_required",
        "response_checksum_validation": "when_required",
        "s3": {"addressing_style": "path" if endpoint else "auto"},
    }
    if local:
        options |= {"proxies": {}, "use_fips_endpoint": False, "use_dualstack_endpoint": False}
    try:
        session = session_for(settings, endpoint, env=env)
        region = settings.region or (None if endpoint is None else session.get_config_variable("region") or "us-east-1")
        client = session.create_client("s3", region_name=region, endpoint_url=endpoint, config=Config(**options))
    except (BotoCoreError, ValueError) as error:
        raise ConfigError(
            f"[publish] cannot be used to reach s3://{bucket}: {error}.",
            remedy="Mend `profile`, `region` or `endpoint_url` there, or the AWS configuration files.",
        ) from error
    return S3Store(
        cast("S3Client", client),
        bucket,
        prefix,
        state=settings.state,
        lock=lock,
        is_aws=endpoint is None,
        bulk=lambda: _bulk(settings, session, bucket, client.meta.region_name, endpoint, env),
    )


def session_for(settings: PublishSettings, endpoint: str | None, *, env: Mapping[str, str] = os.environ) -> Session:
    """A session with the credentials for the settings; raises botocore's errors for a profile that is not there."""
    import botocore.session

    local = endpoint is not None and _is_loopback(endpoint)
    if settings.profile or not local or env.get("AWS_ACCESS_KEY_ID"):
        return botocore.session.Session(profile=settings.profile or None)
    unset = (None, None, None, None)
    nowhere = (None, None, os.devnull, None)
    session = botocore.session.Session(
        session_vars={"profile": unset, "config_file": nowhere, "credentials_file": nowhere}
    )
    session.set_credentials("local", "local")
    return session


def _has_detour(env: Mapping[str, str], endpoint: str | None) -> bool:
    """Whether the way to the server is a special one, which is boto3's to find."""
    names = _PROXIES if endpoint else (*_PROXIES, *_VARIANTS)
    if not (endpoint and endpoint.startswith("http://")):
        names = (*names, *_CERTIFICATES)
    return any(env.get(name) or env.get(name.lower()) for name in names)


def _bulk(
    settings: PublishSettings,
    session: Session,
    bucket: str,
    region: str,
    endpoint: str | None,
    env: Mapping[str, str],
) -> Bulk | None:
    if _has_detour(env, endpoint):
        return None
    return connect_bulk(
        bucket,
        region=region,
        endpoint=endpoint,
        credentials=_credentials(session),
        concurrency=settings.concurrency,
    )


def _credentials(session: Session) -> Callable[[], dict[str, Any]]:
    """What boto3 has found, asked for again now and then, because it renews them in time."""

    def current() -> dict[str, Any]:
        found = session.get_credentials()
        if found is None:
            raise LookupError("there are no credentials")
        frozen = found.get_frozen_credentials()
        return {
            "access_key_id": frozen.access_key,
            "secret_access_key": frozen.secret_key,
            "token": frozen.token,
            "expires_at": datetime.now(UTC) + _RENEWAL,
        }

    return current


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
