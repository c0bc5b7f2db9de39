"""Running Xenia: the database and the key it stands on, the listening socket, one process or several."""
