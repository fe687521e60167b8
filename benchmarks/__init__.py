"""How fast, against what. One module each, with:

NAME: what is measured, in a few words.
BASELINE: what its ratios are against, measured in the same run.
run() -> dict: numbers by name, the unit at the end of the name (`rows_per_second`, `median_ms`);
    a `ratio…` compares with the baseline; a target is a pair, `target_ratio` beside `ratio`.
"""
