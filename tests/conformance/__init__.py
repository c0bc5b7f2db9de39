"""The checks of the OpenID Foundation's plans for providers, under their official names, for us and for an independent provider."""
