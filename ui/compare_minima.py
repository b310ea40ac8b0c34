"""The distinct minima of a comparison as a table to sort, with verdicts and completeness."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from PyQt6.QtCore import QAbstractTableModel, QModelIndex, QSortFilterProxyModel, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from workbench.census.census import Census, DistinctMinimum
from workbench.census.table import sentence

_SORT = Qt.ItemDataRole.UserRole
_NONE = (
    "None of the ends is a minimum. With bounded outputs such as softmax and no penalty the loss "
    "falls on towards infinity: a penalty gives it minima."
)
_EMPTY = (
    "No minimum yet. Ends are polished and classified once all starts are trained; “polish” in the "
    "form says of how many."
)


class _Column(NamedTuple):
    """A head with its explanation, what it sorts by, and what it shows."""

    head: str
    tip: str
    value: Callable[[DistinctMinimum], Any]
    text: Callable[[DistinctMinimum], str]


class MinimaModel(QAbstractTableModel):
    """A row a minimum; column values are numbers, so that sorting is by size."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.minima: tuple[DistinctMinimum, ...] = ()
        self._columns: list[_Column] = []

    def show_census(self, census: Census | None) -> None:
        """Take over another list of minima."""
        self.beginResetModel()
        self.minima = census.minima if census else ()
        self._columns = _columns(census) if census else []
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        """How many minima there are."""
        return len(self.minima)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        """As many as the groups of starts need."""
        return len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """The columns' names and what they mean."""
        if orientation == Qt.Orientation.Horizontal and section < len(self._columns):
            if role == Qt.ItemDataRole.DisplayRole:
                return self._columns[section].head
            if role == Qt.ItemDataRole.ToolTipRole:
                return self._columns[section].tip
        return None

    def data(self, index: QModelIndex, role: int = 0) -> Any:
        """A figure as text, or the number that it is sorted by."""
        column, minimum = self._columns[index.column()], self.minima[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(minimum)
        if role == _SORT:
            return column.value(minimum)
        if role == Qt.ItemDataRole.TextAlignmentRole and column.head != "kind":
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None


class _Sorted(QSortFilterProxyModel):
    """What is not known comes last, in whichever order."""

    def lessThan(self, left: QModelIndex, right: QModelIndex) -> bool:
        """Whether ``left`` comes first in ascending order."""
        a, b = (i.data(_SORT) for i in (left, right))
        if isinstance(a, float) and isinstance(b, float) and math.isnan(a) != math.isnan(b):
            return math.isnan(b) == (self.sortOrder() == Qt.SortOrder.AscendingOrder)
        return bool(a < b)


class MinimaView(QWidget):
    """``chosen(census, minimum)`` follows a click on a row, or the arrow keys; ``entered`` Enter on
    it; ``switched`` the choice of another landscape, of whose minima none is chosen."""

    chosen = pyqtSignal(object, object)
    entered = pyqtSignal(object, object)
    switched = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.censuses: tuple[Census, ...] = ()
        self._shown: Census | None = None
        self.model = MinimaModel(self)
        self.sorted = _Sorted(self)
        self.sorted.setSourceModel(self.model)
        self.sorted.setSortRole(_SORT)
        self.table = QTableView()
        self.table.setModel(self.sorted)
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setAlternatingRowColors(True)
        self.table.setTabKeyNavigation(False)
        self.table.setAccessibleName("distinct minima")
        self.table.setToolTip("click a minimum to see what is around it; click a head to sort")
        down, across = self.table.verticalHeader(), self.table.horizontalHeader()
        assert down is not None
        assert across is not None
        down.hide()
        down.setDefaultSectionSize(22)
        across.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        across.setStretchLastSection(True)
        self.landscape = QComboBox()
        self.landscape.setObjectName("compare.landscape")
        self.landscape.setToolTip("cases with the same training loss are counted together")
        self.landscape.hide()
        self.title = QLabel("Distinct minima")
        self.title.setObjectName("viewTitle")
        self.verdicts, self.complete = QLabel(""), QLabel("")
        for label in (self.verdicts, self.complete):
            label.setObjectName("viewNote")
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.complete.setText(_EMPTY)
        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addWidget(self.landscape)
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 4, 6, 2)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        column.addWidget(self.verdicts)
        column.addWidget(self.complete)
        selection = self.table.selectionModel()
        assert selection is not None
        selection.currentRowChanged.connect(lambda now, _: self._tell(now))
        self.landscape.activated.connect(lambda _: self._switch())

    @property
    def census(self) -> Census | None:
        """The census that is shown."""
        k = max(self.landscape.currentIndex(), 0)
        return self.censuses[k] if k < len(self.censuses) else None

    @property
    def minimum(self) -> DistinctMinimum | None:
        """The minimum that is chosen."""
        return self._minimum_at(self.table.currentIndex())

    def show_censuses(self, censuses: tuple[Census, ...]) -> None:
        """Show other censuses; the minimum that was chosen stays so, by its example, untold."""
        if censuses is self.censuses:
            return
        chosen, k = self.minimum, self.landscape.currentIndex()
        self.censuses = censuses
        self.landscape.clear()
        self.landscape.addItems([", ".join(c.groups) for c in censuses])
        self.landscape.setCurrentIndex(k if 0 <= k < len(censuses) else 0)
        self.landscape.setVisible(len(censuses) > 1)
        self._show()
        if chosen is not None:
            self._choose_again(chosen)

    def _choose_again(self, chosen: DistinctMinimum) -> None:
        example = chosen.example_group, chosen.example_start
        for row, minimum in enumerate(self.model.minima):
            if (minimum.example_group, minimum.example_start) == example:
                selection = self.table.selectionModel()
                assert selection is not None
                selection.blockSignals(True)
                self.table.setCurrentIndex(self.sorted.mapFromSource(self.model.index(row, 0)))
                selection.blockSignals(False)

    def select(self, row: int) -> None:
        """Choose the minimum in a row of the table, as it is sorted."""
        self.table.selectRow(row)

    def _switch(self) -> None:
        if self.census is not self._shown:
            self._show()
            self.switched.emit()

    def _show(self) -> None:
        census = self._shown = self.census
        self.model.show_census(census)
        self.table.resizeColumnsToContents()
        count = len(census.minima) if census else 0
        self.title.setText(f"Distinct minima: {count:,}" if count else "Distinct minima")
        self.verdicts.setText(_verdicts(census) if census else "")
        self.complete.setText(_completeness(census) if census else _EMPTY)

    def _minimum_at(self, index: QModelIndex) -> DistinctMinimum | None:
        row = self.sorted.mapToSource(index).row()
        return self.model.minima[row] if index.isValid() and row >= 0 else None

    def _tell(self, index: QModelIndex) -> None:
        minimum = self._minimum_at(index)
        if minimum is not None:
            self.chosen.emit(self.census, minimum)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Enter looks at the chosen minimum's start."""
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event is not None and event.key() in keys and self.minimum is not None:
            self.entered.emit(self.census, self.minimum)
            return
        super().keyPressEvent(event)


