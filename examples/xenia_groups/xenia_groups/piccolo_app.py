"""The plugin's Piccolo app: where its migrations are."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

APP_CONFIG = AppConfig(
    app_name="xenia_groups", migrations_folder_path=str(Path(__file__).parent / "migrations"), table_classes=[]
)
