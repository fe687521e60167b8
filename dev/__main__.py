"""`python3 dev COMMAND`; on its own it lists the commands."""

import os
import sys

# Old Pythons must still be able to read this file, so that they get the sentence below.
if sys.version_info < (3, 11):
    sys.exit(
        "Reachable needs Python 3.11 or later; this is Python %d.%d (%s)."
        % (sys.version_info[0], sys.version_info[1], sys.executable)
    )

# Python puts dev/ itself first on the path, where modules such as `test` would hide Python's own.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from dev.commands import main

sys.exit(main(sys.argv[1:]))
