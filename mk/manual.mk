# Man pages and completions, printed from the option rows: build/man, build/completions. For a person: `make manual`.
#
# man/*.c is linked with all of a program but its main, so that what is printed is what the program parses with.
MANUAL_MAIN := man/main.c man/page.c man/completions.c man/value.c
MAN_PAGES   := $(PROGRAMS:%=build/man/%.1) build/man/appsig.conf.5
COMPLETIONS := $(foreach program,$(PROGRAMS),$(addprefix build/completions/,$(program).bash _$(program) $(program).fish))

.PHONY: manual
manual: $(MAN_PAGES) $(COMPLETIONS)

ifeq ($(ARCH),$(HOST_ARCH))
# $(call manual_rules,PROGRAM,FOLDER)
define manual_rules
OBJECTS_manual_$(1) := $(filter-out %/$(2)/main.o,$(OBJECTS_release_$(1))) $(call objects,release,$(MANUAL_MAIN) man/$(1).c)
build/host/manual-$(1): $$(OBJECTS_manual_$(1)) $$(LIBRARIES:%=$$(DEPS)/stamp/%)
	@echo "  HOSTCC  $$@"
	@mkdir -p $$(@D)
	@$$(CC_release) $$(CFLAGS_release) $$(LDFLAGS_release) -O0 -o $$@ $$(OBJECTS_manual_$(1)) \
	    $(call link,release,$(LIBS_$(1)))
-include $(patsubst %.o,%.d,$(call objects,release,man/$(1).c))

build/man/$(1).1: man/$(1).1.in build/host/manual-$(1)
	@mkdir -p $$(@D)
	@build/host/manual-$(1) page $$< >$$@.new && mv $$@.new $$@

build/completions/$(1).bash: build/host/manual-$(1)
	@mkdir -p $$(@D)
	@build/host/manual-$(1) bash >$$@.new && mv $$@.new $$@

build/completions/_$(1): build/host/manual-$(1)
	@mkdir -p $$(@D)
	@build/host/manual-$(1) zsh >$$@.new && mv $$@.new $$@

build/completions/$(1).fish: build/host/manual-$(1)
	@mkdir -p $$(@D)
	@build/host/manual-$(1) fish >$$@.new && mv $$@.new $$@
endef
$(foreach row,$(PRESENT_ROWS),$(eval $(call manual_rules,$(call row_program,$(row)),$(call row_folder,$(row)))))
-include $(patsubst %.o,%.d,$(call objects,release,$(MANUAL_MAIN)))

build/man/appsig.conf.5: man/appsig.conf.5.in build/host/manual-appsig-exec
	@mkdir -p $(@D)
	@build/host/manual-appsig-exec page $< >$@.new && mv $@.new $@
else
# They are the same for every architecture, and printed by a program of this one.
$(MAN_PAGES) $(COMPLETIONS) &: FORCE
	+@$(MAKE) ARCH=$(HOST_ARCH) manual
endif
