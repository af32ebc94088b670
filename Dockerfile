# CPU image: docker build -t ser . && docker run --rm -v "$PWD:/work" ser extract --datasets demo
FROM python:3.13-slim AS wheel
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY ser_features ser_features
COPY ser_models ser_models
COPY cli cli
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels /src

FROM python:3.13-slim
COPY constraints.txt /constraints.txt
COPY --from=wheel /wheels /wheels
RUN pip install --no-cache-dir --constraint /constraints.txt --find-links /wheels 'ser-toolkit[xgboost,media,serve,vad]'
RUN useradd --create-home --uid 1000 ser && mkdir /work && chown ser /work
USER ser
ENV NUMBA_CACHE_DIR=/tmp/numba MPLCONFIGDIR=/tmp/matplotlib
WORKDIR /work
ENTRYPOINT ["ser"]
CMD ["--help"]
