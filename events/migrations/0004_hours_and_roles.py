import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0003_jobs_begin_before_they_are_done'),
    ]

    operations = [
        migrations.AlterField(
            model_name='event',
            name='offer_hours',
            field=models.PositiveSmallIntegerField(default=8, help_text='Counted Monday to Friday 8–16, without holidays.', validators=[django.core.validators.MinValueValidator(1, 'Give at least one working hour to answer an offer.')], verbose_name='working hours to answer an offer'),
        ),
        migrations.AlterField(
            model_name='role',
            name='needs_place',
            field=models.BooleanField(default=True, help_text='Counts against the on-site places of the event.', verbose_name='needs a place'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('offer_hours__gte', 1)), name='event_offer_has_hours', violation_error_message='Give at least one working hour to answer an offer.'),
        ),
    ]
