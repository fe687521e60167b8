from typing import Any

import django.db.models.functions.text
from django.core.management.base import CommandError
from django.db import migrations, models
from django.db.models import Count
from django.db.models.functions import Lower

from reachable.foundation.errors import BadInput


class UsernamesClash(BadInput, CommandError):
    """Both kinds of command that migrate end with its sentence."""


def refuse_usernames_that_clash(apps: Any, editor: Any) -> None:
    """The constraint would fail without a word of whom it is about."""
    users = apps.get_model("access", "User").objects.annotate(lower=Lower("username"))
    several = users.values("lower").annotate(count=Count("id")).filter(count__gt=1)
    clashing = users.filter(lower__in=list(several.values_list("lower", flat=True)))
    names = list(clashing.order_by("lower", "username").values_list("username", flat=True))
    if not names:
        return
    raise UsernamesClash(
        f"Some usernames differ only in capital letters: {', '.join(names)}.",
        kept="The database is as it was before this step.",
        next="From this release on people sign in whatever the case they type, so each of them "
        "needs a name of its own. Change all but one in the column username of the table "
        f"{users.model._meta.db_table}, tell the people whose names they are, and migrate again.",
    )


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0001_initial'),
    ]

    operations = [
        migrations.RunPython(refuse_usernames_that_clash, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('username'), name='username_in_any_case'),
        ),
    ]
