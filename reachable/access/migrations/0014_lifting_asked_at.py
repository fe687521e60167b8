"""When somebody asked that a restriction be lifted: what was asked before has it from the audit."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.db.models import Q


def date_what_was_asked(apps: Any, schema_editor: Any) -> None:
    """The newest entry says when. Where none does, it lapses at once and is asked again."""
    using = schema_editor.connection.alias
    entries = apps.get_model("audit", "Entry").objects.using(using)
    restrictions = apps.get_model("access", "Restriction").objects.using(using)
    for each in restrictions.exclude(lifting_asked_by=None):
        asked = entries.filter(
            action="people.lifting_asked",
            subject_id=each.subject_id,
            actor_id=each.lifting_asked_by_id,
        )
        said = (
            at
            for at, details in asked.order_by("-id").values_list("at", "details")
            if details.get("because") == str(each.id)
        )
        each.lifting_asked_at = next(said, each.set_at)
        each.save(update_fields=["lifting_asked_at"])


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0013_teams_end_and_mail_again"),
        ("audit", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="restriction",
            name="lifting_asked_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(date_what_was_asked, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="restriction",
            constraint=models.CheckConstraint(
                condition=Q(lifting_asked_by=None, lifting_asked_at=None)
                | Q(lifting_asked_by__isnull=False, lifting_asked_at__isnull=False),
                name="lifting_asked_when",
            ),
        ),
    ]
