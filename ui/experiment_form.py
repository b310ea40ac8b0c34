"""The experiment as a form. Every change that holds makes a new experiment; others say why not."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import (
    QComboBox,
    QFrame,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from kernels import activations, initializers, losses, outputs
from ui.item_editor import ItemEditor, form_group
from ui.number_edit import NumberEdit
from workbench import Experiment, WorkbenchError, datasets, gallery
from workbench.experiment import CATALOGS, DTYPES
from workbench.fields import Choice, choose, located

_NETWORK_ITEMS = {
    "activations": activations.catalog,
    "output": outputs.catalog,
    "loss": losses.catalog,
}
_TOP_ITEMS = ("penalty", "initializer", "optimizer", "schedule", "batching")
_STOP = {
    "steps": "steps at most",
    "loss": "training loss that ends the run; empty: none",
    "gradient_norm": "gradient norm that ends the run; empty: none",
    "accuracy": "training accuracy that ends the run; empty: none",
}


class ExperimentForm(QScrollArea):
    """``changed(experiment)`` follows every valid change; ``message`` holds one line for others."""

    changed = pyqtSignal(object)
    preset_chosen = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.experiment: Experiment | None = None
        self.message = QLabel("")
        self.message.setObjectName("formMessage")
        self.message.setWordWrap(True)
        self.preset = QComboBox()
        self._gallery = {name: Experiment.preset(name) for name in gallery()}
        for name, kept in self._gallery.items():
            self.preset.addItem(name)
            self.preset.setItemData(self.preset.count() - 1, kept.title, 3)  # ToolTipRole
        self.preset.setPlaceholderText("another")
        self.sizes = NumberEdit(0)
        self.sizes.setObjectName("network.sizes")
        self.sizes.setToolTip("units of each layer, inputs first, such as 16-6-6-2")
        self.items: dict[str, ItemEditor] = {}
        self.numbers: dict[str, NumberEdit] = {}
        self.dtype = QComboBox()
        self.dtype.addItems(DTYPES)

        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(6)
        layout.addWidget(form_group("Experiment", self._top_rows()))
        layout.addWidget(form_group("Data and network", self._network_rows()))
        layout.addWidget(form_group("Training", self._training_rows()))
        layout.addWidget(form_group("Stop rule", self._stop_rows()))
        layout.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.preset.textActivated.connect(self.preset_chosen)
        self.dtype.textActivated.connect(lambda text: self._apply({"dtype": text}))
        self.sizes.committed.connect(self._set_sizes)

    def _top_rows(self) -> list[tuple[str, QWidget]]:
        rows: list[tuple[str, QWidget]] = [("gallery", self.preset)]
        rows += [(key, self._number(key, whole=True)) for key in ("seed", "start")]
        self.numbers["start"].setToolTip("which of the seed's starting points")
        return [*rows, ("dtype", self.dtype)]

    def _network_rows(self) -> list[tuple[str, QWidget]]:
        rows: list[tuple[str, QWidget]] = [("", self._item("data", CATALOGS["data"]))]
        rows.append(("layer sizes", self.sizes))
        rows += [("", self._item(key, catalog)) for key, catalog in _NETWORK_ITEMS.items()]
        return rows

    def _training_rows(self) -> list[tuple[str, QWidget]]:
        return [("", self._item(key, CATALOGS[key])) for key in _TOP_ITEMS]

    def _stop_rows(self) -> list[tuple[str, QWidget]]:
        rows: list[tuple[str, QWidget]] = []
        for key, tip in _STOP.items():
            field = self._number(f"stop.{key}", whole=key == "steps")
            field.setToolTip(tip)
            rows.append((key.replace("_", " "), field))
        return rows

    def _number(self, key: str, whole: bool) -> NumberEdit:
        field = NumberEdit(0, whole)
        field.setObjectName(key)
        field.committed.connect(lambda _: self._apply({key: _optional(field)}))
        self.numbers[key] = field
        return field

    def _item(self, key: str, catalog: Any) -> ItemEditor:
        editor = ItemEditor(key, catalog)
        editor.changed.connect(lambda table: self._set_item(key, table))
        self.items[key] = editor
        return editor

    def show_experiment(self, experiment: Experiment) -> None:
        """Fill the form; tells no one."""
        self.experiment = experiment
        same = [k for k, kept in enumerate(self._gallery.values()) if kept == experiment]
        self.preset.setCurrentIndex(same[0] if same else -1)
        spec = experiment.network
        self.sizes.set_value("-".join(map(str, spec.sizes)))
        shown = {key: getattr(experiment, key) for key in ("data", *_TOP_ITEMS)}
        shown |= {"output": spec.output, "loss": spec.loss}
        if spec.activations:
            shown["activations"] = spec.activations[0]
        else:
            self.items["activations"].show_none("no hidden layer")
        self.items["activations"].setEnabled(bool(spec.activations))
        for key, choice in shown.items():
            self.items[key].show_table(choice.to_dict())
        mixed = len(set(spec.activations)) > 1
        note = "layers differ: " + ", ".join(c.name for c in spec.activations) if mixed else ""
        self.items["activations"].setToolTip(note)
        for key, field in self.numbers.items():
            owner = experiment.stop if key.startswith("stop.") else experiment
            value = getattr(owner, key.removeprefix("stop."))
            field.set_value("" if value is None else value)
        self.dtype.setCurrentText(experiment.dtype)

    def _set_sizes(self, text: str) -> None:
        parts = [part for part in text.replace(",", "-").replace(" ", "-").split("-") if part]
        sizes: object = [int(p) for p in parts] if all(p.isdigit() for p in parts) else text
        self._apply({"network.sizes": sizes} | self._activations_for(sizes))

    def _activations_for(self, sizes: object) -> dict[str, Any]:
        """Activations for another number of layers: the first one's, everywhere."""
        assert self.experiment is not None
        old = self.experiment.network
        if not isinstance(sizes, list) or len(sizes) == len(old.sizes) or len(sizes) < 2:
            return {}
        first = old.activations[0].brief() if old.activations else "relu"
        return {"network.activations": [first] * (len(sizes) - 2)}

    def _set_item(self, key: str, table: dict[str, Any]) -> None:
        if key == "activations":
            assert self.experiment is not None
            self._apply({"network.activations": [table] * len(self.experiment.network.activations)})
        elif key in _NETWORK_ITEMS:
            self._apply({f"network.{key}": table} | self._output_for(key, table))
        else:
            changes = {f"{key}.{name}": value for name, value in table.items()}
            try:
                sizes = self._sizes_for(table) if key == "data" else {}
            except WorkbenchError as error:
                self.message.setText(str(error))
                return
            self._apply(changes | sizes)

    def _output_for(self, key: str, table: dict[str, Any]) -> dict[str, Any]:
        """An output that a newly picked loss accepts."""
        assert self.experiment is not None
        accepts = losses.catalog.get(table["name"]).facts.get("accepts") if key == "loss" else None
        if accepts and self.experiment.network.output.name not in accepts:
            return {"network.output": accepts[0]}
        return {}

    def _sizes_for(self, table: dict[str, Any]) -> dict[str, Any]:
        """Layer sizes whose ends fit other data. Raises WorkbenchError."""
        assert self.experiment is not None
        catalog = CATALOGS["data"]
        data = located(choose("data", catalog, table), catalog)
        sizes = list(self.experiment.network.sizes)
        sizes[0], sizes[-1] = datasets.shape(data.name, data.item)
        return {"network.sizes": sizes}

    def _apply(self, changes: dict[str, Any]) -> None:
        assert self.experiment is not None
        said = ""
        fixed = initializers.catalog.get(self.experiment.initializer.name).facts.get("sizes")
        sizes = changes.get("network.sizes")
        if fixed and isinstance(sizes, list) and sizes != list(fixed):
            changes = changes | {"initializer.name": "he_normal"}
            name = self.experiment.initializer.name
            said = f"initializer is now he_normal: {name} is for {'-'.join(map(str, fixed))} only"
        try:
            made = self.experiment.replace(changes)
        except WorkbenchError as error:
            self.message.setText(str(error))
            return
        self.message.setText(said)
        if made != self.experiment:
            self.show_experiment(made)
            self.changed.emit(made)


def _optional(field: NumberEdit) -> object:
    return field.value() if field.text().strip() else None


def brief(experiment: Experiment) -> str:
    """An experiment in a few words, for lists."""

    def shown(choice: Choice) -> str:
        values = ", ".join(v if isinstance(v, str) else f"{v:g}" for v in choice.item)
        return f"{choice.name}({values})" if values else choice.name

    sizes = "-".join(map(str, experiment.network.sizes))
    parts = [sizes, shown(experiment.optimizer), shown(experiment.batching)]
    return f"{', '.join(parts)}, {experiment.initializer.name}, seed {experiment.seed}"
