"""Django's PostgreSQL, told who acts: what row-level security goes by."""
