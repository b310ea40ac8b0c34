"""A combo box whose entries are found by typing any part of their names."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QFocusEvent
from PyQt6.QtWidgets import QComboBox, QCompleter, QWidget


class SearchCombo(QComboBox):
    """``textActivated(name)`` follows a choice; Enter takes the first entry that fits, and text
    that fits none gives way to the entry chosen before."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        completer = QCompleter(self.model(), self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        completer.setMaxVisibleItems(14)
        self.setCompleter(completer)
        self.setMaxVisibleItems(20)
        line = self.lineEdit()
        assert line is not None
        line.setPlaceholderText("type to search")
        line.returnPressed.connect(self._take_first)

    def _take_first(self) -> None:
        text = self.currentText()
        if self.findText(text, Qt.MatchFlag.MatchFixedString) >= 0:
            row = self.findText(text, Qt.MatchFlag.MatchFixedString)
        else:
            row = self.findText(text, Qt.MatchFlag.MatchContains) if text else -1
        if row < 0:
            self._restore()
        elif row != self.currentIndex() or text != self.itemText(row):
            self.setCurrentIndex(row)
            self.setEditText(self.itemText(row))
            self.textActivated.emit(self.itemText(row))

    def _restore(self) -> None:
        self.setEditText(self.itemText(self.currentIndex()))

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """Leave no half a name behind."""
        if self.findText(self.currentText(), Qt.MatchFlag.MatchExactly) < 0:
            self._restore()
        super().focusOutEvent(event)
