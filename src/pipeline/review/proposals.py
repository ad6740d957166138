"""What `propose` did, or would do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["Action", "Proposal", "ProposalReport"]

Action = Literal["opened", "updated", "unchanged", "approved", "closed", "withdrawn", "waiting", "held", "fetched"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """One draft and what became of it, its `action`.

    opened, updated: its branch was made or got a commit; unchanged: the branch has it already; approved: it is merged;
    closed: somebody closed it, and its English is as it was; withdrawn: its source is gone or has another name, so it
    was closed; waiting: enough are open; held: `reason` says what a person has to do first; fetched: its draft here is
    the branch's now.

    `url` is the pull request's, where there is a forge; `commit` the branch's newest, empty where there is none.
    """

    post: str
    locale: str
    branch: str
    action: Action
    url: str = ""
    commit: str = ""
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """All fields by name."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass
class ProposalReport:
    """One proposal a draft, in order of locale and post, then those that were withdrawn. `base` is the branch that they
    are to be merged into, `remote` where they are (`.` is this repository).
    """

    proposals: list[Proposal] = field(default_factory=list)
    base: str = ""
    remote: str = ""

    @property
    def needs_person(self) -> bool:
        """Something could not be proposed until somebody does what its reason says."""
        return any(proposal.action == "held" for proposal in self.proposals)

    def to_json(self) -> dict[str, Any]:
        """As `pipeline propose --json` prints it."""
        return {
            "proposals": [proposal.to_json() for proposal in self.proposals],
            "base": self.base,
            "remote": self.remote,
        }
