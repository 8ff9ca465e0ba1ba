"""The words of sessions are analysed for the search when they are written, not when they are published.

PostgreSQL keeps them in columns which only `programme.releases` reads, so no model has them: every query for sessions
would carry them along. Whoever changes the type of a title or an abstract has to drop these columns first and to make
them again afterwards.
"""

from django.db import migrations

ORDER = {"fi": ("fi", "sv", "en"), "sv": ("sv", "fi", "en"), "en": ("en", "fi", "sv")}
CONFIGURATIONS = {"fi": "finnish", "sv": "swedish", "en": "english"}


def written(column: str, code: str) -> str:
    """The words of the first language that has any."""
    return f"COALESCE({', '.join(f'''NULLIF({column}_{other}, '')''' for other in ORDER[code])}, '')"


def add(code: str) -> str:
    """Title before text, in one language."""
    words = " || ".join(
        f"setweight(to_tsvector('{CONFIGURATIONS[code]}', {written(column, code)}), '{weight}')"
        for column, weight in (("title", "A"), ("abstract", "C"))
    )
    return f"ALTER TABLE programme_session ADD COLUMN words_{code} tsvector GENERATED ALWAYS AS ({words}) STORED"


def unpacked(table: str, column: str) -> str:
    """Long values are kept as they are."""
    return f"ALTER TABLE programme_{table} ALTER COLUMN {column} SET STORAGE EXTERNAL"


class Migration(migrations.Migration):
    dependencies = [("programme", "0002_speakers_place")]

    operations = [
        # Both tables are written by the whole in one statement, and read much more often: packing them takes longer.
        migrations.RunSQL(unpacked("releasedsession", "documents"), migrations.RunSQL.noop),
        *(migrations.RunSQL(unpacked("releasedsession", f"words_{code}"), migrations.RunSQL.noop) for code in ORDER),
        *(migrations.RunSQL(add(code), f"ALTER TABLE programme_session DROP COLUMN words_{code}") for code in ORDER),
        *(migrations.RunSQL(unpacked("session", f"words_{code}"), migrations.RunSQL.noop) for code in ORDER),
        # A search reads the rows of one release, a few hundred at most: an index over all releases is only in the way.
        *(migrations.RemoveIndex("releasedsession", f"released_words_{code}") for code in ORDER),
    ]
