"""Printing a digest."""

import io

from aiwatch.channels import channel
from aiwatch.model import ChannelName, Delivered, Later, Part, Reader
from tests.channels import made
from tests.channels.wire import options, reached, sent

SCREEN = options("screen")


def test_the_text_is_printed_whole() -> None:
    out = io.StringIO()
    (part,) = channel("screen").render(made.digest(made.line(1, "Sora 2 ออกแล้ว")), SCREEN)
    assert "Sora 2 ออกแล้ว" in part.text
    assert sent("screen", made.envelope(part), SCREEN, out) == Delivered(detail="printed")
    assert out.getvalue() == part.text.strip("\n") + "\n\n"


def test_no_escape_sequence_reaches_the_terminal() -> None:
    out = io.StringIO()
    sent("screen", made.envelope(Part(subject="", text="a\x1b[2Jb\x9bc\td\r\ne")), SCREEN, out)
    assert out.getvalue() == "a[2Jbc\td\ne\n\n"


def test_a_poor_terminal_shows_question_marks() -> None:
    with io.TextIOWrapper(io.BytesIO(), encoding="latin-1") as out:
        receipt = sent("screen", made.envelope(Part(subject="", text="é ✓ \ud800")), SCREEN, out)
        assert isinstance(receipt, Delivered)
        out.seek(0)
        assert out.read() == "é ? ?\n\n"


def test_a_closed_pipe_is_later() -> None:
    out = io.StringIO()
    out.close()
    assert isinstance(sent("screen", made.envelope(), SCREEN, out), Later)


def test_the_screen_is_always_reached() -> None:
    assert isinstance(reached("screen", SCREEN), Delivered)


def test_the_channel_itself_is_the_reader_and_the_lane() -> None:
    row, name = channel("screen"), ChannelName("here")
    assert row.readers(name, SCREEN) == (Reader("here"),)
    assert row.lane(name, SCREEN, Reader("here")) == "here"
