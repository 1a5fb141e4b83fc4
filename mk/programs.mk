# The programs, a row for each. ONLY="appsig-exec ..." builds some of them, with the libraries that these need.
#          program      : folder
PROGRAM_ROWS := appsig-exec:shim appsig-patch:dockerfile-patcher appsig-setup:host-setup
LIBS_appsig-exec  := curl cares cjson iniparser
LIBS_appsig-patch := libyaml cjson
LIBS_appsig-setup := curltls mbedtls cjson
# The size above which a program is not to be shipped; bytes.
MAX_SIZE_appsig-exec  := 600000
MAX_SIZE_appsig-setup := 1000000

row_program = $(firstword $(subst :, ,$(1)))
row_folder  = $(lastword $(subst :, ,$(1)))
PRESENT_ROWS := $(if $(ONLY),$(filter $(ONLY:%=%:%),$(PROGRAM_ROWS)),$(PROGRAM_ROWS))
PROGRAMS     := $(foreach row,$(PRESENT_ROWS),$(call row_program,$(row)))
NEEDED       := $(sort $(foreach program,$(PROGRAMS),$(LIBS_$(program))))
NEEDED_STAMPS := $(NEEDED:%=$(DEPS)/stamp/%)

sources = $(if $(wildcard $(1)),$(sort $(shell find $(1) -name '*.c' -not -path '*/gen/*')))
SOURCES_common := $(call sources,common)

OUT_release := $(BUILD)
OUT_san     := build/san
# What must be there before the first compilation; later ones know their headers from the .d files.
$(GEN)/version.h: $(NEEDED_STAMPS)
BEFORE_release := $(GENERATED) $(NEEDED_STAMPS)
BEFORE_san     := $(GENERATED) build/need/san

# $(call objects,VARIANT,SOURCES)
objects = $(patsubst %.c,$(OUT_$(1))/obj/%.o,$(2))

# $(call compile_rules,VARIANT)
define compile_rules
$(OUT_$(1))/obj/%.o: %.c build/flags/$(ARCH)-$(1) | $(BEFORE_$(1))
	@echo "  CC      $$@"
	@mkdir -p $$(@D)
	@$$(CC_$(1)) $$(CFLAGS_$(1)) -MMD -MP -c -o $$@ $$<
endef

# $(call program_rules,VARIANT,PROGRAM,FOLDER): renamed into place, as the one before may be running.
define program_rules
OBJECTS_$(1)_$(2) := $(call objects,$(1),$(SOURCES_common) $(call sources,$(3)))
$(OUT_$(1))/$(2): $$(OBJECTS_$(1)_$(2)) $$(LIBS_$(2):%=$$(DEPS)/stamp/%)
	@echo "  LINK    $$@"
	@$$(CC_$(1)) $$(CFLAGS_$(1)) $$(LDFLAGS_$(1)) -o $$@.new $$(OBJECTS_$(1)_$(2)) \
	    $(call link,$(1),$(LIBS_$(2)))
	@$(if $(filter release,$(1)),mk/check-size.sh $$@.new $(MAX_SIZE_$(2)))
	@mv $$@.new $$@
-include $$(OBJECTS_$(1)_$(2):.o=.d)
endef

# $(call archive_rules,FOLDER): everything of a folder but its main, for the unit tests.
define archive_rules
build/san/lib/$(1).a: $(call objects,san,$(filter-out %/main.c,$(call sources,$(1))))
	@mkdir -p $$(@D)
	@rm -f $$@
	@ar qcs $$@ $$^
endef

$(foreach variant,release san,$(eval $(call compile_rules,$(variant))) \
    $(foreach row,$(PRESENT_ROWS), \
        $(eval $(call program_rules,$(variant),$(call row_program,$(row)),$(call row_folder,$(row))))))

TESTED_FOLDERS := $(if $(SOURCES_common),common) $(foreach row,$(PRESENT_ROWS),$(call row_folder,$(row)))
$(foreach folder,$(TESTED_FOLDERS),$(eval $(call archive_rules,$(folder))))

RELEASE_PROGRAMS := $(PROGRAMS:%=$(BUILD)/%)
SAN_PROGRAMS     := $(PROGRAMS:%=build/san/%)
