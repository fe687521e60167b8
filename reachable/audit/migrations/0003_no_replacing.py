"""Nothing is replaced or emptied either."""

from __future__ import annotations

from django.db import migrations

from reachable.audit.append_only import refuse_replacing


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]
    operations = [
        migrations.RunPython(
            *refuse_replacing(audit_entry=("id",), audit_seal=("number", "entry_id"))
        )
    ]
