"""Every file of commands is a command, with a help of its own, and is loaded only when given."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from workbench import commands


@pytest.mark.parametrize("name", commands.names())
def test_every_command_has_what_it_needs(name, capsys):
    command = commands.load(name)
    assert command.SUMMARY[0].islower()
    assert len(command.SUMMARY) < 80
    with pytest.raises(SystemExit) as caught:
        commands.parser(name).parse_args(["--help"])
    assert caught.value.code == 0
    assert f"workbench {name}" in capsys.readouterr().out


def test_the_name_of_a_command_is_that_of_its_file():
    files = {path.stem for path in Path(commands.__path__[0]).glob("*.py")} - {"__init__"}
    assert {name.replace("-", "_") for name in commands.names()} == files


def test_one_command_does_not_load_the_others(python):
    code = (
        "import sys; from workbench.cli import main; main(['list', 'schedules']);"
        "print({m for m in sys.modules if m.startswith('workbench.commands.')})"
    )
    _, out, _ = python("-c", code)
    assert ast.literal_eval(out.splitlines()[-1]) == {"workbench.commands.list"}
