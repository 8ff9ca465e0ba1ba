# One image for web, worker and beat; docker-compose.yml says which command each runs.
FROM node:22-bookworm-slim AS files
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

FROM python:3.11-slim-bookworm AS base
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    STATIC_ROOT=/app/static-root \
    MEDIA_ROOT=/media
WORKDIR /app
# What WeasyPrint draws with (integration2024/local/libraries.py). Debian's security updates are wanted, so no versions.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*

FROM base AS build
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends gettext && rm -rf /var/lib/apt/lists/*
COPY requirements/ requirements/
RUN python -m venv /opt/uv \
    && /opt/uv/bin/pip install --no-cache-dir --require-hashes -r requirements/uv.txt \
    && /opt/uv/bin/uv venv --python /usr/local/bin/python /opt/venv \
    && VIRTUAL_ENV=/opt/venv /opt/uv/bin/uv pip sync --no-cache --require-hashes --compile-bytecode requirements/base.txt
COPY --from=files /app/node_modules node_modules/
COPY . .
RUN msgfmt --check -o locale/fi/LC_MESSAGES/django.mo locale/fi/LC_MESSAGES/django.po \
    && msgfmt --check -o locale/sv/LC_MESSAGES/django.mo locale/sv/LC_MESSAGES/django.po
# The settings want these two; nothing of them stays in the image.
RUN SECRET_KEY=for-this-step-only SITE_URL=https://build.example python manage.py collectstatic --no-input --verbosity=0

FROM base AS final
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin app && install -d -o app -g app /media
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
USER 10001
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
     "--blocking-threads", "2", "--respawn-failed-workers", "--workers-kill-timeout", "30", \
     "integration2024.wsgi:application"]
