"""The window: its pages, and the tool bar, menus and status bar around them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from PyQt6.QtCore import QSettings, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QAction, QActionGroup, QCloseEvent, QKeySequence
from PyQt6.QtWidgets import (
    QApplication,
    QLabel,
    QMainWindow,
    QMenu,
    QSizePolicy,
    QStackedWidget,
    QToolBar,
)

from ui.export import Picture
from ui.page import Page
from ui.run_page import RunPage
from ui.theme import DARK, LIGHT, system_theme, themes
from workbench import Experiment, Run

if TYPE_CHECKING:
    from ui.compare_page import ComparePage
    from ui.maps_page import MapsPage
    from ui.surface_page import SurfacePage

P = TypeVar("P", bound=Page)
_SIZE, _FRAME = QSize(1440, 860), QSize(8, 40)  # of the window, and what the desktop adds to it


def _room() -> QSize:
    """The largest size whose frame fits on the screen."""
    screen = QApplication.primaryScreen()
    return screen.availableSize() - _FRAME if screen else _SIZE


class MainWindow(QMainWindow):
    """Opens with ``experiment`` learning, or at rest where ``play`` is False.

    ``made`` is its run where that has been begun already (workbench.ahead). ``leaving()`` is said
    when it has gone from the screen, and its threads are still to be ended.
    """

    leaving = pyqtSignal()

    def __init__(
        self, experiment: Experiment, play: bool = True, made: Future[Run] | None = None
    ) -> None:
        super().__init__()
        self.setWindowTitle("Descent Workbench")
        self.pages: list[Page] = []
        self.page_actions: list[QAction] = []
        self._told: dict[Page, str] = {}
        self._compiling = ""
        self._stack, self._bars, self._figures = (QStackedWidget() for _ in range(3))
        self.state = QLabel("")
        self.run_page = RunPage()
        self._make_bar()
        self._make_menus()
        self._add(self.run_page)
        self.setCentralWidget(self._stack)
        self.run_page.bridge.compiles.connect(self._tell_compiling)
        themes.changed.connect(self._restyle)
        self.use_theme(str(QSettings().value("theme", "system")), keep=False)
        self.resize(_SIZE.boundedTo(_room()))
        self.show_page(self.run_page)
        self.run_page.open_experiment(experiment, play, made)

    # -- building ------------------------------------------------------------------------------

    @cached_property
    def surface_page(self) -> SurfacePage:
        """Made, and its modules imported, when it is first asked for: the window starts sooner."""
        from ui.surface_page import SurfacePage

        return self._add(SurfacePage())

    @cached_property
    def maps_page(self) -> MapsPage:
        """Made when it is first asked for, as ``surface_page``."""
        from ui.maps_page import MapsPage

        return self._add(MapsPage(lambda: self.run_page.bridge.run))

    @cached_property
    def compare_page(self) -> ComparePage:
        """Made when it is first asked for, as ``surface_page``."""
        from ui.compare_page import ComparePage

        page = self._add(ComparePage(lambda: self.run_page.bridge.run))
        page.replayed.connect(self._replay)
        return page

    def _add(self, page: P) -> P:
        self.pages.append(page)
        self._told[page] = ""
        self._stack.addWidget(page)
        self._bars.addWidget(page.bar)
        self._figures.addWidget(page.figures)
        page.told.connect(lambda text: self._tell(page, text))
        page.wrong.connect(lambda text: self._tell(page, text))
        self._file_menu.insertActions(self._after_pages, page.file_actions)
        return page

    def _make_bar(self) -> None:
        bar = QToolBar("Pages")
        bar.setObjectName("pageBar")
        bar.setMovable(False)
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.addToolBar(bar)
        group = QActionGroup(self)
        choices: list[tuple[str, str, Callable[[], Page]]] = [
            ("Run", "the page of runs", lambda: self.run_page),
            ("Surfaces", "the page of surfaces", lambda: self.surface_page),
            ("Maps", "the page of maps", lambda: self.maps_page),
            ("Compare", "the page of comparisons", lambda: self.compare_page),
        ]
        for k, (title, tip, page) in enumerate(choices, 1):
            action = QAction(title, self)
            action.setCheckable(True)
            action.setShortcut(QKeySequence(f"Ctrl+{k}"))
            action.setToolTip(f"{tip} (Ctrl+{k})")
            action.triggered.connect(lambda _, page=page: self.show_page(page()))
            group.addAction(action)
            bar.addAction(action)
            button = bar.widgetForAction(action)
            assert button is not None
            button.setObjectName("pageButton")
            self.page_actions.append(action)
        bar.addSeparator()
        self._bars.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        bar.addWidget(self._bars)
        self.state.setObjectName("runState")
        bar.addWidget(self.state)
        status = self.statusBar()
        assert status is not None
        status.addWidget(self._figures, 1)
        status.setSizeGripEnabled(False)

    def _make_menus(self) -> None:
        menus = self.menuBar()
        assert menus is not None
        file, view = menus.addMenu("&File"), menus.addMenu("&View")
        assert file is not None
        assert view is not None
        self._file_menu = file
        self.export_menu = file.addMenu("&Export")
        assert self.export_menu is not None
        self._after_pages = self.export_menu.menuAction()
        self.export_menu.aboutToShow.connect(self._fill_export_menu)
        file.addSeparator()
        leave = QAction("&Quit", self)
        leave.setShortcut(QKeySequence("Ctrl+Q"))
        leave.triggered.connect(self.close)
        file.addAction(leave)
        view.addActions(self.page_actions)
        view.addSeparator()
        group = QActionGroup(self)
        self.theme_actions: dict[str, QAction] = {}
        for name in ("system", "light", "dark"):
            action = QAction(f"&{name.capitalize()} colours", self)
            action.setCheckable(True)
            action.triggered.connect(lambda _, name=name: self.use_theme(name))
            group.addAction(action)
            view.addAction(action)
            self.theme_actions[name] = action

    def _fill_export_menu(self) -> None:
        menu = self.export_menu
        assert isinstance(menu, QMenu)
        menu.clear()
        page = self.page
        for picture in [*page.pictures, Picture("the whole window", self)]:
            menu.addAction(
                f"{picture.name[0].upper()}{picture.name[1:]}…",
                lambda picture=picture: page.export(picture),
            )
        others = page.exports()
        if others:
            menu.addSeparator()
        for text, act in others:
            menu.addAction(text, act)

    # -- what the user does --------------------------------------------------------------------

    @property
    def page(self) -> Page:
        """The page that is shown."""
        return self.pages[max(self._stack.currentIndex(), 0)]

    def show_page(self, page: Page) -> None:
        """Show a page, with its part of the bars."""
        k = self.pages.index(page)
        for stack in (self._stack, self._bars, self._figures):
            stack.setCurrentIndex(k)
        next(a for a in self.page_actions if a.text() == page.title).setChecked(True)
        for other in self.pages:
            for action in other.file_actions:
                action.setVisible(other is page)
        page.open()
        self._show_state()

    def _replay(self, experiment: Experiment) -> None:
        self.run_page.open_experiment(experiment)
        self.show_page(self.run_page)

    def use_theme(self, name: str, keep: bool = True) -> None:
        """``system``, ``light`` or ``dark``; remembered for the next start where ``keep``."""
        name = name if name in self.theme_actions else "system"
        self.theme_actions[name].setChecked(True)
        themes.use({"light": LIGHT, "dark": DARK}.get(name) or system_theme())
        if keep:
            QSettings().setValue("theme", name)

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """Go from the screen at once, and stop all threads."""
        self.hide()
        QApplication.sync()  # what follows may wait, and nothing would be sent until then
        self.leaving.emit()
        for page in self.pages:
            page.close_page()
        super().closeEvent(event)

    # -- what the pages tell -------------------------------------------------------------------

    def _tell(self, page: Page, text: str) -> None:
        self._told[page] = text
        self._show_state()

    def _tell_compiling(self, text: str) -> None:
        self._compiling = text
        self._show_state()

    def _show_state(self) -> None:
        self.state.setText(self._compiling or self._told[self.page])

    def _restyle(self) -> None:
        theme = themes.now
        self.setStyleSheet(
            f"""
            QLabel#viewTitle {{ font-weight: 600; }}
            QLabel#viewNote {{ color: {theme.faint}; }}
            QLabel#formMessage {{ color: {theme.error}; }}
            QLabel#runState {{ color: {theme.faint}; padding-right: 8px; }}
            QToolButton#pageButton {{ padding: 4px 12px; border: none; }}
            QToolButton#pageButton:checked {{
                font-weight: 600; color: {theme.accent}; border-bottom: 2px solid {theme.accent};
            }}
            QToolButton#pageButton:focus {{ text-decoration: underline; }}
            QListWidget {{ background: {theme.base}; }}
            """
        )
