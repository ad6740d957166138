"""People and jobs at work in any order: whatever happens, no commit of a person goes and no run breaks down."""

import random

import pytest

from pipeline.review import fetch
from tests.review.branches.conftest import ENGLISH

STEPS = 9


class Team:
    def __init__(self, seed, checkout, bare, clone):
        self.random, self.bare, self.clone = random.Random(seed), bare, clone
        self.laptop, self.person, self.number = checkout, clone("person"), 0
        self.people, self.key, self.text = [], "posts/foo", ENGLISH

    @property
    def branch(self):
        return f"translations/zh/{self.key}"

    def tip(self):
        return self.bare.git("for-each-ref", "--format=%(objectname)", f"refs/heads/{self.branch}")

    def english_changes(self):
        self.number += 1
        words = ["The first", "The second", "The third"]
        chosen = self.random.choice(words)
        self.person.git("fetch", "--quiet", "origin")
        self.person.git("checkout", "--quiet", "-B", "main", "origin/main")
        self.text = ENGLISH.replace(chosen, f"{chosen} {self.number}")
        self.person.write(f"content/en/{self.key}.md", self.text)
        self.people.append(self.person.commit())
        self.person.git("push", "--quiet", "origin", "main")

    def post_is_renamed(self):
        self.number += 1
        self.person.git("fetch", "--quiet", "origin")
        self.person.git("checkout", "--quiet", "-B", "main", "origin/main")
        (self.person.root / f"content/en/{self.key}.md").unlink()
        self.key = f"posts/foo-{self.number}"
        self.person.write(f"content/en/{self.key}.md", self.text)
        self.people.append(self.person.commit())
        self.person.git("push", "--quiet", "origin", "main")

    def reviewer_writes(self):
        if not self.tip():
            return
        self.number += 1
        self.person.git("fetch", "--quiet", "origin")
        self.person.git("checkout", "--quiet", "-B", "work", f"origin/{self.branch}")
        text = f"content/zh/{self.key}.md"
        lines = self.person.read(text).split("\n")
        lines[self.random.choice([5, 7, 9]) % len(lines)] = f"第 {self.number} 次审校。"
        self.person.write(text, "\n".join(lines))
        self.people.append(self.person.commit())
        self.person.git("push", "--quiet", "origin", f"work:{self.branch}")

    def reviewer_merges(self):
        if self.tip():
            self.person.git("fetch", "--quiet", "origin")
            self.person.git("checkout", "--quiet", "-B", "main", "origin/main")
            self.person.git("merge", "--quiet", "-X", "theirs", "-m", "Merged", f"origin/{self.branch}")
            self.person.git("push", "--quiet", "origin", "main")

    def laptop_works(self):
        self.laptop.git("pull", "--quiet", "--no-rebase", "origin", "main")
        self._propose(self.laptop, fetching=self.random.random() < 0.5)

    def job_works(self):
        job = self.clone(f"job{self.number}-{self.random.random()}")
        self._propose(job, fetching=self.random.random() < 0.7)

    def _propose(self, checkout, *, fetching):
        before = self.tip()
        if fetching:
            fetch(checkout.settings)
        checkout.translate()
        checkout.propose()
        checkout.propose()
        after = self.tip()
        if before and after:
            self.bare.git("merge-base", "--is-ancestor", before, after)


@pytest.mark.parametrize("seed", range(6))
def test_nothing_that_a_person_wrote_is_lost(seed, checkout, bare, clone):
    team = Team(seed, checkout, bare, clone)
    checkout.propose()
    things = [
        team.english_changes,
        team.post_is_renamed,
        team.reviewer_writes,
        team.reviewer_merges,
        team.laptop_works,
        team.job_works,
    ]
    for thing in team.random.choices(things, weights=[3, 1, 3, 1, 3, 3], k=STEPS):
        thing()
        for commit in team.people:
            assert bare.git("for-each-ref", "--contains", commit, "refs/heads"), f"{commit} after {thing.__name__}"
    team.job_works()
