# Tests, demo and benchmark. `make test-NAME` runs one suite, `make test` all of them in this order, each whatever
# the one before it said; mk/suites.sh runs them, mk/totals.py counts.
SUITES := lint unit fuzz program-san program integration
# Not in `make test`: they build libraries once more, of another architecture and inside an image.
OTHER_SUITES := foreign minutes
ALL_SUITES := $(SUITES) $(OTHER_SUITES)

VENV := build/venv
PYTEST := $(VENV)/bin/python -m pytest
REPORTS := build/reports

$(VENV)/.stamp: tests/requirements.txt mk/venv.sh | build/need/venv
	@mk/venv.sh $(VENV) tests/requirements.txt
	@touch $@

# Environments beside the first, a file of requirements each.
ENVIRONMENTS := $(patsubst tests/environments/%.txt,build/environments/%/.stamp,$(wildcard tests/environments/*.txt))
build/environments/%/.stamp: tests/environments/%.txt mk/venv.sh | build/need/venv
	@mk/venv.sh $(@D) $<
	@touch $@

.PHONY: test $(ALL_SUITES:%=test-%) $(ALL_SUITES:%=suite-%) venv demo bench faults lint format
venv: $(VENV)/.stamp

test: | build/need/venv
	+@mk/suites.sh "$(MAKE)" $(REPORTS) $(SUITES)

$(ALL_SUITES:%=test-%): test-%: | build/need/venv
	+@mk/suites.sh "$(MAKE)" $(REPORTS) $*

# CDK, which synthesises the patcher's test apps.
build/cdk/.stamp: tests/oracle/cdk/package.json mk/cdk.sh
	@mk/cdk.sh build/cdk $<
	@touch $@

UNIT_SOURCES  := $(wildcard tests/unit/test_*.c)
UNIT_PROGRAMS := $(UNIT_SOURCES:tests/unit/%.c=build/tests/unit/%)

build/tests/unit/%: tests/unit/%.c build/flags/$(ARCH)-san $(TESTED_FOLDERS:%=build/san/lib/%.a) | $(BEFORE_san)
	@echo "  TEST    $@"
	@mkdir -p $(@D)
	@$(CC_san) $(CFLAGS_san) -Itests/unit -MMD -MP -MF $@.d -o $@ $< $(LDFLAGS_san) \
	    -Wl,--start-group $(TESTED_FOLDERS:%=build/san/lib/%.a) -Wl,--end-group \
	    $(call link,san,$(LIBRARIES))
-include $(UNIT_PROGRAMS:%=%.d)

suite-lint: $(VENV)/.stamp | build/need/lint
	@mk/lint.sh $(VENV)/bin/ruff | tee $(REPORTS)/lint/lint.tap

suite-unit: $(UNIT_PROGRAMS) | build/need/unit
	@REPORTS=$(REPORTS)/unit prove --exec mk/keep-tap.sh $(UNIT_PROGRAMS)

# The program tests share nothing but the machine's cores.
SIDE_BY_SIDE := -n $(shell nproc)

# Marked `release`: what only the static program can pass (its size, an empty image, many starts), and where most of
# the time goes into other programs' verdicts, which are the same for both builds.
suite-program-san: $(SAN_PROGRAMS) $(VENV)/.stamp | build/need/test
	@TEST_PROGRAMS=$(CURDIR)/build/san $(PYTEST) tests/program $(SIDE_BY_SIDE) -m "not release" \
	    --junitxml=$(REPORTS)/program-san/junit.xml

suite-program: $(RELEASE_PROGRAMS) $(VENV)/.stamp build/cdk/.stamp dist-here | build/need/test
	@TEST_PROGRAMS=$(CURDIR)/$(BUILD) $(PYTEST) tests/program $(SIDE_BY_SIDE) --junitxml=$(REPORTS)/program/junit.xml

# The programs of the other architecture, under qemu.
suite-foreign: $(RELEASE_PROGRAMS) $(VENV)/.stamp $(FOREIGN:%=foreign-wheels-%) | build/need/emulated
	@TEST_PROGRAMS=$(CURDIR)/$(BUILD) $(PYTEST) tests/foreign --junitxml=$(REPORTS)/foreign/junit.xml

suite-minutes: $(RELEASE_PROGRAMS) $(NOTICE) $(VENV)/.stamp | build/need/test build/need/integration
	@TEST_PROGRAMS=$(CURDIR)/$(BUILD) $(PYTEST) tests/integration -m minutes --junitxml=$(REPORTS)/minutes/junit.xml

# The cases of the fork plan wait more than they compute, and share nothing. What comes behind them takes times, or
# shares one dockerd.
FORKS := tests/integration/test_forks.py
suite-integration: $(RELEASE_PROGRAMS) $(NOTICE) $(VENV)/.stamp $(ENVIRONMENTS) | build/need/test build/need/integration build/need/bench
	@status=0; export TEST_PROGRAMS=$(CURDIR)/$(BUILD); \
	$(PYTEST) $(FORKS) $(SIDE_BY_SIDE) --junitxml=$(REPORTS)/integration/forks.xml || status=1; \
	$(PYTEST) tests/integration --ignore=$(FORKS) -m "not minutes" --junitxml=$(REPORTS)/integration/junit.xml && exit $$status

demo: $(RELEASE_PROGRAMS) $(VENV)/.stamp
	@$(VENV)/bin/python -m tests.support.demo

bench: $(RELEASE_PROGRAMS) $(VENV)/.stamp | build/need/bench
	@$(VENV)/bin/python -m bench $(if $(SHORT),--short)

lint: $(VENV)/.stamp | build/need/lint
	@mk/lint.sh $(VENV)/bin/ruff

format: $(VENV)/.stamp | build/need/lint
	@mk/lint.sh --fix $(VENV)/bin/ruff

# Every fault on every app; docs/faults.md is made of what came out. RESUME=1 goes on where a run was ended.
faults: $(BUILD)/appsig-exec $(VENV)/.stamp | build/need/test
	@mkdir -p docs
	@TEST_PROGRAMS=$(CURDIR)/$(BUILD) $(VENV)/bin/python -m tests.faults --write $(if $(RESUME),--resume)
