"""A field for one number, over any number of orders of magnitude."""

from __future__ import annotations

import math

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QLineEdit, QWidget


class NumberEdit(QLineEdit):
    """``committed(text)`` follows Enter, leaving the field, and the arrow keys.

    Up and down double and halve a number, or count a whole one. The text is not checked here: who
    knows the rule says what is wrong with it.
    """

    committed = pyqtSignal(str)

    def __init__(self, value: float, whole: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = whole
        self._last = ""
        self.set_value(value)
        self.editingFinished.connect(self._commit)

    def set_value(self, value: object) -> None:
        """Show ``value`` without telling anyone."""
        text = f"{value:.12g}" if isinstance(value, float) else str(value)
        self._last = text
        self.setText(text)
        self.setCursorPosition(0)

    def value(self) -> object:
        """The number in the field, or its text where that is none."""
        text = self.text().strip()
        for kind in (int, float):
            try:
                return kind(text)
            except ValueError:
                continue
        return text

    def _commit(self) -> None:
        if self.text() != self._last:
            self._last = self.text()
            self.committed.emit(self.text())

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Change the number with the arrow keys."""
        up = event is not None and event.key() == Qt.Key.Key_Up
        down = event is not None and event.key() == Qt.Key.Key_Down
        value = self.value()
        if (up or down) and isinstance(value, int | float) and math.isfinite(value):
            if self._whole:
                changed: float = max(0, int(value) + (1 if up else -1))
            else:
                changed = value * 2.0 if up else value / 2.0
            self.setText(f"{changed:.12g}" if isinstance(changed, float) else str(changed))
            self._commit()
            return
        super().keyPressEvent(event)
