"""Nothing of the user's is overwritten."""

import pytest

from pipeline.errors import ConfigError
from tests.adoption.old_site import ENGLISH, post


def test_another_file_in_the_way_stops_everything(adoption):
    adoption.both("a")
    adoption.root.mkdir()
    (adoption.root / "pipeline.toml").write_text("# mine\n")
    with pytest.raises(ConfigError, match=r"pipeline\.toml") as caught:
        adoption.run()
    assert "Nothing was written" in caught.value.remedy
    assert adoption.files() == {"pipeline.toml"}


def test_the_same_file_and_an_empty_one_are_not_in_the_way(adoption):
    adoption.both("a")
    post_file = adoption.root / "content/en/posts/a/index.md"
    post_file.parent.mkdir(parents=True)
    post_file.write_text(post("a", *ENGLISH))
    (adoption.root / "pipeline.toml").touch()
    report = adoption.run()
    assert report.unchanged == 1
    assert adoption.states()["posts/a"].state == "current"


@pytest.mark.parametrize("kind", ["directory", "link", "file above"])
def test_other_things_in_the_way(adoption, kind):
    adoption.both("a")
    place = adoption.root / "content/en/posts/a/index.md"
    if kind == "directory":
        place.mkdir(parents=True)
    elif kind == "link":
        place.parent.mkdir(parents=True)
        place.symlink_to(adoption.old.root / "content/posts/a/index.en.md")
    else:
        place.parent.parent.mkdir(parents=True)
        place.parent.write_text("x")
    with pytest.raises(ConfigError, match="other files"):
        adoption.run()


def test_the_users_glossary_stays(adoption):
    adoption.both("a")
    adoption.root.mkdir()
    (adoption.root / "glossary.csv").write_text("source,target,note\nkernel,内核,\n")
    (adoption.root / ".gitignore").write_text("mine\n")
    adoption.run()
    assert "内核" in adoption.read("glossary.csv")
    assert adoption.read(".gitignore") == "mine\n"


def test_a_dry_run_writes_nothing_and_says_the_same(adoption):
    adoption.both("a")
    adoption.both("b", chinese=None)
    dry = adoption.run(dry_run=True).to_json()
    assert not adoption.root.exists()
    wet = adoption.run().to_json()
    assert dry["files"] == {"written": 0, "unchanged": 0}
    assert {**dry, "files": None} == {**wet, "files": None}


@pytest.mark.parametrize("place", ["old", "old/new", "old/content"])
def test_a_new_site_within_the_old_one(adoption, place):
    adoption.both("a")
    adoption.root = adoption.tmp_path / place
    with pytest.raises(ConfigError, match="in each other's way"):
        adoption.run()


def test_an_old_site_below_the_new_one(adoption):
    adoption.both("a")
    adoption.root = adoption.tmp_path
    adoption.run()
    assert adoption.states()["posts/a"].state == "current"


def test_a_disk_that_cannot_be_written(adoption):
    adoption.both("a")
    adoption.root.write_text("a file")
    with pytest.raises(ConfigError):
        adoption.run()
