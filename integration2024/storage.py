"""Static files under names that carry their hash."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Scripts that import each other do so by the hashed names too: old and new ones never mix."""

    support_js_module_import_aggregation = True
