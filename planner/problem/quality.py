"""What a longer way is worth: quality of service by travel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

AT_LIMIT = 0.05
"""Quality that the exponential decay leaves at the limit."""


def decayed(travel: Floats, standard: float, limit: float, decay: str) -> Floats:
    r"""Quality of a service reached after some travel: 1 within the standard, less up to the limit.

    With :math:`x = (t - standard) / (limit - standard)`, clipped to [0, 1]: ``step`` ½ beyond the
    standard; ``linear`` :math:`1 - x`; ``exponential`` :math:`0.05^x`; ``logistic``
    :math:`(1 + e^{-5}) / (1 + e^{10 x - 5})`.

    Parameters
    ----------
    travel
        Travel [min or m], shape (n,).
    standard, limit
        Of the service, in the same unit.
    decay
        One of the four names above.

    Returns
    -------
    Quality in [0, 1], shape (n,).
    """
    width = max(limit - standard, 1e-12)
    beyond = np.clip((np.asarray(travel, float) - standard) / width, 0.0, 1.0)
    shapes: dict[str, Callable[[Floats], Floats]] = {
        "step": lambda x: np.where(x > 0, 0.5, 1.0),
        "linear": lambda x: 1.0 - x,
        "exponential": lambda x: AT_LIMIT**x,
        "logistic": lambda x: (1 + np.exp(-5.0)) / (1 + np.exp(10 * x - 5)),
    }
    quality: Floats = np.where(beyond > 0, shapes[decay](beyond), 1.0)
    return quality
