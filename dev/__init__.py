"""Everything a developer runs: `python3 dev demo`, `python3 dev test` and their kin.

`setup` and whatever it imports use the standard library only, because they run before anything
is installed.
"""
