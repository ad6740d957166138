"""Requests are as full as the limits allow; texts and their translations never change places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import EngineError
from pipeline.translation.engines import Request
from pipeline.translation.engines.lines import join_lines, split_lines
from pipeline.translation.engines.packing import pack_requests

texts = st.lists(st.text(alphabet="ab 中\t\n", max_size=12), max_size=30)


@given(texts, st.integers(1, 40), st.integers(1, 6))
def test_packs_keep_order_and_limits_and_are_full(texts, characters, most):
    packs = pack_requests(map(Request, texts), characters, most)
    assert [request.text for pack in packs for request in pack] == texts
    lengths = [len("\n".join(request.text for request in pack)) for pack in packs]
    for pack, length in zip(packs, lengths, strict=True):
        assert 1 <= len(pack) <= most
        assert length <= characters or len(pack) == 1
    for pack, following, length in zip(packs, packs[1:], lengths, strict=False):
        assert len(pack) == most or length + 1 + len(following[0].text) > characters


@given(texts)
def test_an_echo_gives_each_text_back_with_its_blanks(texts):
    lines = [text.replace("\n", " ") for text in texts]
    assert split_lines("x", lines, join_lines(lines)) == lines


@given(texts)
def test_doubled_line_feeds_do_no_harm(texts):
    lines = [text.replace("\n", " ") for text in texts]
    assert split_lines("x", lines, join_lines(lines).replace("\n", "\n \n")) == lines


@given(texts.filter(lambda found: any(text.strip() for text in found)))
def test_any_other_count_is_refused(texts):
    joined = join_lines(texts)
    with pytest.raises(EngineError):
        split_lines("x", texts, joined + "\nmore")
    with pytest.raises(EngineError):
        split_lines("x", texts, "\n".join(joined.split("\n")[1:]))


def test_a_text_of_several_lines_stays_one_text():
    assert split_lines("x", ["a", "b\nc", "d"], "1\n2\n3\n4") == ["1", "2\n3", "4"]
