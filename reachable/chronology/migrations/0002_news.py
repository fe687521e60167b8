from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chronology", "0001_initial")]

    operations = [migrations.AddField("event", "news", models.BooleanField(default=True))]
