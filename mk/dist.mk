# What is shipped and installed. The shipped files are the same bytes from the same sources: no clock, no user, no
# order of a directory gets into them.
VERSION := $(shell cat VERSION)
SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || stat -c %Y VERSION)
export SOURCE_DATE_EPOCH

DIST    := build/dist
NAME    := appsig-exec-$(VERSION)-$(ARCH)
TARBALL := $(DIST)/$(NAME).tar.gz
# PEP 425's compressed tag set: one file for both libcs, as it needs neither.
WHEEL   := $(DIST)/appsig_exec-$(VERSION)-py3-none-$(WHEEL_PLATFORMS_$(ARCH)).whl

PREFIX ?= /usr/local

# $(call put,MODE,PLACE,FILES): one kind of file below the folder $(root); nothing where there is none yet.
put = $(if $(strip $(3)),install -d $(root)/$(2) && install -m $(1) $(strip $(3)) $(root)/$(2)/)

# $(call license_files,PROGRAMS)
license_files = $(patsubst %,$(DEPS)/licenses/%,musl $(sort $(foreach program,$(1),$(LIBS_$(program)))))
LICENSE_STAMPS := $(DEPS)/licenses/musl $(LIBRARIES:%=$(DEPS)/stamp/%)

define put_all
	@$(call put,755,bin,$(RELEASE_PROGRAMS))
	@$(call put,644,share/appsig/hooks,$(HOOK_FILES))
	@$(call put,644,share/appsig/conf,$(wildcard conf/*.*))
	@$(call put,644,share/doc/appsig,$(wildcard *.md))
	@$(call put,644,share/doc/appsig/docs,$(wildcard docs/*))
	@$(call put,644,share/doc/appsig/licenses,$(call license_files,$(PROGRAMS)))
	@$(call put,644,share/man/man1,$(filter %.1,$(MAN_PAGES)))
	@$(call put,644,share/man/man5,$(filter %.5,$(MAN_PAGES)))
	@$(call put,644,share/bash-completion/completions,$(filter %.bash,$(COMPLETIONS)))
	@$(call put,644,share/zsh/site-functions,$(filter-out %.bash %.fish,$(COMPLETIONS)))
	@$(call put,644,share/fish/vendor_completions.d,$(filter %.fish,$(COMPLETIONS)))
endef
INSTALLED := $(RELEASE_PROGRAMS) $(LICENSE_STAMPS) $(HOOK_FILES) $(wildcard conf/*.* *.md docs/*) \
    $(MAN_PAGES) $(COMPLETIONS)

.PHONY: dist install
dist: $(WHEEL) $(TARBALL)
	@cd $(DIST) && sha256sum $(notdir $^) >SHA256SUMS && cat SHA256SUMS

$(DEPS)/licenses/musl: | build/need/build
	@mkdir -p $(@D)
	@cp /usr/share/doc/musl-dev/copyright $@

$(WHEEL): $(BUILD)/appsig-exec packaging/wheel.py VERSION $(HOOK_FILES) $(wildcard README.md) $(LICENSE_STAMPS) \
    | build/need/dist
	@echo "  WHEEL   $@"
	@mkdir -p $(@D)
	@python3 packaging/wheel.py --version $(VERSION) --program $(BUILD)/appsig-exec \
	    $(addprefix --readme ,$(wildcard README.md)) $(addprefix --license ,$(call license_files,appsig-exec)) \
	    $(addprefix --hook ,$(HOOK_FILES)) $@

# What `make install` puts in place, below one folder.
$(TARBALL): root = $(BUILD)/stage/$(NAME)
$(TARBALL): $(INSTALLED) VERSION mk/dist.mk
	@echo "  TAR     $@"
	@mkdir -p $(@D) && rm -rf $(root)
	$(put_all)
	@tar -C $(BUILD)/stage --sort=name --mtime=@$(SOURCE_DATE_EPOCH) --owner=0 --group=0 --numeric-owner \
	    --format=gnu -cf - $(NAME) | gzip -9n >$@

install: root = $(DESTDIR)$(PREFIX)
install: $(INSTALLED)
	$(put_all)
