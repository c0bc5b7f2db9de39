"""The machinery of pages: templates, words, static files and e-mails. A plugin like any other; a headless install leaves it out."""
