# Generated headers, found as "gen/NAME.h".

# <folder>/gen/NAME.c is a program for this machine that prints NAME.h for the architecture that it is given.
GENERATORS        := $(wildcard */gen/*.c)
GENERATED_FILTERS := $(foreach source,$(GENERATORS),$(GEN)/$(basename $(notdir $(source))).h)
GENERATED         := $(GENERATED_FILTERS) $(GEN)/hooks.h $(GEN)/conf.h $(GEN)/version.h

define generator_rules
build/host/$(basename $(notdir $(1))): $(1) $(HOST_DEPS)/stamp/libseccomp
	@echo "  HOSTCC  $(1)"
	@mkdir -p $$(@D)
	@musl-gcc $(COMMON_CFLAGS) -O1 -isystem $(HOST_DEPS)/include -idirafter $(HOST_DEPS)/kernel \
	    -MMD -MP -MF $$@.d -o $$@ $(1) -static -L$(HOST_DEPS)/lib -lseccomp

$(GEN)/$(basename $(notdir $(1))).h: build/host/$(basename $(notdir $(1)))
	@echo "  GEN     $$@"
	@mkdir -p $$(@D)
	@build/host/$(basename $(notdir $(1))) $(ARCH) >$$@.new && mv $$@.new $$@
-include build/host/$(basename $(notdir $(1))).d
endef
$(foreach source,$(GENERATORS),$(eval $(call generator_rules,$(source))))

HOOK_FILES := $(sort $(wildcard wsgi-hooks/*.py))

# The list too: a file that is gone leaves no newer prerequisite behind.
$(eval $(call remember,build/flags/hooks,$(HOOK_FILES)))
$(GEN)/hooks.h: mk/embed.sh $(HOOK_FILES) build/flags/hooks
	@echo "  GEN     $@"
	@mkdir -p $(@D)
	@mk/embed.sh $(HOOK_FILES) >$@.new && mv $@.new $@

$(GEN)/conf.h: mk/embed-text.sh conf/app.service
	@echo "  GEN     $@"
	@mkdir -p $(@D)
	@mk/embed-text.sh conf/app.service >$@.new && mv $@.new $@

$(GEN)/version.h: mk/version.sh VERSION
	@echo "  GEN     $@"
	@mkdir -p $(@D)
	@mk/version.sh $(DEPS)/versions >$@.new && mv $@.new $@
