"""Safe files: what comes in is limited and looked into before it is parsed; what goes out is inert.

Nothing here needs Django, except `upload`.
"""
