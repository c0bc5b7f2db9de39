"""The core's tables: SQL for the migrations, the roles, and the Piccolo app that runs them."""

from __future__ import annotations

from pathlib import Path

from xenia.schema.piccolo_conf import engine


async def run_script(path: Path) -> None:
    """Run a SQL file inside the migration that is running. For migrations of the core and of plugins (tables, indexes, constraints)."""
    await engine.get().current_transaction.get().connection.execute(path.read_text("utf-8"))
