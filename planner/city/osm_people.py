"""People of a draft: a stated number, or a grid that counts them; nobody is lost in silence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.errors import Fault, InputFault, MachineFault

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

MOST_PIXELS = 100_000_000
"""More pixels than this over one city are no grid of people."""
NAMED = 5
EXTRA = "install the extra: pip install 'wellbeing-planner[raster]'"


@dataclass(frozen=True)
class People:
    """Residents of every home.

    Attributes
    ----------
    weight
        Part of the residents in each home, in any unit, shape (homes,).
    total
        Residents of the city [person].
    notes
        What is to be told.
    by_ward
        The sum of each neighbourhood is counted, and stays what it is to the whole person.
    """

    weight: NDArray[np.float64]
    total: int
    notes: tuple[str, ...] = ()
    by_ward: bool = False


def stated(homes: gpd.GeoDataFrame, people: int) -> People:
    """Spread a stated number by the floor area of homes."""
    return People(homes["floor"].to_numpy(np.float64), people)


def of_wards(homes: gpd.GeoDataFrame, wards: gpd.GeoDataFrame) -> People:
    """Spread the `residents` of each neighbourhood over its homes by floor area."""
    total = wards.set_index("ward")["residents"].astype("float64").round()
    weight = _within(homes, homes["floor"].to_numpy(np.float64), total)
    note = (
        f"{total.sum():,.0f} people are counted in {len(total)} neighbourhoods, and live there by floor area."
    )
    return People(weight, round(float(weight.sum())), (note,), by_ward=True)


def from_grid(homes: gpd.GeoDataFrame, wards: gpd.GeoDataFrame, path: Path) -> People:
    """Spread what a grid counts, such as WorldPop or GHS-POP.

    Each neighbourhood gets the sum of its pixels, those on its border by the part that lies in it. Within it
    the people of a pixel live in the homes of that pixel, by floor area; those of pixels without homes in all
    homes of the neighbourhood, in the same proportions.

    Parameters
    ----------
    homes
        Points with `ward` and `floor` [m²].
    wards
        Polygons with `ward` and `name`.
    path
        GeoTIFF with one band: people in each pixel [person].

    Raises
    ------
    InputFault
        When it cannot serve.
    MachineFault
        When the extra is not installed.
    """
    raster, rasterio, extract = _opened(path)
    with raster:
        _check(raster, wards, path)
        areas = wards.to_crs(raster.crs)
        sums = extract(raster, areas, "sum", include_cols=["ward"], output="pandas")
        total = sums.set_index("ward")["sum"].fillna(0.0).reindex(wards["ward"])
        if (total < 0).any():
            raise InputFault(Fault("it counts less than nobody somewhere", path.name, "set its nodata value"))
        if not total.sum() > 0:
            raise InputFault(Fault("it counts nobody in this city", path.name, "take the grid of this place"))
        own = _of_pixels(raster, rasterio, homes.to_crs(raster.crs), homes["floor"].to_numpy(np.float64))
    weight = _within(homes, own, total)
    return People(weight, round(float(weight.sum())), tuple(_told(homes, wards, total, path.name)))


def _opened(path: Path) -> tuple[Any, Any, Any]:
    """The grid as rasterio opens it, rasterio, and the function that sums pixels over areas."""
    try:
        import rasterio  # noqa: PLC0415 - of the extra
        from exactextract import exact_extract  # noqa: PLC0415 - as above
    except ImportError:
        raise MachineFault(
            Fault("rasterio and exactextract are not installed", "--people-raster", EXTRA)
        ) from None
    hint = "name a GeoTIFF with one band: people in each pixel"
    try:
        return rasterio.open(path, driver="GTiff"), rasterio, exact_extract
    except (rasterio.errors.RasterioError, OSError):
        message = "it is no GeoTIFF that can be read" if path.is_file() else "there is no such file"
        raise InputFault(Fault(message, str(path), hint)) from None


def _check(raster: Any, wards: gpd.GeoDataFrame, path: Path) -> None:  # noqa: ANN401 - of a library that may be missing
    """Refuse grids that cannot count this city's people."""
    faults = []
    if raster.count != 1:
        message, hint = f"it has {raster.count} bands, and people stand in one", "write one band alone"
        faults.append(Fault(message, path.name, hint))
    if raster.crs is None:
        hint = "write it with its coordinate system"
        faults.append(Fault("it states no coordinate system", path.name, hint))
    if faults:
        raise InputFault(faults)
    west, south, east, north = wards.to_crs(raster.crs).total_bounds
    left, bottom, right, top = raster.bounds
    if east < left or west > right or north < bottom or south > top:
        raise InputFault(Fault("it lies elsewhere than this city", path.name, "take the grid of this place"))
    pixels = (east - west) / abs(raster.transform.a) * (north - south) / abs(raster.transform.e)
    if pixels > MOST_PIXELS:
        message = f"it has {pixels:,.0f} pixels over this city"
        raise InputFault(Fault(message, path.name, f"take a coarser grid, of up to {MOST_PIXELS:,}"))


