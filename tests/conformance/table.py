"""Writes docs/reference/conformance.md from the results of the last whole run: ``python -m tests.conformance.table RESULTS``."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.conformance import defects, modules
from tests.conformance.defects.registry import DEFECTS
from tests.conformance.registry import MODULES, Module, Plan

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "conformance.md"
_PROVIDERS = ("xenia", "oidc-provider")
_HEAD = """# OpenID conformance

The OpenID Foundation certifies providers with a suite of modules. These are our equivalents, under the official names, of every module of the
plans Config OP, Basic OP, Form Post Basic OP, RP-Initiated Logout OP and Back-Channel Logout OP. They are no certification, and what they don't
look at (TLS, screenshots) isn't claimed.

- Each module is a function of [`tests/conformance/modules`](../../tests/conformance/modules), written against a relying party that believes
  nothing and verifies tokens with a library that isn't the provider's own.
- Each is run against Xenia **and against npm `oidc-provider`**, an independent and certified provider: a module that fails there would be wrong.
- Each is proven not to be empty: a **planted defect** makes Xenia wrong in just the way that the module looks for, and the module must fail for
  that reason. The last column names them; the form post plan is proven by one more, a provider that answers by query.

`make conformance` runs all of it and writes this page; `make test` runs every module against Xenia, and some of the defects.

The clients of the plans send neither PKCE nor always a nonce, so they are registered with `require_pkce = "allow_missing_pkce_and_nonce"`; an
ordinary application isn't. Where a plan lets a provider choose, Xenia refuses: request objects (by name), `alg=none` (not offered).

Last run: {date}. {summary}

| Module | Plans | What it checks | Xenia | oidc-provider | Planted defects that it notices |
|---|---|---|---|---|---|
"""


def page(results: Mapping[str, str], date: str) -> str:
    """The whole page."""
    rows = "".join(f"{_row(module, results)}\n" for module in MODULES.values())
    return _HEAD.format(date=date, summary=_summary(results)) + rows


def _row(module: Module, results: Mapping[str, str]) -> str:
    found = [
        _verdict([f"{provider} {plan} {module.name}" for plan in module.plans], results) for provider in _PROVIDERS
    ]
    wrong = [defect.wrong for defect in DEFECTS if defect.module == module.name]
    noticed = [
        words if results.get(f"defect {module.name}: {words}") == "pass" else f"**not noticed:** {words}"
        for words in wrong
    ]
    cells = (f"`{module.name}`", ", ".join(module.plans), module.says, *found, "; ".join(noticed))
    return f"| {' | '.join(cells)} |"


def _verdict(names: list[str], results: Mapping[str, str]) -> str:
    """``pass`` where it passed in every plan that it belongs to."""
    found = {results.get(name, "not run") for name in names}
    return "pass" if found == {"pass"} else "**fail**" if "fail" in found else "not run"


def _summary(results: Mapping[str, str]) -> str:
    runs = sum(len(module.plans) for module in MODULES.values())
    passed = {
        name: sum(_passed(key, name) for key in results if results[key] == "pass") for name in (*_PROVIDERS, "defect")
    }
    return (
        f"{len(MODULES)} modules in {len(Plan)} plans make {runs} runs: Xenia passes {passed['xenia']}, oidc-provider "
        f"{passed['oidc-provider']}; {passed['defect']} of {len(DEFECTS)} planted defects are noticed."
    )


def _passed(key: str, kind: str) -> bool:
    return key.startswith(f"{kind} ")


def main(path: str) -> None:
    """Write the page."""
    assert modules.__all__
    assert defects.__all__
    found = json.loads(Path(path).read_text())
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(found["results"], found["date"]))


if __name__ == "__main__":
    main(sys.argv[1])
