# A worker of a Docker, Kubernetes or ECS work pool, or `pipeline up`, in one image:
#   docker build -t pipeline . && docker run --rm -p 127.0.0.1:4200:4200 -v "$PWD:/site" pipeline pipeline up
# There is no ENTRYPOINT: workers say what a container runs in the place of CMD.
FROM python:3.11-slim-bookworm AS build
WORKDIR /build
COPY pyproject.toml constraints.txt prefect.toml prefect.yaml README.md LICENSE ./
COPY src src
COPY flows flows
RUN python -m venv /opt/pipeline \
    && /opt/pipeline/bin/pip install --no-cache-dir --constraint constraints.txt .

FROM python:3.11-slim-bookworm
# git clones the content; the font draws Chinese titles on cards.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends fonts-noto-cjk git \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 pipeline \
    && install --directory --owner 1000 /site /journal
COPY --from=build /opt/pipeline /opt/pipeline
ENV PATH=/opt/pipeline/bin:$PATH \
    DO_NOT_TRACK=1 \
    PREFECT_LOGGING_EXTRA_LOGGERS=pipeline \
    PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW=ignore \
    PYTHONUNBUFFERED=1
USER 1000
WORKDIR /site
CMD ["pipeline", "--help"]
