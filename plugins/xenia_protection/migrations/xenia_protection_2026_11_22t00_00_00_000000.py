"""The first schema of the plugin."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from xenia.api import run_script

ID = "2026-11-22T00:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Guesses, attacks, blocks, and accounts whose owner said that it was somebody else"


async def forwards() -> MigrationManager:
    """Create the plugin's tables."""
    manager = MigrationManager(migration_id=ID, app_name="xenia_protection", description=DESCRIPTION)
    manager.add_raw(create)
    return manager


async def create() -> None:
    """Run the script beside this folder."""
    await run_script(Path(__file__).parent.parent / "protection.sql")
