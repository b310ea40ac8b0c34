"""Choosing an item of a catalogue and its hyper-parameters: made from what the item declares."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QComboBox, QFormLayout, QGroupBox, QLabel, QWidget

from kernels.catalog import Catalog, Hyper, Item
from kernels.domains import FilePath, Range, Words
from ui.number_edit import NumberEdit
from ui.search_combo import SearchCombo
from ui.text_edit import PathEdit, TextEdit, WordEdit

_LABEL_WIDTH = 88
_MANY = 30  # items from which on they are searched for rather than looked through
Field = NumberEdit | WordEdit | TextEdit | PathEdit


def field_label(name: str) -> QLabel:
    """A label for a form; of one width where they fit, so that fields of nested forms line up."""
    label = QLabel(name.replace("_", " "))
    label.setMinimumWidth(_LABEL_WIDTH)
    return label


def form_group(title: str, rows: list[tuple[str, QWidget]]) -> QGroupBox:
    """A titled form; a row without a label takes all the width."""
    group = QGroupBox(title)
    form = QFormLayout(group)
    form.setContentsMargins(8, 4, 8, 6)
    form.setVerticalSpacing(4)
    for label, widget in rows:
        if label:
            form.addRow(field_label(label), widget)
        else:
            form.addRow(widget)
    return group


def _field(hyper: Hyper) -> Field:
    """An empty field for what the hyper-parameter may be."""
    domain = hyper.domain
    if isinstance(domain, Range):
        return NumberEdit(hyper.default, whole=domain.integer)
    if isinstance(domain, Words):
        return WordEdit(hyper.default, domain.choices)
    if isinstance(domain, FilePath):
        return PathEdit(hyper.default, domain.what)
    return TextEdit(hyper.default)


class ItemEditor(QWidget):
    """A combo box with the catalogue's names and a field for each hyper-parameter of the item.

    ``changed(table)`` carries the name and, unless another item was picked, its hyper-parameters.
    An item that needs a file shows its fields when it is picked, and is told once they name one.
    """

    changed = pyqtSignal(object)

    def __init__(self, label: str, catalog: Catalog, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._catalog = catalog
        self._label = label
        self.combo = SearchCombo() if len(catalog) >= _MANY else QComboBox()
        self.combo.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        for item in catalog:
            self.combo.addItem(item.name)
            self.combo.setItemData(self.combo.count() - 1, item.summary, 3)  # ToolTipRole
        self.combo.setObjectName(label)
        self.fields: dict[str, Field] = {}
        self._name = ""
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setVerticalSpacing(3)
        self._form.addRow(field_label(label), self.combo)
        self.combo.textActivated.connect(self._pick)

    def show_table(self, table: dict[str, Any]) -> None:
        """Show an item: its name and hyper-parameters as ``Choice.to_dict`` gives them."""
        name = table["name"]
        if name != self._name:
            self._rebuild(name)
        for key, field in self.fields.items():
            if not field.hasFocus() or field.value() != table[key]:
                field.set_value(table[key])

    def hide_row(self, field: QWidget) -> None:
        """Do without the combo box, or without a field, where another widget stands for it."""
        self._form.setRowVisible(field, False)

    def show_none(self, text: str) -> None:
        """Show that no item is chosen; ``text`` stands in the combo box."""
        while self._form.rowCount() > 1:
            self._form.removeRow(1)
        self.fields.clear()
        self._name = ""
        self.combo.setPlaceholderText(text)
        self.combo.setCurrentIndex(-1)
        line = self.combo.lineEdit()
        if line is not None:
            line.setPlaceholderText(text)
            line.clear()

    def _rebuild(self, name: str) -> None:
        while self._form.rowCount() > 1:
            self._form.removeRow(1)
        self.fields.clear()
        self._name = name
        item = self._catalog.get(name)
        self.combo.setCurrentText(name)
        self.combo.setToolTip(item.summary)
        for hyper in item.hypers:
            field = _field(hyper)
            field.setObjectName(f"{self._label}.{hyper.name}")
            field.setToolTip(f"{hyper.meaning}; {hyper.domain.text}")
            field.committed.connect(self._commit)
            label = field_label(hyper.name)
            label.setIndent(10)
            label.setToolTip(field.toolTip())
            self._form.addRow(label, field)
            self.fields[hyper.name] = field

    def _pick(self, name: str) -> None:
        if name == self._name:
            return
        if _files(self._catalog.get(name)):
            self._rebuild(name)
        else:
            self.changed.emit({"name": name})

    def _commit(self) -> None:
        values = {key: field.value() for key, field in self.fields.items()}
        if all(values[key] for key in _files(self._catalog.get(self._name))):
            self.changed.emit({"name": self._name} | values)


def _files(item: Item) -> list[str]:
    """Hyper-parameters of ``item`` without whose file it is not complete."""
    return [h.name for h in item.hypers if isinstance(h.domain, FilePath) and not h.domain.optional]
