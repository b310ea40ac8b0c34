"""Films, read back by Pillow and by ffmpeg."""

from __future__ import annotations

import shutil
import subprocess

import numpy as np
import pytest
from PIL import Image

from workbench.cli import main
from workbench.errors import BadValue, WorkbenchError
from workbench.films import Frame, check_name, frames_of, kinds, write_film

needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is missing")
SHADES = [(213, 94, 0), (10, 120, 40), (250, 250, 250)]


def pictures(blue_first):
    """One picture a shade; the last comes first too, as a film wants it."""
    for shade in (SHADES[-1], *SHADES):
        # The last picture has all colours: a GIF takes its table from it.
        rows = np.empty((48, 64, 4), np.uint8)
        rows[...] = (*(shade[::-1] if blue_first else shade), 77)
        for k, other in enumerate(SHADES):
            rows[40:, 8 * k : 8 * k + 8, :3] = other[::-1] if blue_first else other
        yield Frame(64, 48, rows.tobytes(), blue_first)


def shade_of(picture):
    return np.asarray(picture.convert("RGB"), float)[:36].mean((0, 1))


@pytest.mark.parametrize("blue_first", [False, True])
def test_a_gif_has_the_pictures_in_their_order_and_colours(tmp_path, blue_first):
    write_film(tmp_path / "a.gif", pictures(blue_first))
    with Image.open(tmp_path / "a.gif") as film:
        assert (film.n_frames, film.size) == (3, (64, 48))
        for k, shade in enumerate(SHADES):
            film.seek(k)
            assert shade_of(film) == pytest.approx(shade, abs=8)
            assert film.info["duration"] == (1200 if k == 2 else 40)


@needs_ffmpeg
@pytest.mark.parametrize("blue_first", [False, True])
def test_an_mp4_has_the_pictures_in_their_order_and_colours(tmp_path, blue_first):
    write_film(tmp_path / "a.mp4", pictures(blue_first))
    cut = ["ffmpeg", "-loglevel", "error", "-i", tmp_path / "a.mp4", tmp_path / "%03d.png"]
    subprocess.run(cut, check=True)
    found = sorted(tmp_path.glob("*.png"))
    assert len(found) == 3 + 30
    for path, shade in zip((*found[:3], found[-1]), (*SHADES, SHADES[-1]), strict=True):
        with Image.open(path) as picture:
            assert shade_of(picture) == pytest.approx(shade, abs=12)


@pytest.mark.parametrize("suffix", ["gif", pytest.param("mp4", marks=needs_ffmpeg)])
def test_what_the_pictures_raise_goes_through(tmp_path, suffix):
    def broken():
        yield from list(pictures(False))[:2]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_film(tmp_path / f"a.{suffix}", broken())


@needs_ffmpeg
def test_what_ffmpeg_says_is_one_line(tmp_path):
    with pytest.raises(WorkbenchError, match=r"ffmpeg: .*none"):
        write_film(tmp_path / "none" / "a.mp4", pictures(False))


def test_a_name_is_checked_before_anything_is_drawn(monkeypatch):
    assert check_name("--film", "a.GIF") == "a.GIF"
    for name in ("", "a", "a.png", "x/a.gif", "/a.gif", ".gif", "a\0.gif"):
        with pytest.raises(BadValue, match=r"--film: must be the name .*\.gif"):
            check_name("--film", name)
    monkeypatch.setattr("shutil.which", lambda _: None)
    assert kinds() == ["gif"]
    with pytest.raises(BadValue, match=r"ffmpeg.*nearest valid: a\.gif"):
        check_name("--film", "a.mp4")


def test_a_film_shows_few_steps_each_and_many_in_growing_strides():
    assert frames_of(5) == [0, 1, 2, 3, 4, 5]
    for steps in (149, 150, 1000, 100_000):
        frames = frames_of(steps)
        assert frames[0] == 0
        assert frames[-1] == steps
        assert len(frames) <= 150
        assert (np.diff(frames) > 0).all()
        assert (np.diff(frames)[:-1] >= np.diff(frames)[0]).all()


def test_a_descent_is_filmed_by_the_terminal(tmp_path, capsys):
    out = tmp_path / "out"
    given = ["surface", "x^2+y^2", "--start", "-4,3", "--steps", "4", "--set", "learning_rate=.25"]
    assert main([*given, "--no-pictures", "--out", str(out), "--film", "a.gif"]) == 0
    assert str(out / "a.gif") in capsys.readouterr().out
    assert not list(out.glob("*.png"))
    marked = []
    with Image.open(out / "a.gif") as film:
        assert film.n_frames == 5
        for k in range(5):
            film.seek(k)
            marked.append(np.asarray(film.convert("RGB"), float))
    # The path's vermilion grows step by step, and what is drawn stays; the rest is at rest.
    shade = [np.abs(picture - (213, 94, 0)).max(-1) < 40 for picture in marked]
    covered = [int(s[60:540, 60:690].sum()) for s in shade]
    assert covered == sorted(covered)
    assert covered[-1] > covered[0]
    # From (-4, 3) each step goes half of the way to (0, 0): right and down.
    first, last = (np.argwhere(s[60:540, 60:690]).mean(0) for s in (shade[0], shade[-1]))
    assert last[0] > first[0]
    assert last[1] > first[1]


def test_a_race_is_filmed_too(tmp_path, capsys):
    out = tmp_path / "out"
    given = ["race", "x^2+y^2", "--rates", "0.25,1.5", "--steps", "30", "--start", "1,1"]
    assert main([*given, "--out", str(out), "--film", "race.gif", "--json"]) == 0
    with Image.open(out / "race.gif") as film:
        assert film.n_frames == 31
    assert (out / "race.png").exists()


@pytest.mark.parametrize(
    "arguments",
    [["--film", "a.gif"], ["--film", "a.avi", "--out", "x"], ["--film", "b/a.gif", "--out", "x"]],
)
@pytest.mark.parametrize("command", [["surface", "bowl"], ["race", "bowl", "--rates", "0.1"]])
def test_a_film_that_cannot_be_is_refused_in_one_line(
    command, arguments, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert main([*command, *arguments]) == 2
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", 1)
    assert err.startswith("workbench: --film: ")
    assert not list(tmp_path.iterdir())
