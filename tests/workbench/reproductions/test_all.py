"""What every reproduction keeps to."""

from __future__ import annotations

import inspect

import pytest

from workbench.reproductions import Cancelled, Watch, load, names, reproduce


@pytest.mark.parametrize("name", names())
def test_settings_may_have_their_defaults_and_are_what_is_taken(name):
    file = load(name)
    for setting in file.SETTINGS:
        assert setting.take(setting.default) == setting.default
    taken = list(inspect.signature(file.carry_out).parameters)
    assert taken == ["watch", *(setting.name for setting in file.SETTINGS)]
    for text in (file.SUMMARY, file.SOURCE):
        assert text.isprintable()


@pytest.mark.parametrize("name", names())
def test_it_stops_when_it_is_asked_to(name):
    with pytest.raises(Cancelled):
        reproduce(name, cancelled=lambda: True)


def test_a_part_tells_its_share_of_the_whole():
    told = []
    whole = Watch(told.append)
    whole.part(0.25, 0.75).part(0.5, 1.0).at(0.5)
    assert told == [0.625]
