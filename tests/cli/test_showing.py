"""`demo` on the screen and as JSON, from runs made by hand; the run itself is in tests/demo/test_play.py."""

from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from aiwatch.cli import command_line
from aiwatch.cli.showing import _finish, as_dict, evening_words
from aiwatch.demo.inbox import Event, Mail
from aiwatch.demo.play import AGAIN, EVENINGS, FIRST_LOOK, Evening, Played, Step
from aiwatch.errors import UsageError

COUNTS = {"filed": 0, "new": 0, "same_url": 0, "same_text": 0, "same_story": 0, "versions": 0}


def _story(cause: str = "new", **keys: Any) -> dict[str, Any]:
    story = {
        "id": 7,
        "cause": cause,
        "title": "Lamp goes out",
        "topics": ["lamps"],
        "outlets": ["A", "B"],
        "articles": [{"outlet": "A", "role": "lead"}, {"outlet": "B", "role": "copy"}],
        "new_facts": [{"text": "It went out at noon."}],
        "figures": [{"what": "lamps", "values": [{"value": "2", "outlet": "A"}]}],
        "previously": [{"title": "Lamp lit"}],
    }
    return {**story, **keys}


def _evening(step: Step, *stories: dict[str, Any], **counts: int) -> Evening:
    message = EmailMessage()
    message["Subject"] = "Lamp goes out"
    message["Message-ID"] = "<1@a.example>"
    message.set_content("All about it.\n")
    body = {"type": "digest", "data": {"sections": [{"stories": list(stories)}]}}
    report = {
        "sources": [{"new": sum(counts.values())}, {"new": 0}],
        "articles": {**COUNTS, **counts},
    }
    return Evening(
        step=step,
        report=report,
        unchanged=1,
        mails=(Mail(("r@a.example",), message),) if stories else (),
        events=(Event("msg_1", body),) if stories else (),
    )


def _words(evening: Evening) -> str:
    return " ".join(" ".join(evening_words(evening)).split())


def test_a_pass_says_what_was_read_and_told() -> None:
    words = _words(_evening(EVENINGS[0], _story(), new=2, same_story=1, same_text=1, versions=1))
    assert "2 feeds read (1 not modified), 5 new or edited articles" in words
    assert "2 new stories, 1 joined one, 1 is a copy, 1 was edited" in words
    assert "told: “Lamp goes out”" in words
    assert "• Lamp goes out — 2 outlets: A, B — a copy: B" in words


def test_an_update_says_how_much_is_new() -> None:
    assert "update: 1 new fact, nothing repeated" in _words(
        _evening(EVENINGS[1], _story("update"), new=1)
    )


def test_a_single_outlet_is_named_without_counting() -> None:
    words = _words(_evening(EVENINGS[1], _story(outlets=["A"], articles=[]), new=1))
    assert "• Lamp goes out — A" in words


@pytest.mark.parametrize(
    ("step", "why"), [(FIRST_LOOK, "before watching began"), (AGAIN, "there is nothing new")]
)
def test_silence_is_explained(step: Step, why: str) -> None:
    words = _words(_evening(step))
    assert "no new article" in words
    assert "told nobody" in words
    assert why in words


def test_the_summary_for_machines_has_stable_keys(tmp_path: Path) -> None:
    article = {
        "title": "T", "outlet": "A", "url": "u", "story": 7, "verdict": "new", "topics": [], "text": "x",
    }  # fmt: skip
    played = Played(
        folder=tmp_path, evenings=(_evening(EVENINGS[0], _story(), new=1),), articles=(article,)
    )
    found = as_dict(played)
    assert set(found) == {"folder", "digests", "passes", "mails", "events", "articles"}
    assert found["mails"] == [
        {"id": "<1@a.example>", "subject": "Lamp goes out", "to": ["r@a.example"]}
    ]
    (evening,) = found["passes"]
    assert evening["at"] == "2026-03-24T22:05:00Z"
    assert evening["stories"][0]["copies"] == ["B"]
    assert evening["stories"][0]["figures"] == [{"what": "lamps", "values": [["2", "A"]]}]
    assert "text" not in found["articles"][0]


def test_again_without_an_earlier_run_says_what_to_do(tmp_path: Path) -> None:
    result = CliRunner().invoke(command_line, ["demo", "--again", "--folder", str(tmp_path)])
    assert isinstance(result.exception, UsageError)
    assert "first" in str(result.exception)


def test_somebodys_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    result = CliRunner().invoke(command_line, ["demo", "--folder", str(tmp_path)])
    assert isinstance(result.exception, UsageError)
    assert (tmp_path / "mine").exists()


def test_the_end_gives_the_last_message_and_where_the_files_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "digests").mkdir()
    (tmp_path / "digests" / "one.html").touch()
    titles = ("A bridge", "A boat", "A ferry", "Sora rates")
    played = Played(
        folder=tmp_path,
        evenings=(_evening(EVENINGS[0], _story(), new=1),),
        articles=tuple({"title": title, "topics": []} for title in titles),
    )
    _finish(played, again=False, seconds=11.6)
    shown = " ".join(capsys.readouterr().out.split())
    for words in (
        "Subject: Lamp goes out All about it.",
        "1 mails and 1 webhook events",
        "“Sora rates”, “A bridge”, “A boat” and 1 more",
        f"in {tmp_path / 'digests'}: one.html",
        "demo --again",
        f"-c {tmp_path / 'feeds.yaml'} --now 2026-04-17 stories",
        "(12 s)",
    ):
        assert words in shown


def test_a_run_that_told_and_left_out_nothing_ends_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _finish(Played(folder=tmp_path, evenings=(), articles=()), again=False, seconds=1)
    assert "0 mails" in capsys.readouterr().out


def test_a_second_telling_would_be_admitted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    played = Played(folder=tmp_path, evenings=(_evening(AGAIN, _story(), new=1),), articles=())
    _finish(played, again=True, seconds=1)
    assert "1 mails arrived, which should not be" in capsys.readouterr().out
