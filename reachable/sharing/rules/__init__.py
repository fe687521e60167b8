"""What can be shared, where a decision stands, and who may take it."""
