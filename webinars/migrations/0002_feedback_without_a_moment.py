"""Beside the moment of the feedback, the moment at which a person gave it told who had written what."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def note(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Who has given feedback has."""
    apps.get_model("webinars", "SignUp").objects.exclude(feedback_at=None).update(has_given_feedback=True)


class Migration(migrations.Migration):
    dependencies = [("webinars", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="signup",
            name="has_given_feedback",
            field=models.BooleanField(default=False, editable=False, verbose_name="gave feedback"),
        ),
        migrations.RunPython(note, migrations.RunPython.noop),
        migrations.RemoveField(model_name="signup", name="feedback_at"),
        migrations.RemoveField(model_name="feedback", name="form_key"),
    ]
