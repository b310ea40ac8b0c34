"""Finding an entry by typing a part of its name."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from ui.search_combo import SearchCombo


@pytest.fixture
def combo(qapp, qtbot):
    made = SearchCombo()
    made.addItems(["ackley", "beale", "himmelblau", "six_hump_camel", "three_hump_camel"])
    qtbot.addWidget(made)
    made.show()
    made.chosen = []
    made.textActivated.connect(made.chosen.append)
    return made


def write(combo, text):
    combo.lineEdit().selectAll()
    QTest.keyClicks(combo.lineEdit(), text)


def test_enter_takes_the_first_that_fits(combo):
    write(combo, "HUMP")
    QTest.keyClick(combo.lineEdit(), Qt.Key.Key_Return)
    assert combo.chosen[-1] == "six_hump_camel"
    assert combo.currentText() == "six_hump_camel"
    assert combo.currentIndex() == 3


def test_what_fits_none_gives_way(combo):
    combo.setCurrentText("beale")
    combo.setCurrentIndex(1)
    write(combo, "frog")
    QTest.keyClick(combo.lineEdit(), Qt.Key.Key_Return)
    assert combo.currentText() == "beale"
    assert combo.chosen == []


def test_the_completer_lists_all_that_fit(combo):
    write(combo, "camel")
    completer = combo.completer()
    completer.setCompletionPrefix("camel")
    assert completer.completionCount() == 2
