"""The steps of a descent as a slider: forwards, backwards, and played by itself."""

from __future__ import annotations

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QAction, QKeySequence
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QSlider, QSpinBox, QStyle, QToolButton, QWidget

from ui.theme import themes, tinted
from workbench.films import frames_of

_FRAME_MS = 33


class Timeline(QWidget):
    """``moved(step)`` follows every change; ``step`` is the present one of ``steps``.

    At the end it stays there when the number of steps changes, so that a descent which is made
    anew is shown whole.
    """

    moved = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setToolTip("the step shown; arrow keys, Page Up, Page Down, Home, End")
        self.slider.setAccessibleName("step")
        self.number = QSpinBox()
        self.number.setToolTip("the step that is shown")
        self.number.setKeyboardTracking(False)
        self.number.setMinimumWidth(76)
        self.total = QLabel("of 0")
        self.action = QAction("Play the descent", self)
        self.action.setShortcut(QKeySequence("Ctrl+Space"))
        self.action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        self.button = QToolButton()
        self.button.setDefaultAction(self.action)
        self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for widget in (self.button, self.slider, self.number, self.total):
            row.addWidget(widget, 1 if widget is self.slider else 0)
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self._next_frame)
        self._frame = 0
        self._frames: list[int] = []
        self.slider.valueChanged.connect(self._changed)
        self.number.valueChanged.connect(self.slider.setValue)
        self.action.triggered.connect(self.toggle)
        themes.changed.connect(self._restyle)
        self.set_steps(0)
        self._restyle()

    @property
    def step(self) -> int:
        """The step that is shown."""
        return self.slider.value()

    @property
    def steps(self) -> int:
        """The last step."""
        return self.slider.maximum()

    def set_steps(self, steps: int) -> None:
        """Have steps 0 … ``steps``."""
        at_end = self.step == self.steps
        for widget in (self.slider, self.number):
            widget.blockSignals(True)
            widget.setRange(0, steps)
            if at_end:
                widget.setValue(steps)
            widget.blockSignals(False)
        self.slider.setPageStep(max(steps // 10, 1))
        self.total.setText(f"of {steps:,}")
        self.action.setEnabled(steps > 0)

    def toggle(self) -> None:
        """Play from the present step, from the start where that is the last; or stop."""
        if self._timer.isActive():
            self.stop()
            return
        first = self.step if self.step < self.steps else 0
        self._frames = [s for s in frames_of(self.steps) if s > first]
        self._frame = 0
        self.slider.setValue(first)
        self._timer.start()
        self._restyle()

    def stop(self) -> None:
        """Stop playing."""
        self._timer.stop()
        self._restyle()

    def _next_frame(self) -> None:
        if self._frame < len(self._frames):
            self.slider.setValue(self._frames[self._frame])
            self._frame += 1
        else:
            self.stop()

    def _changed(self, step: int) -> None:
        self.number.blockSignals(True)
        self.number.setValue(step)
        self.number.blockSignals(False)
        self.moved.emit(step)

    def _restyle(self) -> None:
        style = self.style()
        assert style is not None
        playing = self._timer.isActive()
        pixmap = QStyle.StandardPixmap
        icon = style.standardIcon(pixmap.SP_MediaPause if playing else pixmap.SP_MediaPlay)
        self.action.setIcon(tinted(icon))
        self.action.setText("Pause" if playing else "Play the descent")
        self.action.setToolTip(
            f"{'stop' if playing else 'play the descent step by step'} (Ctrl+Space)"
        )
