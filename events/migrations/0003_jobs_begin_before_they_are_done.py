"""Mails know since when they have been queued in real time; documents are tried again as mails are."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0002_mailing'),
    ]

    operations = [
        migrations.AddField(
            model_name='document',
            name='attempts',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='attempts'),
        ),
        migrations.AddField(
            model_name='document',
            name='next_attempt_at',
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name='next attempt'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='mail',
            name='queued_at',
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
            preserve_default=False,
        ),
    ]
