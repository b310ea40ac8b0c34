"""Loss along a line or a curve between two points of parameter space."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QWidget

from ui.theme import style_plot, themes
from workbench.landscape import Profile

_STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine)


class ProfileView(pg.PlotWidget):
    """Training and test loss by the share of the way; each profile has a line style of its own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        item = self.getPlotItem()
        item.setMenuEnabled(False)
        item.hideButtons()
        item.setMouseEnabled(False, False)
        item.setLabel("left", "loss")
        self._legend = item.addLegend(offset=(-8, 4), labelTextSize="8pt")
        for side in ("left", "bottom"):
            item.getAxis(side).enableAutoSIPrefix(False)
        self.setMinimumWidth(150)
        self.setAccessibleName("loss along the way")
        self._profiles: tuple[Profile, ...] = ()
        themes.changed.connect(self._draw)

    def show_profiles(self, profiles: tuple[Profile, ...]) -> None:
        """Show these, and hide where there are none."""
        self.setVisible(bool(profiles))
        if profiles is not self._profiles:
            self._profiles = profiles
            self._draw()

    def _draw(self) -> None:
        style_plot(self)
        theme, item = themes.now, self.getPlotItem()
        item.clear()
        for profile, style in zip(self._profiles, _STYLES, strict=False):
            for what, values, colour in (
                ("training", profile.loss, theme.train),
                ("test", profile.loss_test, theme.test),
            ):
                pen = pg.mkPen(colour, width=1.5, style=style)
                item.plot(
                    profile.t,
                    values,
                    pen=pen,
                    name=profile.name if what == "training" else f"{profile.name}, test",
                )
        self._clear_legend()
        self.setToolTip(
            "\n".join(
                f"{p.name}: barrier {p.barrier:.4g}, mean training loss {p.mean:.4g}"
                for p in self._profiles
            )
        )

    def _clear_legend(self) -> None:
        """Put the legend where the curves leave room: above their lower end."""
        ends = np.array([p.loss[[0, -1]] for p in self._profiles]).reshape(-1, 2)
        left = np.nansum(ends[:, 0]) < np.nansum(ends[:, 1])
        self._legend.anchor(
            (0, 0) if left else (1, 0), (0, 0) if left else (1, 0), (8, 4) if left else (-8, 4)
        )
