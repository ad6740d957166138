"""The forge that the configuration, the remote and the environment name."""

from __future__ import annotations

import os
from collections.abc import Mapping

from pipeline.config import Settings
from pipeline.errors import ConfigError
from pipeline.review.forges.base import Forge
from pipeline.review.forges.where import Where

__all__ = ["choose", "login", "token"]

_HOSTS = {"github.com": "github", "gitlab.com": "gitlab"}
_TOKENS = {"github": ("GITHUB_TOKEN", "GH_TOKEN"), "gitlab": ("GITLAB_TOKEN",)}


def choose(settings: Settings, remote: Where | None) -> Forge | None:
    """None for plain git: no forge is named or known, or a known one and no token. Raises ConfigError."""
    review = settings.review
    kind = _kind(settings, remote)
    if kind is None:
        return None
    secret = token(settings, remote)
    if not secret:
        if review.forge == "auto":
            return None
        names = review.token_env or " or ".join(_TOKENS[kind])
        raise ConfigError(f"[review] forge is {kind}, and {names} is not set.", remedy="Set it to a token.")
    path = review.repository or (remote.path if remote else "")
    if not path:
        raise ConfigError("the remote's address names no repository.", remedy="Set [review] repository to owner/name.")
    pushed = remote.path if remote else path
    if kind == "github":
        from pipeline.review.forges.github import GitHub

        return GitHub(secret, path, pushed.split("/")[0], review)
    from pipeline.review.forges.gitlab import GitLab

    return GitLab(secret, path, pushed, review)


def token(settings: Settings, remote: Where | None) -> str:
    """The forge's token from the environment; empty if there is none."""
    kind = _kind(settings, remote)
    names = [settings.review.token_env] if settings.review.token_env else _TOKENS[kind] if kind else []
    return next((os.environ[name] for name in names if os.environ.get(name)), "")


def login(settings: Settings, remote: Where | None) -> Mapping[str, str]:
    """Environment variables by which git knows the token, when the remote asks for one; it is in no argument and no
    file. Nothing for a remote that would get it unencrypted over a network.
    """
    secret = token(settings, remote)
    if not secret or remote is None or not remote.web:
        return {}
    local = remote.host.split(":")[0] in ("127.0.0.1", "localhost")
    if not remote.web.startswith("https:") and not local:
        return {}
    user = "oauth2" if _kind(settings, remote) == "gitlab" else "x-access-token"
    number = int(os.environ.get("GIT_CONFIG_COUNT") or 0)
    helper = f'!f() {{ test "$1" = get && echo username={user} && echo "password=$PIPELINE_GIT_PASSWORD"; }}; f'
    return {
        "GIT_CONFIG_COUNT": str(number + 1),
        f"GIT_CONFIG_KEY_{number}": f"credential.{remote.web}.helper",
        f"GIT_CONFIG_VALUE_{number}": helper,
        "PIPELINE_GIT_PASSWORD": secret,
    }


def _kind(settings: Settings, remote: Where | None) -> str | None:
    forge = settings.review.forge
    if forge == "auto":
        return _HOSTS.get(remote.host) if remote else None
    return None if forge == "none" else forge
