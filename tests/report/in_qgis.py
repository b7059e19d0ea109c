"""Open an exported GeoPackage in QGIS itself: every layer loads, styled as it says, and is drawn.

Outside the regular test run, for QGIS is large. It needs Debian's packages `qgis` and `python3-qgis`, and
their Python, which does not know the planner:

    planner export RUN --format gpkg --out run.gpkg
    QT_QPA_PLATFORM=offscreen /usr/bin/python3 tests/report/in_qgis.py run.gpkg pictures/

It ends with 1 where a layer does not load, has no features, is not styled, or is drawn in one colour; else it
leaves a PNG of each layer in the folder.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsApplication,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

SIZE = 800
STYLED = {"graduatedSymbol", "categorizedSymbol", "RuleRenderer", "singleSymbol"}
FEW_COLOURS = 2


def main(file: Path, pictures: Path) -> int:
    """Look at every layer; return the exit code."""
    application = QgsApplication([], False)
    application.initQgis()
    pictures.mkdir(parents=True, exist_ok=True)
    faults = []
    for name in _layers(file):
        told, wrong = look(QgsVectorLayer(f"{file}|layername={name}", name, "ogr"), pictures / f"{name}.png")
        print(f"{name}: {told}")  # noqa: T201 - what the script is for
        faults += [f"{name}: {fault}" for fault in wrong]
    print("\n".join(faults) or "every layer loads, is styled and is drawn")  # noqa: T201 - as above
    application.exitQgis()
    return 1 if faults else 0


def _layers(file: Path) -> list[str]:
    whole = QgsVectorLayer(str(file), "file", "ogr")
    return [part.split("!!::!!")[1] for part in whole.dataProvider().subLayers()]


def look(layer: Any, picture: Path) -> tuple[str, list[str]]:  # noqa: ANN401 - QGIS tells no types
    """Tell what QGIS makes of a layer, and what is wrong with it."""
    if not layer.isValid():
        return "does not load", ["does not load"]
    if layer.geometryType() == QgsWkbTypes.NullGeometry:
        return f"a table of {layer.featureCount()} rows", [] if layer.featureCount() else ["is empty"]
    renderer = layer.renderer()
    kind = renderer.type()
    aliases = sum(bool(field.alias()) for field in layer.fields())
    classes = len(renderer.legendSymbolItems())
    seen = _draw(layer, picture)
    told = f"{layer.featureCount()} features, {kind} of {classes}, {aliases} aliases, {seen} colours drawn"
    wrong = [] if layer.featureCount() else ["has no features"]
    wrong += [] if layer.crs().isValid() else ["has no coordinate system"]
    wrong += [] if _stored(layer) else ["has no style of its own in the file"]
    wrong += [] if kind in STYLED else [f"is drawn by {kind}"]
    wrong += [] if seen >= FEW_COLOURS else ["is drawn in one colour"]
    return told, wrong


def _stored(layer: Any) -> bool:  # noqa: ANN401 - as above
    count, _ids, _names, _words, _error = layer.listStylesInDatabase()
    return count > 0


def _draw(layer: Any, picture: Path) -> int:  # noqa: ANN401 - as above
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setBackgroundColor(QColor("white"))
    settings.setOutputSize(QSize(SIZE, SIZE))
    settings.setDestinationCrs(layer.crs())
    settings.setExtent(layer.extent().buffered(layer.extent().width() * 0.05))
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    image.save(str(picture))
    dots = range(0, SIZE, 4)
    return len({image.pixel(x, y) for x in dots for y in dots}) - 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
