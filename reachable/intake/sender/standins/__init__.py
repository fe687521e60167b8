"""Stand-ins, in Python alone, for the libraries whose wheels hold machine code.

Only the one file for senders carries them, each under the name of what it stands for; the product
itself never imports one. Tests hold each to the library that it stands for.
"""
