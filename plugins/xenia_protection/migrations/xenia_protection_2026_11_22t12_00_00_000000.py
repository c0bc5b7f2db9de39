"""An account that was disowned remembers what was added to it meanwhile."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from xenia.api import run_script

ID = "2026-11-22T12:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "What a stranger added"


async def forwards() -> MigrationManager:
    """Add the column."""
    manager = MigrationManager(migration_id=ID, app_name="xenia_protection", description=DESCRIPTION)
    manager.add_raw(create)
    return manager


async def create() -> None:
    """Run the script beside this folder."""
    await run_script(Path(__file__).parent.parent / "distrusted.sql")
