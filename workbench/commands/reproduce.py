"""``workbench reproduce``: published results beside ours."""

from __future__ import annotations

import argparse
import json
import sys

from workbench.arguments import read_value

SUMMARY = "reproduce a published result, with its figures beside ours"
DESCRIPTION = (
    "Carry out a published experiment again and put its figures beside ours, with a test of "
    "whether they agree; `workbench reproduce NAME --help` shows what may be chosen."
)
EPILOG = (
    "Written with --out: result.json, findings.csv, tables as CSV, pictures as PNG and SVG. Exit "
    "codes: 0 no finding differs, 1 some do, 2 bad input, 130 interrupted."
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    from workbench.reproductions import listed

    choices = parser.add_subparsers(title="reproductions", metavar="NAME", dest="name")
    for name, file in listed():
        text = f"{file.SUMMARY[0].upper()}{file.SUMMARY[1:]}. Source: {file.SOURCE}"
        one = choices.add_parser(
            name, help=file.SUMMARY, description=text, epilog=EPILOG, allow_abbrev=False
        )
        for setting in file.SETTINGS:
            text = f"{setting.meaning}, {setting.range} (default: {setting.default})"
            one.add_argument(f"--{setting.name.replace('_', '-')}", metavar="N", help=text)
        one.add_argument("--out", metavar="DIR", help="folder, new or empty")
        one.add_argument("--json", action="store_true", help="one JSON object as last line")


def carry_out(options: argparse.Namespace) -> int:
    """Carry the command out; returns the exit code."""
    from workbench.compile_progress import CompileProgress
    from workbench.interrupt import Interrupt
    from workbench.maps.folder import MapProgress, choose_map_folder
    from workbench.reproductions import Cancelled, listed, load, reproduce
    from workbench.reproductions._report import describe, save
    from workbench.store import release_folder
    from workbench.text_table import aligned

    if options.name is None:
        print("\n".join(aligned([(name, file.SUMMARY) for name, file in listed()], left=(0, 1))))
        return 0
    given = {s.name: getattr(options, s.name) for s in load(options.name).SETTINGS}
    settings = {key: read_value(text) for key, text in given.items() if text is not None}
    folder = None
    if options.out is not None:
        folder = choose_map_folder(options.out, options.name, "reproduce")

    def release() -> None:
        if folder:
            release_folder(folder)

    try:
        with (
            Interrupt(release) as interrupt,
            CompileProgress(lambda text: print(text, file=sys.stderr, flush=True)),
            MapProgress(options.name) as progress,
        ):
            made = reproduce(
                options.name,
                progress=progress,
                cancelled=lambda: interrupt.pressed,
                **settings,
            )
        result = save(made, folder) if folder else made.to_dict()
    except Cancelled:
        print("workbench: interrupted", file=sys.stderr)
        return 130
    finally:
        release()
    print(describe(made), file=sys.stderr if options.json else sys.stdout)
    if options.json:
        print(json.dumps(result))
    return 0 if made.agrees else 1
