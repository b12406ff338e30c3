"""Keeping a digest in a folder."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from aiwatch.channels import channel
from aiwatch.model import Delivered, Later, Part
from tests.channels import made
from tests.channels.wire import options, reached, sent

PART = Part(subject="Two stories", text="Hej ✓\n", html="<p>Hej ✓</p>")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_text_and_html_are_kept_under_date_alert_and_id(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    receipt = sent("file", made.envelope(PART), options("file", dir=folder))
    assert names(folder) == [
        "2026-11-19-morning-msg-0123456789abcdef.html",
        "2026-11-19-morning-msg-0123456789abcdef.txt",
    ]
    html, text = (folder / name for name in names(folder))
    assert receipt == Delivered(detail=str(html))
    assert html.read_text(encoding="utf-8") == "<p>Hej ✓</p>"
    assert text.read_text(encoding="utf-8") == "Hej ✓\n"


def test_a_second_attempt_writes_the_same_files(tmp_path: Path) -> None:
    given = options("file", dir=tmp_path)
    first = sent("file", made.envelope(PART), given)
    before = names(tmp_path)
    (tmp_path / f".{before[0]}.part").write_text("left behind by a crash")
    again = sent("file", made.envelope(PART, attempt=2), given)
    assert (first, before) == (again, names(tmp_path))


@pytest.mark.parametrize("alert", ["../../etc/passwd", "ข่าวเช้า", "A/B\x00", "", "x" * 500])
def test_no_name_leaves_the_folder(alert: str, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    envelope = made.envelope(PART, alert=alert, id="../<&>")
    assert isinstance(sent("file", envelope, options("file", dir=folder)), Delivered)
    assert names(tmp_path) == ["kept"]
    for name in names(folder):
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")


def test_a_part_without_html_is_kept_as_text(tmp_path: Path) -> None:
    given = options("file", dir=tmp_path)
    sent("file", made.envelope(Part(subject="", text="x\ud800")), given)
    (kept,) = tmp_path.iterdir()
    assert kept.read_bytes() == b"x?"
    assert sent("file", made.envelope(Part(subject="")), given) == Delivered(
        detail="nothing to keep"
    )


def test_a_folder_that_cannot_be_written_is_later(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    receipt = sent("file", made.envelope(PART), options("file", dir=tmp_path / "taken"))
    assert isinstance(receipt, Later)
    assert f"{tmp_path / 'taken'} cannot be written to (File exists)" in receipt.reason


def test_reaching_makes_nothing(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    assert isinstance(reached("file", options("file", dir=tmp_path / "a" / "b")), Delivered)
    assert isinstance(reached("file", options("file", dir=tmp_path / "taken")), Later)
    assert isinstance(reached("file", options("file", dir=tmp_path / "taken" / "a")), Later)
    assert names(tmp_path) == ["taken"]


def test_both_forms_are_one_part() -> None:
    (part,) = channel("file").render(made.digest(made.line(1, "Sora")), options("file", dir="."))
    assert "Sora" in part.text
    assert "Sora" in part.html


def test_the_home_folder_has_its_sign() -> None:
    assert options("file", dir="~/digests").dir == Path.home() / "digests"


@pytest.mark.parametrize("keys", [{}, {"dir": "~nobody-of-that-name/x"}, {"dir": "x", "mode": 7}])
def test_unusable_options_are_refused(keys: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        options("file", **keys)
