"""GitHub and GitHub Enterprise, by PyGithub."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pipeline.config.review import ReviewSettings
from pipeline.errors import ConfigError
from pipeline.review.forges.base import ForgeFault, Note, Pull
from pipeline.review.phrases import PHRASES

if TYPE_CHECKING:
    from github.PullRequest import PullRequest

__all__ = ["GitHub"]

_SECONDS = 30
_MANY = 30  # remarks in one review
_RIGHTS = "It needs to read and write contents and pull requests of the repository."


class GitHub:
    """One repository; `owner` is whose repository is pushed to."""

    def __init__(self, token: str, repository: str, owner: str, review: ReviewSettings, *, pause: float = 1.0) -> None:
        """`pause` are seconds between requests that write something, which GitHub asks for."""
        try:
            from github import Auth, Github
        except ImportError as error:
            raise ConfigError(
                "PyGithub is not installed.", remedy="Install it: pip install 'multilingual-pipeline[forges]'."
            ) from error
        self.repository, self.owner, self.review = repository, owner, review
        url = review.forge_url.rstrip("/")
        options: dict[str, Any] = {"base_url": url} if url else {}
        self._github = Github(
            auth=Auth.Token(token),
            timeout=_SECONDS,
            per_page=100,
            lazy=True,
            retry=None,  # it would sleep for as long as the limit lasts
            seconds_between_requests=0,
            seconds_between_writes=pause if not url else 0,
            **options,
        )
        self._repo = self._github.get_repo(repository)

    def open_pulls(self) -> dict[str, Pull]:
        """See Forge."""
        with _explained(self.repository):
            found = self._repo.get_pulls(state="open", sort="created", direction="desc")
            return {pull.head.ref: _pull(pull) for pull in reversed(list(found)) if self._ours(pull)}

    def last(self, branch: str) -> Pull | None:
        """See Forge."""
        with _explained(self.repository):
            head = f"{self.owner}:{branch}"
            found = self._repo.get_pulls(state="all", head=head, sort="created", direction="desc").get_page(0)
            return next((_pull(pull) for pull in found if pull.head.ref == branch and self._ours(pull)), None)

    def open(self, branch: str, base: str, title: str, text: str) -> Pull:
        """See Forge."""
        from github import GithubException

        head = branch if self.owner == self.repository.split("/")[0] else f"{self.owner}:{branch}"
        with _explained(self.repository):
            try:
                pull = self._repo.create_pull(base=base, head=head, title=title, body=text)
            except GithubException as error:
                there = self.last(branch) if error.status == 422 and "already exists" in str(error.data) else None
                if there is None or there.state != "open":
                    raise
                return there
            if self.review.labels:
                pull.add_to_labels(*self.review.labels)
            if self.review.reviewers:
                teams = [name.split("/", 1)[1] for name in self.review.reviewers if "/" in name]
                people = [name for name in self.review.reviewers if "/" not in name]
                try:
                    pull.create_review_request(reviewers=people, team_reviewers=teams)
                except GithubException as error:
                    if error.status != 422:  # somebody who may not review, such as the author
                        raise
            return _pull(pull)

    def describe(self, pull: Pull, text: str) -> None:
        """See Forge."""
        with _explained(self.repository):
            self._get(pull).edit(body=text)

    def comment(self, pull: Pull, text: str) -> None:
        """See Forge."""
        with _explained(self.repository):
            self._get(pull).create_issue_comment(text)

    def notes(self, pull: Pull, commit: str, notes: Sequence[Note]) -> None:
        """See Forge."""
        if not notes:
            return
        from github.PullRequest import ReviewComment

        with _explained(self.repository):
            there = self._get(pull)
            known = {(remark.path, remark.body) for remark in there.get_review_comments()}
            fresh = [note for note in notes if (note.path, note.text) not in known][:_MANY]
            if fresh:
                there.create_review(
                    event="COMMENT",
                    body=PHRASES[self.review.language]["remarks"].format(commit=commit[:10]),
                    comments=[ReviewComment(path=n.path, line=n.line, side="RIGHT", body=n.text) for n in fresh],
                )

    def close(self, pull: Pull) -> None:
        """See Forge."""
        with _explained(self.repository):
            self._get(pull).edit(state="closed")

    def _get(self, pull: Pull) -> PullRequest:
        return self._repo.get_pull(pull.number)

    def _ours(self, pull: PullRequest) -> bool:
        """A fork may have a branch of the same name."""
        return pull.head.user is not None and pull.head.user.login.lower() == self.owner.lower()


def _pull(pull: PullRequest) -> Pull:
    state = "merged" if pull.merged_at else "open" if pull.state == "open" else "closed"
    return Pull(pull.number, pull.html_url, pull.head.ref, state, pull.body or "")  # type: ignore[arg-type]


@contextmanager
def _explained(repository: str) -> Iterator[None]:
    """GitHub's and the network's errors as ForgeFault."""
    import requests
    from github import GithubException, RateLimitExceededException

    try:
        yield
    except RateLimitExceededException as error:
        raise ForgeFault(
            f"GitHub's rate limit is used up{_until(error.headers)}.", remedy="Run it again then.", lasting=True
        ) from error
    except GithubException as error:
        raise _fault(repository, error.status, _said(error.data), error.headers or {}) from error
    except requests.RequestException as error:
        raise ForgeFault(
            f"GitHub cannot be reached: {type(error).__name__}.", remedy="Run it again later.", lasting=True
        ) from error


def _fault(repository: str, status: int, said: str, headers: dict[str, str]) -> ForgeFault:
    if status == 401:
        return ForgeFault("GitHub refuses the token.", remedy="Is it expired? Set a new one.", lasting=True)
    if status == 403 and ("rate limit" in said.lower() or "abuse" in said.lower()):
        return ForgeFault(
            f"GitHub's rate limit is used up{_until(headers)}.", remedy="Run it again then.", lasting=True
        )
    if status == 403:
        return ForgeFault(f"the token may not do this in {repository}: {said}.", remedy=_RIGHTS)
    if status == 404:
        return ForgeFault(f"GitHub has no {repository}, or the token may not see it.", remedy=_RIGHTS, lasting=True)
    if status >= 500:
        return ForgeFault(f"GitHub answers {status}.", remedy="Run it again later.", lasting=True)
    return ForgeFault(f"GitHub answers {status}: {said}.")


def _said(data: Any) -> str:
    """The message of an answer, with its details, in one line."""
    if not isinstance(data, dict):
        return "no reason is given"
    details = [one.get("message") or one.get("code") for one in data.get("errors") or [] if isinstance(one, dict)]
    return "; ".join(str(part) for part in [data.get("message"), *details] if part)[:300]


def _until(headers: dict[str, str] | None) -> str:
    found = {name.lower(): value for name, value in (headers or {}).items()}
    if str(found.get("retry-after", "")).isdigit():
        return f" for {found['retry-after']} seconds"
    reset = str(found.get("x-ratelimit-reset", ""))
    return f" until {datetime.fromtimestamp(int(reset), UTC):%H:%M} UTC" if reset.isdigit() else ""
