# Fuzzing: the rows of tests/fuzz. `make test-fuzz` tries a fixed number of inputs, the same each time, with the sanitizer
# build; `make fuzz` has libFuzzer look for new ones, FUZZ_SECONDS for each row, FUZZ_ROWS of them (all).
FUZZ_SECONDS ?= 60
FUZZ_ROWS    ?=

#            rows  : folder
FUZZ_ROOMS := patch:dockerfile-patcher shim:shim setup:host-setup
FUZZ_DRIVER := tests/fuzz/target.c
FUZZ_SOURCES_patch := tests/fuzz/patch.c tests/fuzz/formats.c
FUZZ_SOURCES_shim  := tests/fuzz/shim.c
FUZZ_SOURCES_setup := tests/fuzz/setup.c

OUT_fuzz     := build/fuzz
BEFORE_fuzz  := $(GENERATED) build/need/san build/need/fuzz
CC_fuzz      := clang
# Warnings are the other builds' work.
CFLAGS_fuzz  := -std=c17 -D_GNU_SOURCE -w -I. -I$(BUILD) -O1 -g -fno-omit-frame-pointer \
    -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
LDFLAGS_fuzz := -fsanitize=fuzzer
$(eval $(call remember,build/flags/$(ARCH)-fuzz,$(CC_fuzz) $(CFLAGS_fuzz)))
$(eval $(call compile_rules,fuzz))

# $(call fuzz_rules,NAME,FOLDER)
define fuzz_rules
build/tests/fuzz/$(1): $(call objects,san,tests/fuzz/runner.c tests/fuzz/mutate.c $(FUZZ_DRIVER) $(FUZZ_SOURCES_$(1))) \
    build/san/lib/$(2).a build/san/lib/common.a
	@echo "  LINK    $$@"
	@mkdir -p $$(@D)
	@$$(CC_san) $$(CFLAGS_san) -o $$@ $$^ $(call link,san,$(LIBRARIES))

FUZZ_OBJECTS_$(1) := $(call objects,fuzz,tests/fuzz/libfuzzer.c $(FUZZ_DRIVER) $(FUZZ_SOURCES_$(1)) $(SOURCES_common) \
    $(filter-out %/main.c,$(call sources,$(2))))
build/fuzz/$(1): $$(FUZZ_OBJECTS_$(1))
	@echo "  LINK    $$@"
	@$$(CC_fuzz) $$(CFLAGS_fuzz) $$(LDFLAGS_fuzz) -o $$@ $$^ $(call link,san,$(LIBRARIES))
-include $$(FUZZ_OBJECTS_$(1):.o=.d)
-include $(patsubst %.o,%.d,$(call objects,san,tests/fuzz/runner.c tests/fuzz/mutate.c $(FUZZ_DRIVER) $(FUZZ_SOURCES_$(1))))
endef
$(foreach room,$(FUZZ_ROOMS),$(eval $(call fuzz_rules,$(call row_program,$(room)),$(call row_folder,$(room)))))

FUZZ_NAMES   := $(foreach room,$(FUZZ_ROOMS),$(call row_program,$(room)))
FUZZ_RUNNERS := $(FUZZ_NAMES:%=build/tests/fuzz/%)

.PHONY: fuzz
suite-fuzz: $(FUZZ_RUNNERS) | build/need/unit
	@mkdir -p build/fuzz
	@REPORTS=$(REPORTS)/fuzz prove --jobs $(shell nproc) --exec mk/keep-tap.sh $(FUZZ_RUNNERS)

fuzz: $(FUZZ_RUNNERS) $(FUZZ_NAMES:%=build/fuzz/%)
	@mk/fuzz.sh $(FUZZ_SECONDS) "$(FUZZ_ROWS)" $(FUZZ_NAMES)
