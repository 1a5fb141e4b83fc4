# One more build, with gcov's counters and without sanitizers: `make coverage` counts with it, `make memcheck` has Valgrind
# watch it. Neither is part of `make test`.
OUT_cov     := build/cov
BEFORE_cov  := $(GENERATED) build/need/san
CC_cov      := gcc
# Warnings are the other builds' work.
CFLAGS_cov  := -std=c17 -D_GNU_SOURCE -w -I. -I$(BUILD) -O0 -g --coverage -fprofile-update=atomic
LDFLAGS_cov :=
# The libraries are the machine's own, as in the sanitizer build.
LINK_curltls_cov := $(LINK_curltls_san)
LINK_mbedtls_cov := $(LINK_mbedtls_san)
$(eval $(call remember,build/flags/$(ARCH)-cov,$(CC_cov) $(CFLAGS_cov)))
$(eval $(call compile_rules,cov))
$(foreach row,$(PRESENT_ROWS),$(eval $(call program_rules,cov,$(call row_program,$(row)),$(call row_folder,$(row)))))

# $(call cov_archive_rules,FOLDER)
define cov_archive_rules
build/cov/lib/$(1).a: $(call objects,cov,$(filter-out %/main.c,$(call sources,$(1))))
	@mkdir -p $$(@D)
	@rm -f $$@
	@ar qcs $$@ $$^
endef
$(foreach folder,$(TESTED_FOLDERS),$(eval $(call cov_archive_rules,$(folder))))

COV_UNITS := $(UNIT_SOURCES:tests/unit/%.c=build/cov/unit/%)
build/cov/unit/%: tests/unit/%.c $(TESTED_FOLDERS:%=build/cov/lib/%.a)
	@echo "  TEST    $@"
	@mkdir -p $(@D)
	@$(CC_cov) -std=c17 -D_GNU_SOURCE -w -I. -I$(BUILD) -O0 -g -Itests/unit -c -o $@.o $<
	@$(CC_cov) --coverage -o $@ $@.o -Wl,--start-group $(TESTED_FOLDERS:%=build/cov/lib/%.a) -Wl,--end-group \
	    $(call link,san,$(LIBRARIES))

COV_PROGRAMS := $(PROGRAMS:%=build/cov/%)

.PHONY: coverage memcheck
# What fails is told by `make test`; here it only counts less.
coverage: $(COV_PROGRAMS) $(COV_UNITS) $(VENV)/.stamp build/cdk/.stamp | build/need/test
	@find build/cov -name '*.gcda' -delete
	@for unit in $(COV_UNITS); do $$unit >/dev/null || echo "$$unit failed"; done
	@TEST_PROGRAMS=$(CURDIR)/build/cov $(PYTEST) -q tests/program $(SIDE_BY_SIDE) -m "not release" | tail -n 1 || true
	@python3 mk/coverage.py build/cov/obj $(TESTED_FOLDERS)

memcheck: $(COV_PROGRAMS) $(COV_UNITS) | build/need/bench
	@mk/memcheck.sh build/cov $(COV_UNITS)
