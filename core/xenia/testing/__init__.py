"""What a plugin's author tests with: real databases, fakes of the core's services, a running application."""
