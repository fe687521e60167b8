"""Entries and seals can be added and nothing else."""

from __future__ import annotations

from django.db import migrations

from reachable.audit.append_only import refuse_changes


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(*refuse_changes("audit_entry", "audit_seal"))]
