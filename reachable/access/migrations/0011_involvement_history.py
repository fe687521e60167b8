from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0010_who_sees'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='involvement',
            index=models.Index(fields=['subject_id', 'started_at'], name='involvement_history'),
        ),
    ]
