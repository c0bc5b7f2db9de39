"""The first schema of the plugin."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from xenia.api import run_script

ID = "2026-11-22T08:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Groups"


async def forwards() -> MigrationManager:
    """Create the plugin's table."""
    manager = MigrationManager(migration_id=ID, app_name="xenia_groups", description=DESCRIPTION)
    manager.add_raw(create)
    return manager


async def create() -> None:
    """Run the script beside this folder."""
    await run_script(Path(__file__).parent.parent / "groups.sql")
