"""Fields for hyper-parameters that are no numbers: a word of a list, a line of text, a file."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QLineEdit, QToolButton, QWidget


class WordEdit(QComboBox):
    """A choice of words; ``committed(word)`` follows every pick."""

    committed = pyqtSignal(str)

    def __init__(self, word: str, words: list[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.addItems(words)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.set_value(word)
        self.textActivated.connect(self.committed)

    def set_value(self, value: object) -> None:
        """Show ``value`` without telling anyone."""
        self.setCurrentText(str(value))

    def value(self) -> object:
        """The word shown."""
        return self.currentText()


class TextEdit(QLineEdit):
    """A line of text; ``committed(text)`` follows Enter and leaving the field."""

    committed = pyqtSignal(str)

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._last = ""
        self.set_value(text)
        self.editingFinished.connect(self._commit)

    def set_value(self, value: object) -> None:
        """Show ``value`` without telling anyone."""
        self._last = str(value)
        self.setText(self._last)
        self.setCursorPosition(0)

    def value(self) -> object:
        """The text in the field."""
        return self.text().strip()

    def _commit(self) -> None:
        if self.text() != self._last:
            self._last = self.text()
            self.committed.emit(self.text())


class PathEdit(QWidget):
    """A path with a button to look for the file; ``committed(path)`` follows both ways."""

    committed = pyqtSignal(str)

    def __init__(self, path: str, what: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._what = what
        self.line = TextEdit(path)
        self.line.setPlaceholderText("choose a file")
        self.button = QToolButton()
        self.button.setText("…")
        self.button.setToolTip(f"look for {what}")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.line, 1)
        row.addWidget(self.button)
        self.setFocusProxy(self.line)
        self.line.committed.connect(self.committed)
        self.button.clicked.connect(self._browse)

    def set_value(self, value: object) -> None:
        """Show ``value`` without telling anyone; its end, which says most, is in view."""
        self.line.set_value(value)
        self.line.end(False)

    def value(self) -> object:
        """The path in the field."""
        return self.line.value()

    def _browse(self) -> None:
        held = Path(str(self.value()) or ".")
        name, _ = QFileDialog.getOpenFileName(self, f"Choose {self._what}", str(held.parent))
        if name:
            self.set_value(name)
            self.committed.emit(name)
