"""A partnership that does not exist: demonstration, test and benchmark data, with the truth."""
