# make              the programs, static and stripped: build/appsig-exec, ...
# make SAN=1        the same with the sanitizers and glibc: build/san/appsig-exec, ...
# make test         every test; last line "N passed, N failed". One suite: make test-unit, test-program, ...
# make test-foreign the programs of the other architecture under qemu; make test-minutes: the rest of what takes long
# make demo         a real app under appsig-exec, and what a receiver got of it
# make bench        one table of what things cost, beside tini, opentelemetry-instrument, BuildKit, hadolint; SHORT=1
# make faults       every fault of tests/faults on six real apps; docs/faults.md; RESUME=1 goes on where one was ended
# make fuzz         libFuzzer on every scanner, parser and format, FUZZ_SECONDS (60) each; FUZZ_ROWS="..." some of them
# make coverage     lines and branches of the C code that the tests reach; make memcheck: Valgrind over units and programs
# make dist         for each architecture wheels, deb, rpm, tar.gz, SBOM, in build/dist
# make reproducible the packages, built from nothing in two folders, are the same bytes
# make manual       man pages and completions, from the option rows, in build/man and build/completions
# make install      PREFIX (/usr/local) and DESTDIR as usual
# make lint format  the checks that `make test` begins with; the formatters that satisfy them
# make clean        all but the libraries, Python parts and CDK that were downloaded; distclean: those as well
#
# Each installs what it needs (mk/packages.mk, tests/requirements.txt). Everything generated lies under build/.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-builtin-variables --no-print-directory
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc)
endif

.PHONY: all
all: programs

include mk/arch.mk mk/packages.mk mk/flags.mk mk/deps.mk mk/gen.mk mk/programs.mk mk/manual.mk mk/dist.mk mk/tests.mk mk/fuzz.mk mk/coverage.mk

.PHONY: programs clean distclean
programs: $(if $(SAN),$(SAN_PROGRAMS),$(RELEASE_PROGRAMS))

clean:
	@[ ! -d build/docker ] || tests/containers/dockerd.sh stop
	@[ ! -d build ] || find build -mindepth 1 -maxdepth 1 ! -name deps ! -name venv ! -name cdk ! -name need -exec rm -rf {} +

distclean:
	rm -rf build
