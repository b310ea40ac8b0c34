"""Films: pictures one after the other, written as GIF or as MP4, whoever drew them.

GIF is written with Pillow, which Matplotlib brings along; MP4 by ffmpeg where there is one.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from workbench.errors import BadValue, WorkbenchError

RATE = 25  # pictures a second
FRAMES = 150  # pictures at most: some five seconds
_HOLD = 1.2  # seconds that the last one stays


class Frame(NamedTuple):
    """A picture: four bytes a pixel, row by row from the top, of which the last says nothing.

    The others are blue, green, red where ``blue_first``, else red, green, blue.
    """

    width: int
    height: int
    pixels: bytes
    blue_first: bool = False


def kinds() -> list[str]:
    """The kinds of files that can be written here: ``gif``, and ``mp4`` where ffmpeg is found."""
    return ["gif", "mp4"] if shutil.which("ffmpeg") else ["gif"]


def check_name(field: str, name: str) -> str:
    """``name`` where a film can be written to a file of it, with no folder in it.

    Raises BadValue for ``field``.
    """
    path = Path(name)
    kind = path.suffix.lower().removeprefix(".")
    plain = path.name == name and bool(path.stem) and "\0" not in name
    stem = path.stem if plain else "descent"
    if kind == "mp4" and kind not in kinds():
        rule = "must end in .gif, since ffmpeg, which writes .mp4, is not found"
        raise BadValue(field, rule, name, f"{stem}.gif")
    if kind not in ("gif", "mp4") or not plain:
        rule = "must be the name of a file that ends in .gif or .mp4, without a folder"
        raise BadValue(field, rule, name, f"{stem}.gif")
    return name


def frames_of(steps: int, most: int = FRAMES) -> list[int]:
    """The steps that a film shows: each where they are few, else in strides that grow, since early
    steps go far and late ones hardly move."""
    if steps < most:
        return list(range(steps + 1))
    frames = [0]
    for k in range(1, most):
        share = k / (most - 1)
        frames.append(max(frames[-1] + 1, round((steps + 1) ** share) - 1))
    return [f for f in frames if f < steps] + [steps]


def write_film(path: Path, frames: Iterator[Frame]) -> None:
    """Write ``frames``, all of one size, to ``path``: .mp4, or else .gif.

    The first of them is the last picture, and comes again at the end: it has all colours, and a GIF
    has one table for all pictures. What ``frames`` raises goes through, with ffmpeg ended. Raises
    OSError, and WorkbenchError where ffmpeg fails.
    """
    (_write_mp4 if path.suffix.lower() == ".mp4" else _write_gif)(path, frames)


def _write_gif(path: Path, frames: Iterator[Frame]) -> None:
    from PIL import Image

    def taken(frame: Frame) -> Image.Image:
        order = "BGRX" if frame.blue_first else "RGBX"
        size = frame.width, frame.height
        return Image.frombytes("RGB", size, frame.pixels, "raw", order, 0, 1)

    # Of the methods this is the one that keeps the colours of thin lines and shades alike.
    table = taken(next(frames)).quantize(256, Image.Quantize.FASTOCTREE)
    pictures = (taken(frame).quantize(palette=table, dither=Image.Dither.NONE) for frame in frames)
    first = next(pictures)
    held = [first, *pictures]
    # The format counts in hundredths of a second.
    pause = [1000 // RATE] * (len(held) - 1) + [round(1000 * _HOLD)]
    first.save(
        path, "GIF", save_all=True, append_images=held[1:], duration=pause, loop=0, optimize=False
    )


def _write_mp4(path: Path, frames: Iterator[Frame]) -> None:
    last = next(frames)
    order = "bgr0" if last.blue_first else "rgb0"
    command = ["ffmpeg", "-y", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", order]
    command += ["-s", f"{last.width}x{last.height}", "-r", str(RATE), "-i", "-"]
    # Players want an even number of pixels and colours at half the resolution.
    command += ["-vf", "crop=trunc(iw/2)*2:trunc(ih/2)*2", "-pix_fmt", "yuv420p"]
    command += ["-movflags", "+faststart", "-f", "mp4", str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as encoder:
        assert encoder.stdin is not None
        assert encoder.stderr is not None
        try:
            for frame in frames:
                encoder.stdin.write(frame.pixels)
            for _ in range(round(RATE * _HOLD)):
                encoder.stdin.write(last.pixels)
        except BrokenPipeError:
            pass  # it says why
        except BaseException:
            encoder.kill()
            raise
        finally:
            with contextlib.suppress(OSError):  # what is left in the buffer has no reader then
                encoder.stdin.close()
        said = encoder.stderr.read().decode(errors="replace").strip()
        if encoder.wait() != 0:
            raise WorkbenchError(f"{path.name}: ffmpeg: {said.splitlines()[-1] if said else '?'}")
