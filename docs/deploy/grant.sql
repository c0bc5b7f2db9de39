GRANT xenia_app, xenia_scoped TO xenia_serve;
