"""The application that the server runs."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from reachable.foundation import memory
from reachable.foundation.only_utf8 import OnlyUtf8
from reachable.site.bodies import WholeBodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reachable.site.settings")
application = WholeBodies(OnlyUtf8(get_wsgi_application()))
memory.settle()
