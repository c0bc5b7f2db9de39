"""The providers that the modules are run against."""
