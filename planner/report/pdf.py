"""The page as a tagged PDF: what a browser prints, made without one."""

from __future__ import annotations

import logging
from copy import deepcopy
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from planner.errors import Fault, InputFault

PDF = ".pdf"
VARIANT = "pdf/ua-1"
"""Universal accessibility: tags, title, language and words for every picture (ISO 14289-1)."""
PICTURES = Path(__file__).parent / "templates" / "pictures.css"
SVG = "{http://www.w3.org/2000/svg}"
STROKES = {"was": 2.0, "shut": 2.0, "changed": 2.5}
"""Width of the outline of a symbol by its state; others have 1."""


def ready() -> None:
    """Refuse before any work is done when WeasyPrint, or a library that it draws text with, is missing.

    Raises
    ------
    InputFault
        With what to install.
    """
    if find_spec("weasyprint") is None:
        hint = "install it with: pip install 'wellbeing-planner[pdf]', or print report.html from a browser"
        raise InputFault(Fault("the package WeasyPrint is not installed", "--pdf", hint))
    try:
        import weasyprint  # noqa: F401, PLC0415 - an extra, and slow to import
    except OSError as error:
        hint = "install Pango (Debian: apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0)"
        raise InputFault(Fault(f"WeasyPrint misses a library: {error}", "--pdf", hint)) from None


def write_pdf(page: Path) -> Path:
    """Write the PDF beside the page; the same page gives the same bytes.

    Nothing is fetched, whatever a name in the page asks for.
    """
    import weasyprint  # noqa: PLC0415 - an extra, and slow to import

    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)  # it tells of every style that is for screens
    fetcher = weasyprint.urls.URLFetcher(allowed_protocols=())
    document = weasyprint.HTML(string=page.read_text("utf-8"), base_url=page.name, url_fetcher=fetcher)
    _stand_alone(document.etree_element)
    target = page.with_suffix(PDF)
    target.write_bytes(document.write_pdf(pdf_variant=VARIANT))
    return target


def _stand_alone(tree: Any) -> None:  # noqa: ANN401 - an element of the parsed page
    """Give each picture its own styles and outlines: WeasyPrint looks for neither outside of a picture."""
    named = (part for kind in ("path", "pattern") for part in tree.iter(f"{SVG}{kind}"))
    outlines = {part.get("id"): part for part in named if part.get("id")}
    style = PICTURES.read_text("utf-8")
    for own in tree.iter("style"):
        own.text = _by_hand(own.text, ("left", "right") if tree.get("dir") != "rtl" else ("right", "left"))
    body = tree.find("body")
    body.remove(next(part for part in body if part.get("class") == "defs"))
    for picture in list(tree.iter(f"{SVG}svg")):
        for part in list(picture.iter()):
            _drawn(part, outlines)
        if any("nodata" in part.get("class", "").split() for part in picture.iter()):
            picture.append(_defined(outlines["hatch"]))
        _add(picture, "style", style)
        if picture.find(f"{SVG}title") is None:  # a key of a legend is told by the words after it
            _add(picture, "title", (picture.tail or "").strip())


def _by_hand(style: str, sides: tuple[str, str]) -> str:
    """Styles with left and right for where a line begins and ends, which WeasyPrint does not know."""
    for end, side in zip(("inline-start:", "inline-end:"), sides, strict=True):
        style = style.replace(f"inset-{end}", f"{side}:").replace(end, f"{side}:")
    return style


def _defined(part: Any) -> Any:  # noqa: ANN401 - as above
    """A copy of a pattern that is not drawn by itself; WeasyPrint spoils the one that it draws with."""
    defs = part.makeelement(f"{SVG}defs", {})
    defs.append(deepcopy(part))
    return defs


def _add(picture: Any, tag: str, text: str) -> None:  # noqa: ANN401 - as above
    part = picture.makeelement(f"{SVG}{tag}", {})
    part.text = text
    picture.append(part)


def _drawn(part: Any, outlines: dict[str, Any]) -> None:  # noqa: ANN401 - as above
    kinds = part.get("class", "").split()
    if part.tag == f"{SVG}use":
        part.tag = f"{SVG}path"
        part.set("d", outlines[part.attrib.pop("href")[1:]].get("d"))
    elif "s" in kinds:  # an outline is as wide on a small symbol as on a large one
        scale = float(part.get("transform").rpartition("(")[2].rstrip(")"))
        width = max((STROKES.get(kind, 1.0) for kind in kinds), default=1.0)
        part.set("style", f"stroke-width:{width / scale:.4f}")
    if kinds and {"a", "s"} & set(kinds):  # what hovering tells has no place on paper
        for title in part.findall(f"{SVG}title"):
            part.remove(title)
