"""What a conversation holds, which version counts, and who may read a child's own words."""
