"""The form offers what the catalogues declare, and makes experiments of what is entered."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

import workbench as wb
from kernels import activations, losses, outputs
from tests.example_files import CSV, needed, write
from ui.experiment_form import ExperimentForm
from ui.number_edit import NumberEdit
from ui.text_edit import WordEdit
from workbench.experiment import CATALOGS

KINDS = CATALOGS | {
    "activations": activations.catalog,
    "output": outputs.catalog,
    "loss": losses.catalog,
}
ITEMS = [(kind, item.name) for kind, catalog in KINDS.items() for item in catalog]


@pytest.fixture
def form(qtbot):
    made = ExperimentForm()
    qtbot.addWidget(made)
    made.show_experiment(wb.Experiment.preset("tutorial"))
    made.show()
    return made


def chosen(experiment, kind):
    if kind == "activations":
        return experiment.network.activations[0]
    return getattr(experiment.network if kind in ("output", "loss") else experiment, kind)


@pytest.mark.parametrize(("kind", "name"), ITEMS)
def test_every_item_can_be_picked_with_its_declared_fields(form, kind, name, tmp_path):
    heard = []
    form.changed.connect(heard.append)
    editor = form.items[kind]
    editor.combo.setCurrentText(name)
    editor.combo.textActivated.emit(name)
    for key, path in needed(KINDS[kind].get(name), tmp_path).items():
        assert not heard  # nothing is told before all files are named
        editor.fields[key].line.setText(path)
        editor.fields[key].line.editingFinished.emit()
    now = form.experiment
    if heard:
        assert heard[-1] == now
    assert chosen(now, kind).name == name, form.message.text()
    item = KINDS[kind].get(name)
    assert list(editor.fields) == [h.name for h in item.hypers]
    for hyper in item.hypers:
        assert editor.fields[hyper.name].value() == pytest.approx(
            getattr(chosen(now, kind), hyper.name)
        )
    # What the form made can be written and read like any other experiment.
    assert wb.Experiment.loads(now.dumps()) == now


def test_numbers_of_the_stop_rule_may_be_empty(form):
    field = form.numbers["stop.loss"]
    field.setText("0.01")
    field.editingFinished.emit()
    assert form.experiment.stop.loss == 0.01
    field.setText("")
    field.editingFinished.emit()
    assert form.experiment.stop.loss is None


@pytest.mark.parametrize("text", ["", "16", "16-6-x-2", "16-0-2", "a", "16--2", "1e9-2", "99-6-2"])
def test_bad_sizes_are_refused_in_one_line(form, text):
    before = form.experiment
    form.sizes.setText(text)
    form.sizes.editingFinished.emit()
    if form.experiment == before:
        assert "network.sizes" in form.message.text()
        assert "\n" not in form.message.text()
    else:  # a hyphen too many is read as one
        assert form.experiment.network.sizes == (16, 2)


def test_other_sizes_take_another_initializer_than_the_constructed_one(form):
    form.sizes.setText("16-10-2")
    form.sizes.editingFinished.emit()
    assert form.experiment.network.sizes == (16, 10, 2)
    assert form.experiment.initializer.name == "he_normal"
    assert "constructed_tutorial" in form.message.text()


def test_arrow_keys_double_and_halve(qtbot):
    from PyQt6.QtCore import Qt
    from PyQt6.QtTest import QTest

    field = NumberEdit(0.1)
    qtbot.addWidget(field)
    heard = []
    field.committed.connect(heard.append)
    QTest.keyClick(field, Qt.Key.Key_Up)
    QTest.keyClick(field, Qt.Key.Key_Up)
    QTest.keyClick(field, Qt.Key.Key_Down)
    assert field.value() == 0.2
    assert [float(text) for text in heard] == [0.2, 0.4, 0.2]


def pick(form, kind, name):
    form.items[kind].combo.setCurrentText(name)
    form.items[kind].combo.textActivated.emit(name)
    return form.items[kind].fields


def test_a_word_is_picked_from_a_list_and_sizes_follow(form):
    fields = pick(form, "data", "two_moons")
    assert form.experiment.network.sizes == (2, 6, 6, 2)
    coding = fields["coding"]
    assert isinstance(coding, WordEdit)
    assert [coding.itemText(k) for k in range(coding.count())] == ["one_hot", "single"]
    coding.setCurrentText("single")
    coding.textActivated.emit("single")
    assert form.experiment.data.coding == "single"
    assert form.experiment.network.sizes == (2, 6, 6, 1)
    fields["scaling"].setCurrentText("standard")
    fields["scaling"].textActivated.emit("standard")
    assert form.experiment.data.scaling == "standard"


def test_a_formula_is_typed_and_its_mistake_is_placed(form):
    field = pick(form, "data", "formula")["formula"]
    before = form.experiment
    field.setText("x1 + sni(x3)")
    field.editingFinished.emit()
    assert form.experiment == before
    assert "data.formula" in form.message.text()
    assert "at character 6" in form.message.text()
    field.setText("x1 + sin(x3)")
    field.editingFinished.emit()
    assert form.message.text() == ""
    assert form.experiment.network.sizes[0] == 3


def test_a_file_is_looked_for_with_a_button(form, tmp_path, monkeypatch):
    fields = pick(form, "data", "csv")
    before = form.experiment
    answers = ["", write("csv", "path", tmp_path)]
    asked = lambda *_: (answers.pop(0), "")  # noqa: E731
    monkeypatch.setattr("ui.text_edit.QFileDialog.getOpenFileName", asked)
    fields["path"].button.click()
    assert form.experiment is before
    fields["path"].button.click()
    assert form.experiment.data.name == "csv"
    assert form.experiment.network.sizes == (2, 6, 6, 2)


def test_a_broken_file_is_told_and_another_can_be_named(form, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(CSV.replace("0.5,elm", "half,elm"))
    fields = pick(form, "data", "csv")
    before = form.experiment
    for text, said in ((str(path), "line 3"), (str(tmp_path), "no regular file"), ("x", "No such")):
        fields["path"].line.setText(text)
        fields["path"].line.editingFinished.emit()
        assert form.experiment == before
        assert said in form.message.text()
    path.write_text(CSV)
    fields["path"].line.setText(str(path))
    fields["path"].line.editingFinished.emit()
    assert form.experiment.data.path == str(path)
    # A gallery experiment takes its place, whatever was half entered.
    pick(form, "data", "npz")
    form.show_experiment(before)
    assert form.items["data"].combo.currentText() == before.data.name


def test_without_hidden_layers_no_activation_is_named(form):
    heard = []
    form.changed.connect(heard.append)
    combo = form.items["activations"].combo
    form.sizes.setText("16-2")
    form.sizes.editingFinished.emit()
    form.show_experiment(heard[-1])
    assert combo.currentText() == ""
    assert combo.placeholderText() == "no hidden layer"
    assert not combo.isEnabled()
    form.sizes.setText("16-3-2")
    form.sizes.editingFinished.emit()
    form.show_experiment(heard[-1])
    assert combo.currentText() == heard[-1].network.activations[0].name


@pytest.mark.parametrize("text", ["inf", "1e999", "nan", "-inf"])
def test_arrow_keys_leave_what_is_no_number_alone(qtbot, text):
    edit = NumberEdit(5, whole=True)
    qtbot.addWidget(edit)
    edit.setText(text)
    QTest.keyClick(edit, Qt.Key.Key_Up)
    assert edit.text() == text
