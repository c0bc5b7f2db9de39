"""The core's tables: SQL for the migrations, the roles, and the Piccolo app that runs them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from xenia.schema.piccolo_conf import engine


async def run_script(path: Path) -> None:
    """Run a SQL file inside the migration that is running. For migrations of the core and of plugins (tables, indexes,
    constraints).
    """
    script = await asyncio.to_thread(path.read_text, "utf-8")
    await engine.get().current_transaction.get().connection.execute(script)
