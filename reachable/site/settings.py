"""Settings. Everything that differs between places comes from the environment."""

from __future__ import annotations

import os
from pathlib import Path

from reachable.site.bounded import bounded
from reachable.site.database import database_from
from reachable.site.secret import secret_key

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = Path(os.environ.get("REACHABLE_VAR", BASE_DIR / "var"))
KEY_FILE = Path(os.environ.get("REACHABLE_KEY_FILE", VAR_DIR / "keys.json"))
ANCHOR_FILE = Path(os.environ.get("REACHABLE_ANCHOR_FILE", VAR_DIR / "anchors.jsonl"))
UPLOAD_DIR = Path(os.environ.get("REACHABLE_UPLOADS", VAR_DIR / "uploads"))
WATCH_DIR = os.environ.get("REACHABLE_WATCH") or None
CLOCK_FILE = os.environ.get("REACHABLE_CLOCK_FILE")
SIGN_IN_PROVIDERS = Path(
    os.environ.get("REACHABLE_SIGN_IN_PROVIDERS", VAR_DIR / "sign_in_providers.toml")
)
LINKAGE_MODEL_FILE = Path(os.environ.get("REACHABLE_LINKAGE_MODEL", VAR_DIR / "linkage_model.json"))
# For tests and demonstrations, whose provider of sign-ins is on this computer: a listed one only.
OUTBOUND_LOOPBACK = os.environ.get("REACHABLE_OUTBOUND_LOOPBACK") == "yes"

SECRET_KEY = secret_key(VAR_DIR)
DEBUG = False
ALLOWED_HOSTS = os.environ.get("REACHABLE_HOSTS", "127.0.0.1,localhost").split(",")
SITE_URL = os.environ.get("REACHABLE_URL", "http://127.0.0.1:8000")
HTTPS = SITE_URL.startswith("https://")

ROOMS = [
    "foundation",
    "audit",
    "access",
    "geography",
    "notices",
    "provision",
    "people",
    "chronology",
    "moments",
    "intake",
    "conversations",
    "offers",
    "sharing",
    "governance",
    "synthetic",
    "site",
]
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_tasks",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    *[f"reachable.{room}.apps.{room.title()}Config" for room in ROOMS],
]
MIDDLEWARE = [
    "reachable.foundation.security_headers.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "reachable.access.middleware.EndSessions",
    "allauth.account.middleware.AccountMiddleware",
    "reachable.access.middleware.FindActor",
    "reachable.foundation.middleware.DefaultDeny",
]
ROOT_URLCONF = "reachable.site.urls"
WSGI_APPLICATION = "reachable.site.wsgi.application"
CSRF_FAILURE_VIEW = "reachable.foundation.error_pages.csrf_failure"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "reachable" / room / "templates" for room in ROOMS],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "reachable.foundation.jinja.environment",
            "context_processors": [
                "django.template.context_processors.csrf",
                "django.contrib.messages.context_processors.messages",
                "reachable.site.context.common",
            ],
        },
    },
]

DATABASES = {"default": database_from(os.environ.get("DATABASE_URL"), VAR_DIR / "reachable.db")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["reachable.access.backends.AccountBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"

SESSION_ENGINE = "reachable.access.session_store"
SESSION_COOKIE_AGE = 60 * 60 * bounded("REACHABLE_SESSION_HOURS", 12, least=1, most=24)
SESSION_IDLE_SECONDS = 60 * bounded("REACHABLE_IDLE_MINUTES", 30, least=5, most=120)
# Whose X-Forwarded-For is believed: the addresses of proxies of one's own, with commas.
PROXIES = frozenset(
    filter(None, map(str.strip, os.environ.get("REACHABLE_PROXIES", "").split(",")))
)

MFA_ADAPTER = "reachable.access.allauth_adapter.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
# A phone's clock may be half a minute off.
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODE_DIGITS = 10
# Its own addresses are not there, so that nobody makes an account or resets a password by them.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SIGNUP_FIELDS = ["username*"]
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# TLS ends at a proxy, so a request here never looks secure and its origin would be refused.
CSRF_TRUSTED_ORIGINS = [SITE_URL.rstrip("/")] if HTTPS else []
CSRF_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_PROXY_SSL_HEADER = None
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0

LANGUAGE_CODE = "en-gb"
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATICFILES_DIRS = [path for path in (BASE_DIR / "var" / "assets",) if path.exists()]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

EMAIL_HOST = os.environ.get("REACHABLE_SMTP_HOST", "")
EMAIL_PORT = int(os.environ.get("REACHABLE_SMTP_PORT", "25"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("REACHABLE_MAIL_FROM", "reachable@localhost")

DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = ["reachable.foundation.files.upload.CountingUploadHandler"]
# Beside the files that wait: what a killed server leaves half arrived is then removed with these.
FILE_UPLOAD_TEMP_DIR = os.environ.get("REACHABLE_TEMP", str(UPLOAD_DIR / "arriving"))
Path(FILE_UPLOAD_TEMP_DIR).mkdir(parents=True, exist_ok=True)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {
        "stderr": {"class": "logging.StreamHandler"},
        # Without any handler Python would write to standard error after all.
        "nowhere": {"class": "logging.NullHandler"},
    },
    "loggers": {
        "reachable": {"handlers": ["stderr"], "level": "INFO"},
        # Django's request log names addresses and repeats exceptions, which could hold what
        # somebody typed; our own middleware logs the kind of error instead.
        "django.request": {"handlers": ["nowhere"], "propagate": False},
        "django.security": {"handlers": ["nowhere"], "propagate": False},
    },
}
