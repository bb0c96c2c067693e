# The image holds a virtual environment and the sources beside it. Everything that is fetched, for running and for
# building, is fixed by version and hash in requirements.lock.

FROM node:24-bookworm-slim AS web
WORKDIR /app/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci
COPY web/ ./
COPY docs/openapi.json /app/docs/openapi.json
COPY api/said/ /app/api/said/
RUN npm run build

FROM rust:1.95-slim-bookworm AS rust

# The compiled hot path, for the very Python that will run it.
FROM python:3.11-slim-bookworm AS native
RUN apt-get update && apt-get install --yes --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
COPY --from=rust /usr/local/rustup /usr/local/rustup
COPY --from=rust /usr/local/cargo /usr/local/cargo
ENV RUSTUP_HOME=/usr/local/rustup CARGO_HOME=/usr/local/cargo PATH=/usr/local/cargo/bin:$PATH
WORKDIR /app
COPY requirements.lock ./
RUN pip install --no-cache-dir --disable-pip-version-check "$(grep --only-matching '^maturin==[0-9.]*' requirements.lock)"
COPY native/ native/
RUN maturin build --release --locked --manifest-path native/Cargo.toml --interpreter python3.11 --out /wheels

FROM python:3.11-slim-bookworm AS build
# The same uv as the Makefile's (a test compares them).
ARG UV_VERSION=0.13.9
# `otel` for traces by OpenTelemetry
ARG EXTRA=
RUN pip install --no-cache-dir --disable-pip-version-check "uv==${UV_VERSION}"
WORKDIR /app
COPY pyproject.toml requirements.lock ./
# Only what pyproject.toml asks for at run time is installed; the lock, given as constraints, fixes the transitive ones
# too. The development tools of the lock stay out.
RUN uv venv /opt/quanyan \
 && uv pip install --no-cache --compile-bytecode --python /opt/quanyan/bin/python --require-hashes \
      --requirements pyproject.toml ${EXTRA:+--extra "${EXTRA}"} --constraints requirements.lock
COPY --from=native /wheels /wheels
RUN uv pip install --no-cache --no-deps --python /opt/quanyan/bin/python /wheels/*.whl
COPY LICENSE README.md ./
COPY domain/ domain/
COPY rules/ rules/
COPY ingest/ ingest/
COPY store/ store/
COPY api/ api/
COPY notify/ notify/
COPY simulators/ simulators/
COPY app/ app/
COPY config/ config/
COPY --from=web /app/web/dist web/dist
# Editable, so that the sources stay where their configuration is. Bytecode is written now, as the running container
# cannot write it: its root file system is read-only.
RUN uv pip install --no-cache --python /opt/quanyan/bin/python --no-deps --build-constraints requirements.lock \
      --editable . \
 && /opt/quanyan/bin/python -m compileall -q /app

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="Quanyan" \
      org.opencontainers.image.description="Telemetry backend of a city operations centre" \
      org.opencontainers.image.licenses="Apache-2.0"

# A number, not a name: an orchestrator can only check that it is not root when it is a number.
ARG UID=10001
RUN groupadd --system --gid "${UID}" quanyan \
 && useradd --system --no-create-home --home-dir /var/lib/quanyan --shell /usr/sbin/nologin \
      --uid "${UID}" --gid "${UID}" quanyan \
 && install -d -o "${UID}" -g "${UID}" -m 0750 /var/lib/quanyan

COPY --from=build /opt/quanyan /opt/quanyan
COPY --from=build /app /app
# What an operator may replace by a mount of the same name.
COPY config/city.toml /etc/quanyan/city.toml
ENV PATH=/opt/quanyan/bin:$PATH \
    QUANYAN_CONFIG=/etc/quanyan/city.toml \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1

WORKDIR /var/lib/quanyan
USER 10001:10001
EXPOSE 8080
STOPSIGNAL SIGTERM
# Liveness, not readiness: a store that is away must not get the process killed, which is still taking deliveries.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8080/livez', timeout=4)"]
ENTRYPOINT ["quanyan"]
CMD ["serve", "--config", "/etc/quanyan/city.toml"]
