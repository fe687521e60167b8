from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.db import migrations, models


def fill(apps: Any, schema_editor: Any) -> None:
    """Write what the places say; nothing in the stead of one that is kept back."""
    del schema_editor
    Place = apps.get_model("provision", "Place")
    Service = apps.get_model("provision", "Service")
    ids = Service.objects.values_list("id", flat=True)
    given: dict[UUID, list[list[str] | None]] = {service_id: [] for service_id in ids}
    rows = Place.objects.order_by("id").values_list("service_id", "postcode", "area", "kept_back")
    for service_id, postcode, area, kept_back in rows:
        given[service_id].append(None if kept_back else [postcode, area])
    services = [
        Service(id=service_id, given_at=json.dumps(places, separators=(",", ":")))
        for service_id, places in given.items()
    ]
    Service.objects.bulk_update(services, ["given_at"], batch_size=200)


class Migration(migrations.Migration):

    dependencies = [
        ('provision', '0002_service_compared_by'),
    ]

    operations = [
        migrations.AddField(
            model_name='service',
            name='given_at',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
