"""GitLab, by python-gitlab."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pipeline.config.review import ReviewSettings
from pipeline.errors import ConfigError
from pipeline.review.forges.base import ForgeFault, Note, Pull

__all__ = ["GitLab"]

_SECONDS = 30.0
_MANY = 30  # remarks at once
_RIGHTS = "It needs the scope `api` and the role Developer."
_HOME = "https://gitlab.com"


class GitLab:
    """One project; `pushed` is the project that branches are in, the same unless that is a fork."""

    def __init__(self, token: str, repository: str, pushed: str, review: ReviewSettings) -> None:
        """Nothing is asked yet."""
        try:
            import gitlab
            import requests
        except ImportError as error:
            raise ConfigError(
                "python-gitlab is not installed.", remedy="Install it: pip install 'multilingual-pipeline[forges]'."
            ) from error
        self.repository, self.pushed, self.review = repository, pushed, review

        class Client(gitlab.Gitlab):
            def http_request(self, *arguments: Any, **options: Any) -> requests.Response:
                return super().http_request(*arguments, **{"obey_rate_limit": False, **options})  # which would sleep

        self._gitlab = Client(
            review.forge_url or _HOME,
            private_token=token,
            timeout=_SECONDS,
            per_page=100,
        )
        self._project = self._gitlab.projects.get(repository, lazy=True)
        self._source: int | None = None

    def open_pulls(self) -> dict[str, Pull]:
        """See Forge."""
        with _explained(self.repository):
            found = self._project.mergerequests.list(state="opened", order_by="created_at", sort="asc", iterator=True)
            return {one.source_branch: _pull(one) for one in found if self._ours(one)}

    def last(self, branch: str) -> Pull | None:
        """See Forge."""
        with _explained(self.repository):
            found = self._project.mergerequests.list(
                state="all", source_branch=branch, order_by="created_at", sort="desc", get_all=False
            )
            return next((_pull(one) for one in found if self._ours(one)), None)

    def open(self, branch: str, base: str, title: str, text: str) -> Pull:
        """See Forge."""
        from gitlab import GitlabCreateError

        wanted: dict[str, Any] = {"source_branch": branch, "target_branch": base, "title": title, "description": text}
        with _explained(self.repository):
            if self.review.labels:
                wanted["labels"] = ",".join(self.review.labels)
            if self.review.reviewers:
                wanted["reviewer_ids"] = [
                    user.id
                    for name in self.review.reviewers
                    for user in self._gitlab.users.list(username=name, get_all=False)
                ]
            project = self._project
            if self.pushed != self.repository:
                wanted["target_project_id"] = self._gitlab.projects.get(self.repository).id
                project = self._gitlab.projects.get(self.pushed, lazy=True)
            try:
                return _pull(project.mergerequests.create(wanted))
            except GitlabCreateError as error:
                there = self.last(branch) if error.response_code == 409 else None
                if there is None or there.state != "open":
                    raise
                return there

    def describe(self, pull: Pull, text: str) -> None:
        """See Forge."""
        with _explained(self.repository):
            self._project.mergerequests.update(pull.number, {"description": text})

    def comment(self, pull: Pull, text: str) -> None:
        """See Forge."""
        with _explained(self.repository):
            self._get(pull).notes.create({"body": text})

    def notes(self, pull: Pull, commit: str, notes: Sequence[Note]) -> None:
        """See Forge."""
        if not notes:
            return
        with _explained(self.repository):
            there = self._project.mergerequests.get(pull.number)
            known = {
                (remark.get("position", {}).get("new_path"), remark["body"])
                for discussion in there.discussions.list(iterator=True)
                for remark in discussion.attributes["notes"]
                if remark.get("position")
            }
            refs = there.diff_refs
            if not refs or refs["head_sha"] != commit:
                return  # GitLab has not read the commit yet; everything is in the description as well
            for note in [note for note in notes if (note.path, note.text) not in known][:_MANY]:
                place = {
                    **refs,
                    "position_type": "text",
                    "old_path": note.path,
                    "new_path": note.path,
                    "new_line": note.line,
                }
                there.discussions.create({"body": note.text, "position": place})

    def close(self, pull: Pull) -> None:
        """See Forge."""
        with _explained(self.repository):
            self._project.mergerequests.update(pull.number, {"state_event": "close"})

    def _get(self, pull: Pull) -> Any:
        return self._project.mergerequests.get(pull.number, lazy=True)

    def _ours(self, one: Any) -> bool:
        """A fork may have a branch of the same name."""
        if self.pushed == self.repository:
            return bool(one.source_project_id == one.target_project_id)
        if self._source is None:
            self._source = self._gitlab.projects.get(self.pushed).id
        return bool(one.source_project_id == self._source)


def _pull(one: Any) -> Pull:
    states = {"opened": "open", "locked": "open", "merged": "merged"}
    return Pull(one.iid, one.web_url, one.source_branch, states.get(one.state, "closed"), one.description or "")  # type: ignore[arg-type]


@contextmanager
def _explained(repository: str) -> Iterator[None]:
    """GitLab's and the network's errors as ForgeFault."""
    import requests
    from gitlab import GitlabError

    try:
        yield
    except GitlabError as error:
        raise _fault(repository, error.response_code or 0, str(error.error_message)[:300]) from error
    except requests.RequestException as error:
        raise ForgeFault(
            f"GitLab cannot be reached: {type(error).__name__}.", remedy="Run it again later.", lasting=True
        ) from error


def _fault(repository: str, status: int, said: str) -> ForgeFault:
    if status == 401:
        return ForgeFault("GitLab refuses the token.", remedy="Is it expired? Set a new one.", lasting=True)
    if status == 403:
        return ForgeFault(f"the token may not do this in {repository}: {said}.", remedy=_RIGHTS)
    if status == 404:
        return ForgeFault(f"GitLab has no {repository}, or the token may not see it.", remedy=_RIGHTS, lasting=True)
    if status == 429:
        return ForgeFault("GitLab's rate limit is used up.", remedy="Run it again in some minutes.", lasting=True)
    if status >= 500:
        return ForgeFault(f"GitLab answers {status}.", remedy="Run it again later.", lasting=True)
    return ForgeFault(f"GitLab answers {status}: {said}.")
