"""The check at the sender: what would be kept of a file, before anything leaves the building.

Nothing here needs Django, a database or a network. `packing` puts it into one file that runs with
Python alone.
"""
