"""All settings of the project, read from the environment.

Every variable may also be given as NAME_FILE, the path of a file that holds the value (container secrets).
There are three ways to run: production (SECRET_KEY and SITE_URL must be given), the demo (DEMO=1, loopback only),
and the tests, which set production's variables to throw-away values.
"""

import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent


def env(name: str, default: str | None = None) -> str:
    """The value of NAME, or of the file named by NAME_FILE, or the default; without a default it must be given."""
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text().strip()
    if (value := os.environ.get(name, default)) is None:
        raise ImproperlyConfigured(f"{name} must be set (see .env.example).")
    return value


# --- Where and how we run -------------------------------------------------------------------------------------------
DEBUG = False
DEMO = env("DEMO", "") == "1"
DEMO_NOW = env("DEMO_NOW", "2024-10-14T09:00+03:00")
VAR_DIR = Path(env("VAR_DIR", str(BASE_DIR / "var")))

SECRET_KEY = env("SECRET_KEY", "only-for-the-demo-on-loopback-" + "0" * 32 if DEMO else None)
SECRET_KEY_FALLBACKS = [key for key in env("SECRET_KEY_FALLBACKS", "").split(",") if key]

SITE_URL = env("SITE_URL", "http://localhost:8000" if DEMO else None).rstrip("/")
_site = urlsplit(SITE_URL)
IS_LOOPBACK = _site.hostname in {"localhost", "127.0.0.1", "::1"}
if _site.scheme != "https" and not IS_LOOPBACK:
    raise ImproperlyConfigured("SITE_URL must begin with https:// (http:// is accepted for loopback only).")
if DEMO and not IS_LOOPBACK:
    raise ImproperlyConfigured("The demo is for this machine only: with DEMO=1 SITE_URL must be a loopback address.")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"] if IS_LOOPBACK else [str(_site.hostname)]

ROOT_URLCONF = "integration2024.urls"
WSGI_APPLICATION = "integration2024.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "modeltranslation",  # before the admin, which it extends
    "integration2024",
    "programme",
    "booths",
    "webinars",
    "registration",
    "events",
    "integration2024.apps.OrganiserAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
]

MIDDLEWARE = [
    "integration2024.thin.ThinWay",  # devices at the door need none of what follows
    "events.pagecache.PublicPageCache",  # outermost: a hit costs one query and one look into Redis
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "integration2024.refusals.RefuseNul",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
if DEMO:
    MIDDLEWARE.insert(0, "integration2024.demo.middleware.DemoBar")

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "integration2024.context.site",
            ],
        },
    }
]
FORM_RENDERER = "events.forms.Renderer"

# --- PostgreSQL, Redis, Celery --------------------------------------------------------------------------------------
CONN_MAX_AGE_SECONDS = 600


