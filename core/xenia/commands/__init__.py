"""The commands of ``xenia``: one module for each thing. What is heavy is imported where it is used, so that help comes at once."""
