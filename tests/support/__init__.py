"""What the tests stand on: databases, servers and pages."""