def database(url: str) -> dict[str, object]:
    """Django's settings for postgres://user:password@host:port/name; a host that begins with / is a socket's folder."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", [unquote(parts.hostname or "")])[0],
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": CONN_MAX_AGE_SECONDS,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 3,
            "prepare_threshold": 2,
            "server_side_binding": True,
            "options": "-c statement_timeout=15s -c lock_timeout=10s -c idle_in_transaction_session_timeout=60s",
        },
    }


DATABASES = {"default": database(env("DATABASE_URL", "postgres://integration@localhost/integration"))}

REDIS_URL = env("REDIS_URL", "redis://localhost:6379/0")
CACHES = {
    "default": {
        "BACKEND": "events.pagecache.PatientRedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 0.3, "socket_connect_timeout": 0.3},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
    "socket_keepalive": True,
    "visibility_timeout": 300,
    "max_retries": 1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "Europe/Helsinki"
CELERY_BEAT_SCHEDULE = {
    "drain the outbox": {"task": "events.drain", "schedule": 20.0, "options": {"expires": 20}},
    "let offers lapse": {"task": "registration.lapse_offers", "schedule": 60.0, "options": {"expires": 60}},
    "forget sessions": {"task": "events.forget_sessions", "schedule": 3600.0, "options": {"expires": 3600}},
    "forget needs": {"task": "registration.forget_needs", "schedule": 3600.0, "options": {"expires": 3600}},
    "make paper lists": {"task": "registration.make_paper_lists", "schedule": 300.0, "options": {"expires": 300}},
    "settle sessions": {"task": "programme.settle_sessions", "schedule": 60.0, "options": {"expires": 60}},
    "remind of drafts": {"task": "events.remind_of_drafts", "schedule": 900.0, "options": {"expires": 900}},
    "remind of materials": {"task": "programme.remind_of_materials", "schedule": 900.0, "options": {"expires": 900}},
    "remind of streams": {"task": "programme.remind_of_streams", "schedule": 900.0, "options": {"expires": 900}},
    "remind exhibitors": {"task": "booths.remind_exhibitors", "schedule": 900.0, "options": {"expires": 900}},
    "remind of webinars": {"task": "webinars.send_reminders", "schedule": 60.0, "options": {"expires": 60}},
    "let webinar offers lapse": {"task": "webinars.lapse_offers", "schedule": 60.0, "options": {"expires": 60}},
    "forget networks": {"task": "webinars.forget_networks", "schedule": 3600.0, "options": {"expires": 3600}},
    "forget loose files": {"task": "events.forget_loose_files", "schedule": 3600.0, "options": {"expires": 3600}},
}

# --- Mail -----------------------------------------------------------------------------------------------------------
_email = urlsplit(env("EMAIL_URL", "smtp://localhost:25"))
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = _email.hostname or "localhost"
EMAIL_PORT = _email.port or (465 if _email.scheme == "smtps" else 25)
EMAIL_HOST_USER = unquote(_email.username or "")
EMAIL_HOST_PASSWORD = unquote(_email.password or "")
EMAIL_USE_SSL = _email.scheme == "smtps"
EMAIL_USE_TLS = _email.scheme == "smtp+tls"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env("MAIL_FROM", "Integration 2024 <noreply@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Languages, times -----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "fi"
LANGUAGES = [("fi", _("Finnish")), ("sv", _("Swedish")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["integration2024.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Helsinki"
MODELTRANSLATION_DEFAULT_LANGUAGE = "fi"
MODELTRANSLATION_FALLBACK_LANGUAGES = {"default": ("fi", "sv", "en"), "sv": ("fi", "en"), "en": ("fi", "sv")}

# --- Files ----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", str(VAR_DIR / "static")))
DOCUMENT_SCRIPTS = ["arabic", "hebrew", "ethiopic", "thai", "devanagari", "bengali"]
FONTS = ["source-sans-3", *(f"noto-sans-{script}" for script in DOCUMENT_SCRIPTS)]
STATICFILES_DIRS = [
    BASE_DIR / "static",
    *((f"fonts/{font}", BASE_DIR / "node_modules/@fontsource" / font / "files") for font in FONTS),
    ("accessible-autocomplete", BASE_DIR / "node_modules/accessible-autocomplete/dist"),
    ("zxing-wasm", BASE_DIR / "node_modules/zxing-wasm/dist/reader"),
    ("zxing-wasm", BASE_DIR / "node_modules/zxing-wasm/dist/iife/reader"),
]
MEDIA_ROOT = Path(env("MEDIA_ROOT", str(VAR_DIR / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "integration2024.storage.HashedFiles"},
}
WHITENOISE_MAX_AGE = 3600
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 300
DATA_UPLOAD_MAX_NUMBER_FILES = 4
# Only views that say so take files; the first handler refuses all others and cuts what is too large.
FILE_UPLOAD_HANDLERS = [
    "integration2024.refusals.RefuseFiles",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700

# --- Accounts -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "events.User"
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # the e-mail is unique by its small letters, which this check does not see
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "my-page"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_ADAPTER = "events.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "request_login_code": "events.accounts.RequestLoginCodeForm",
    "confirm_login_code": "events.accounts.ConfirmLoginCodeForm",
    "confirm_email_verification_code": "events.accounts.ConfirmEmailVerificationCodeForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False  # until the browser closes
# Per address (ip) so that 800 people behind one pass in ten minutes; per account and address in events.accounts.
ACCOUNT_RATE_LIMITS = {
    "login": "600/m/ip",
    "signup": "600/m/ip",
    "login_failed": "600/m/ip,5/300s/key",
    "request_login_code": "600/m/ip,100/h/key",
    "code_request": "5/300s/key",
    "code_guess": "5/300s/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = int(env("TRUSTED_PROXY_COUNT", "0" if IS_LOOPBACK else "1"))
MFA_FORMS = {
    "add_webauthn": "events.accounts.AddPasskeyForm",
    "authenticate_webauthn": "events.accounts.AuthenticatePasskeyForm",
    "login_webauthn": "events.accounts.LoginPasskeyForm",
    "reauthenticate_webauthn": "events.accounts.ReauthenticatePasskeyForm",
}
MFA_RATE_LIMITS = {"webauthn_login": "600/m/ip"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Integration"
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute off
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # a passkey stands for both factors
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = IS_LOOPBACK

# --- Security -------------------------------------------------------------------------------------------------------
_secure = _site.scheme == "https"
_prefix = "__Host-" if _secure else ""
SESSION_COOKIE_NAME = f"{_prefix}session"
CSRF_COOKIE_NAME = f"{_prefix}csrf"
MESSAGE_STORAGE = "integration2024.messages.Storage"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _secure
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = _secure
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _secure else None
SECURE_HSTS_SECONDS = 31_536_000 if _secure else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _secure
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"mask links": {"()": "integration2024.logs.MaskLinks"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["mask links"]}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "celery.app.trace": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
        "weasyprint.progress": {"level": "ERROR"},
    },
}
