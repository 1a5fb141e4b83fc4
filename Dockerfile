# appsig-exec and appsig-patch, and nothing else: to run, or to COPY --from. Needs nothing but Docker with BuildKit.
#
#     docker build -t appsig .
#     docker run --rm -v "$PWD":/src appsig appsig-patch /src
#     docker build --target demo -t appsig-demo . && docker run --rm appsig-demo
#
#   BUILD_IMAGE  a Debian in which `make` builds them
#   PROGRAMS     programs-built: from the sources; programs-prebuilt: those that lie in build/
ARG BUILD_IMAGE=debian:bookworm
ARG PROGRAMS=programs-built

FROM ${BUILD_IMAGE} AS programs-built
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates make
COPY . /src
RUN rm -rf /src/build && make -C /src ONLY="appsig-exec appsig-patch" programs build/NOTICE

# `make demo`: a real Flask app under appsig-exec, and what a receiver got of it.
FROM programs-built AS demo
RUN make -C /src programs venv
CMD ["make", "-C", "/src", "demo"]

FROM scratch AS programs-prebuilt
COPY build/appsig-exec build/appsig-patch build/NOTICE /src/build/

FROM ${PROGRAMS} AS programs

FROM scratch
COPY --from=programs /src/build/appsig-exec /src/build/appsig-patch /usr/local/bin/
COPY LICENSE /licenses/
COPY --from=programs /src/build/NOTICE /licenses/
WORKDIR /src
CMD ["appsig-patch", "--help"]
