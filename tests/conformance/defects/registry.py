"""The planted defects by the module that must notice them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.conformance.network import Meddler
from tests.conformance.providers.provider import Provider

Plant = Callable[[Provider], Meddler]


@dataclass(frozen=True)
class Defect:
    """What is wrong in a sentence (``wrong``), who must notice it (``module``), and words of what it then says (``complaint``)."""

    module: str
    wrong: str
    complaint: str
    plant: Plant


DEFECTS: list[Defect] = []


def defect(module: str, wrong: str, complaint: str, plant: Plant) -> None:
    """Register a defect."""
    DEFECTS.append(Defect(module, wrong, complaint, plant))