def _of_pixels(
    raster: Any,  # noqa: ANN401 - as above
    rasterio: Any,  # noqa: ANN401 - as above
    homes: gpd.GeoDataFrame,
    floor: NDArray[np.float64],
) -> NDArray[np.float64]:
    """People of each home's pixel, shared among the homes in it by floor area, shape (homes,)."""
    rows, columns = rasterio.transform.rowcol(raster.transform, homes.geometry.x, homes.geometry.y)
    rows, columns = np.asarray(rows, np.int64), np.asarray(columns, np.int64)
    inside = (rows >= 0) & (rows < raster.height) & (columns >= 0) & (columns < raster.width)
    if not inside.any():
        return np.zeros(len(floor))
    top, left = rows[inside].min(), columns[inside].min()
    size = (int(columns[inside].max() - left + 1), int(rows[inside].max() - top + 1))
    band = raster.read(1, window=rasterio.windows.Window(left, top, *size), masked=True)
    people = np.zeros(len(floor))
    here = np.nan_to_num(np.ma.filled(band.astype(np.float64), 0.0), posinf=0.0)
    people[inside] = np.maximum(here[rows[inside] - top, columns[inside] - left], 0.0)
    _, pixel = np.unique(rows * (columns.max() + 1) + columns, return_inverse=True)
    shared: NDArray[np.float64] = people * floor / np.bincount(pixel, floor)[pixel]
    return shared


def _within(homes: gpd.GeoDataFrame, own: NDArray[np.float64], total: pd.Series) -> NDArray[np.float64]:
    """People of each home: its part of its neighbourhood's, by pixels, or by floor area without any."""
    frame = homes[["ward", "floor"]].assign(own=own)
    sums = frame.groupby("ward")[["own", "floor"]].transform("sum")
    counted = sums["own"] > 0
    part = (frame["own"] / sums["own"].where(counted)).where(counted, frame["floor"] / sums["floor"])
    people = part * frame["ward"].map(total).fillna(0.0)
    return np.asarray(people, np.float64)


def _told(homes: gpd.GeoDataFrame, wards: gpd.GeoDataFrame, total: pd.Series, name: str) -> list[str]:
    """How many people were read, and who could not be placed."""
    housed = total.index.isin(homes["ward"])
    placed = f"{total[housed].sum():,.0f} are placed"
    notes = [f"{name} counts {total.sum():,.0f} people in the neighbourhoods; {placed}."]
    left = total[~housed & (total > 0)].sort_values(ascending=False)
    if len(left):
        names = wards.set_index("ward")["name"]
        listed = ", ".join(f"{names[ward]} ({people:,.0f})" for ward, people in left.head(NAMED).items())
        more = f" and {len(left) - NAMED} more" if len(left) > NAMED else ""
        notes.append(f"In neighbourhoods without mapped homes nobody is placed: {listed}{more}.")
    return notes