def _columns(census: Census) -> list[_Column]:
    made = [
        _Column("no.", "by loss, the lowest first", lambda m: m.id, lambda m: str(m.id)),
        _Column("kind", "strict, or the floor of a valley", lambda m: m.kind, lambda m: m.kind),
        _number("loss", "training loss, polished", lambda m: m.loss, ".6g"),
        _number("test loss", "mean loss over the test set", lambda m: m.loss_test),
        _number("sharpness", "the Hessian's largest eigenvalue", lambda m: m.largest),
    ]
    for k, group in enumerate(census.groups):
        tip = f"ends of {group} here, with {census.confidence:.0%} Wilson limits of their share"
        made.append(_hits(group, tip, k))
    made += [
        _Column(
            "nearest",
            "the nearest other minimum, and how far it is after alignment",
            lambda m: m.nearest.distance if m.nearest else math.nan,
            lambda m: f"{m.nearest.other} at {m.nearest.distance:.3g}" if m.nearest else "–",
        ),
        _number(
            "barrier",
            "how far the loss rises on the way to the nearest, along an optimised curve",
            lambda m: m.nearest.curve if m.nearest else math.nan,
        ),
    ]
    return made


def _number(
    head: str, tip: str, value: Callable[[DistinctMinimum], float], form: str = ".4g"
) -> _Column:
    def text(minimum: DistinctMinimum) -> str:
        found = value(minimum)
        return format(found, form) if math.isfinite(found) else "–"

    return _Column(head, tip, lambda m: float(value(m)), text)


def _hits(group: str, tip: str, k: int) -> _Column:
    def text(minimum: DistinctMinimum) -> str:
        hit = minimum.hits[k]
        return f"{hit.count} ({hit.low:.1%}–{hit.high:.1%})" if hit.starts else "–"

    return _Column(group, tip, lambda m: m.hits[k].count, text)


def _verdicts(census: Census) -> str:
    parts = []
    for k, group in enumerate(census.groups):
        found = [f"{n[k]} {kind}" for kind, n in census.kinds.items() if n[k]]
        parts.append(f"{group}: {', '.join(found) or 'none yet'}")
    return "Verdicts. " + "; ".join(parts)


def _completeness(census: Census) -> str:
    if not census.minima:
        return _NONE
    return f"Completeness. {sentence(census.overall)}"
