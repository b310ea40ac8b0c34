"""What descends where: the surface, the racers, the start, the steps and the noise."""

from __future__ import annotations

from textwrap import shorten
from typing import Any

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import (
    QFrame,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from kernels import surfaces
from ui.item_editor import ItemEditor, form_group
from ui.number_edit import NumberEdit
from ui.racer_list import RacerList
from ui.racing import Field
from ui.text_edit import TextEdit
from workbench import WorkbenchError
from workbench.descents.surface import VARIABLES, Surface
from workbench.fields import integer, within
from workbench.formulas.formula import BadFormula, Formula

MOST_STEPS = 100_000
_TIPS = {
    "start x": "where all racers start; click on the map, or drag the white disc",
    "start y": "where all racers start; click on the map, or drag the white disc",
    "steps": f"steps of each racer, up to {MOST_STEPS:,}",
    "noise": "standard deviation of what is added to the gradient, the same for all racers",
    "seed": "of the noise",
}
_MOST_TOLD = 110  # characters of a derivative
_FORMULA_TIP = "a function of x and y, such as x^2 + 3*sin(y)**2; Enter shows it"
_DOMAIN_TIP = "x_low, x_high, y_low, y_high; empty: the usual one"


class SurfacePanel(QScrollArea):
    """``surface_changed(Surface)`` follows another surface, ``changed`` whatever else decides about
    the descents, ``formula_given(text, domain)`` a formula that is sound but not compiled yet. What
    does not hold changes nothing, and ``message`` says why."""

    surface_changed = pyqtSignal(object)
    formula_given = pyqtSignal(str, object)
    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.message = QLabel("")
        self.message.setObjectName("formMessage")
        self.message.setWordWrap(True)
        self.surface = ItemEditor("surface", surfaces.catalog)
        self.formula, self.domain = TextEdit(""), TextEdit("")
        self.formula.setObjectName("surface.formula")
        self.formula.setPlaceholderText("or type a formula")
        self.formula.setToolTip(_FORMULA_TIP)
        self.formula_message = QLabel("")
        self.formula_message.setObjectName("formMessage")
        self.formula_message.setWordWrap(True)
        self.formula_message.hide()
        self.domain.setObjectName("surface.domain")
        self.domain.setPlaceholderText("the usual one")
        self.domain.setToolTip(_DOMAIN_TIP)
        self.about = QLabel("")
        self.about.setObjectName("viewNote")
        self.about.setWordWrap(True)
        self.racers = RacerList()
        self.numbers: dict[str, NumberEdit] = {}
        self.field = Field((0.0, 0.0))
        self.shown: Surface | None = None
        self._last = "himmelblau"

        rows: list[tuple[str, QWidget]] = [
            ("", self.surface),
            ("formula", self.formula),
            ("", self.formula_message),
            ("domain", self.domain),
            ("", self.about),
        ]
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(6)
        layout.addWidget(form_group("Surface", rows))
        layout.addWidget(self.racers)
        layout.addWidget(form_group("Descent", [(name, self._number(name)) for name in _TIPS]))
        layout.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)

        self.surface.changed.connect(self._pick)
        self.formula.committed.connect(self._take_formula)
        self.formula.textEdited.connect(lambda _: self._say_of_formula(""))
        self.domain.committed.connect(self._take_domain)
        self.racers.changed.connect(self.changed)
        self.racers.wrong.connect(self.say)

    def _number(self, name: str) -> NumberEdit:
        value = {"steps": 1000, "seed": 0}.get(name, 0.0)
        field = NumberEdit(value, whole=name in ("steps", "seed"))
        field.setObjectName(f"descent.{name.replace(' ', '.')}")
        field.setToolTip(_TIPS[name])
        field.committed.connect(lambda _: self._take_numbers())
        self.numbers[name] = field
        return field

    def show_first(self, surface: str, optimizer: dict[str, Any]) -> None:
        """Begin with a catalogue's surface and one racer."""
        self.racers.show_first(optimizer)
        self._pick({"name": surface})

    # -- the surface ---------------------------------------------------------------------------

    def _pick(self, table: dict[str, Any]) -> None:
        same = self.shown is not None and self.shown.name == table["name"]
        domain = (
            self.shown.domain if same and self.shown is not None and self.domain.text() else None
        )
        self._try(table, domain)

    def _try(self, given: Any, domain: Any) -> None:
        """Show a surface of the catalogue, or say what is wrong."""
        try:
            made = Surface.of(given, domain)
        except WorkbenchError as error:
            self.say(str(error))
            return
        if domain is None:
            self.domain.set_value("")
        self.show_surface(made)

    def _take_formula(self, text: str) -> None:
        if not text.strip():
            if self.shown is not None and self.shown.named is None:
                self._pick({"name": self._last})
            return
        try:
            Formula(text, VARIABLES)
            domain = self._domain()
        except BadFormula as error:
            self._say_of_formula(
                f"{error.rule} at character {error.position}; nearest valid: {error.nearest}"
            )
            self.formula.setCursorPosition(error.position - 1)
            return
        except WorkbenchError as error:
            self.say(str(error))
            return
        self._say_of_formula("")
        self.formula_given.emit(text, domain)

    def _take_domain(self, _text: str) -> None:
        if self.shown is None:
            return
        try:
            domain = self._domain()
        except WorkbenchError as error:
            self.say(str(error))
            return
        if self.shown.named is None:
            self.formula_given.emit(self.shown.formula, domain)
        else:
            self._try({"name": self.shown.named} | dict(self.shown.hypers), domain)

    def _domain(self) -> list[Any] | None:
        """The numbers in the field; None where it is empty. Raises WorkbenchError."""
        text = self.domain.text().strip()
        if not text:
            return None
        parts: list[Any] = []
        for part in text.replace("[", "").replace("]", "").split(","):
            try:
                parts.append(float(part))
            except ValueError:
                parts.append(part.strip())
        return list(Surface.of("bowl", parts).domain)

    def show_surface(self, shown: Surface) -> None:
        """Take over a surface; another domain brings another start, of its upper left."""
        former = self.shown
        self.say("")
        self.shown = shown
        if shown.named is not None:
            self._last = shown.named
            self.surface.show_table({"name": shown.named} | dict(shown.hypers))
            self.formula.set_value("")
            self._say_of_formula("")
            self.about.setText(f"f = {shown.formula}")
            facts = surfaces.catalog.get(shown.named).facts
            told = [facts[key] for key in ("source", "note", "connected") if facts.get(key)]
            self.about.setToolTip("\n".join(map(str, told)))
        else:
            self.surface.show_none("the formula below")
            self.formula.set_value(shown.formula)
            slopes = [
                f"∂f/∂{name} = {slope}".replace("**", "^")
                for name, slope in zip(VARIABLES, shown.gradient, strict=True)
            ]
            lines = (shorten(slope, _MOST_TOLD, placeholder=" …") for slope in slopes)
            self.about.setText("\n".join(lines))
            self.about.setToolTip("\n".join(["differentiated symbolically", *slopes]))
        if former is None or former.domain != shown.domain:
            x_low, x_high, y_low, y_high = shown.domain
            self.set_start(x_low + 0.3 * (x_high - x_low), y_low + 0.85 * (y_high - y_low))
        self.surface_changed.emit(shown)

    # -- descents ------------------------------------------------------------------------------

    def set_start(self, x: float, y: float) -> None:
        """Show the start there, without telling anyone."""
        self.field = Field((x, y), self.field.steps, self.field.noise, self.field.seed)
        for key, value in (("start x", x), ("start y", y)):
            self.numbers[key].set_value(float(f"{value:.6g}"))

    def _take_numbers(self) -> None:
        value = {name: field.value() for name, field in self.numbers.items()}
        try:
            start = tuple(
                within(f"start {k}", value[f"start {k}"], "[-1e100, 1e100]") for k in ("x", "y")
            )
            steps = integer("steps", value["steps"], 1, MOST_STEPS)
            noise = within("noise", value["noise"], "[0, 1e100]")
            seed = integer("seed", value["seed"], 0, 2**63 - 1)
        except WorkbenchError as error:
            self.say(str(error))
            return
        self.say("")
        self.field = Field((start[0], start[1]), steps, noise, seed)
        self.changed.emit()

    def say(self, text: str) -> None:
        """One line about what does not hold; none with an empty text."""
        self.message.setText(text)

    def _say_of_formula(self, text: str) -> None:
        self.formula_message.setText(text)
        self.formula_message.setVisible(bool(text))
