"""A page of the window: what the window asks of each, and what it shows around it."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QEvent, QObject, QPoint, Qt, pyqtSignal
from PyQt6.QtGui import QAction, QIcon, QKeySequence
from PyQt6.QtWidgets import (
    QGraphicsView,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QStyle,
    QToolBar,
    QWidget,
)

from ui.export import Picture, choose_and_save
from ui.theme import themes, tinted


class Page(QWidget):
    """``bar`` is its part of the tool bar, ``figures`` its part of the status bar.

    ``told(text)`` says on the tool bar what it is doing, ``wrong(text)`` what went wrong.
    ``file_actions`` stand in the File menu while the page is shown, with their shortcuts.
    """

    title = ""
    told = pyqtSignal(str)
    wrong = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = QToolBar(self.title)
        self.bar.setMovable(False)
        self.bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.figures = QWidget()
        self.file_actions: list[QAction] = []
        self.pictures: list[Picture] = []
        self._icons: dict[QAction, QIcon] = {}
        themes.changed.connect(self._tint)

    def open(self) -> None:
        """Called each time that the page is shown."""

    def close_page(self) -> None:
        """Stop all that runs; the window is going."""

    def exports(self) -> list[tuple[str, Callable[[], None]]]:
        """What else than pictures can be exported now: a text for the menu, and how."""
        return []

    def add_action(self, text: str, icon: QStyle.StandardPixmap, key: str, tip: str) -> QAction:
        """An action on the page's bar."""
        style = self.style()
        assert style is not None
        action = QAction(text, self)
        self._icons[action] = style.standardIcon(icon)
        action.setIcon(tinted(self._icons[action]))
        action.setShortcut(QKeySequence(key))
        action.setToolTip(f"{text}: {tip} ({key})")
        self.bar.addAction(action)
        return action

    def add_file_action(self, text: str, key: str, slot: Callable[[], object]) -> QAction:
        """An action in the File menu, while the page is shown."""
        action = QAction(text, self)
        action.setShortcut(QKeySequence(key))
        action.triggered.connect(lambda _: slot())
        self.file_actions.append(action)
        return action

    def add_progress(self, steps: int) -> tuple[QLabel, QProgressBar]:
        """A text and a hidden bar of so many steps in the page's part of the status bar."""
        text, bar = QLabel(""), QProgressBar()
        text.setContentsMargins(6, 0, 10, 0)
        bar.setRange(0, steps)
        bar.setFixedWidth(180)
        bar.setMaximumHeight(14)
        bar.setTextVisible(False)
        bar.hide()
        row = QHBoxLayout(self.figures)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(text, 1)
        row.addWidget(bar)
        row.addSpacing(8)
        return text, bar

    def add_picture(self, name: str, widget: QWidget) -> None:
        """Let ``widget`` be exported, by the File menu and by a menu of its own (right click)."""
        picture = Picture(name, widget)
        self.pictures.append(picture)
        widget.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        widget.customContextMenuRequested.connect(lambda at: self._offer(picture, at))
        for plot in widget.findChildren(QGraphicsView):
            # A plot takes the event for itself.
            plot.installEventFilter(_Passes(widget))

    def _offer(self, picture: Picture, at: QPoint) -> None:
        menu = QMenu(self)
        menu.addAction(f"Export {picture.name}…", lambda: self.export(picture))
        for text, act in self.exports():
            menu.addAction(text, act)
        menu.exec(picture.widget.mapToGlobal(at))
        menu.deleteLater()

    def export(self, picture: Picture) -> None:
        """Ask for a file, and save the picture as that file's kind."""
        said = choose_and_save(self, picture)
        if said:
            (self.told if said.saved else self.wrong).emit(said.text)

    def _tint(self) -> None:
        for action, icon in self._icons.items():
            action.setIcon(tinted(icon))


class _Passes(QObject):
    """Sends a plot's context menu event on to the view that the plot is a part of."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self._view = view

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.ContextMenu:
            at = self._view.mapFromGlobal(event.globalPos())  # type: ignore[attr-defined]
            self._view.customContextMenuRequested.emit(at)
            return True
        return False
