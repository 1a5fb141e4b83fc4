# What is shipped and installed. The shipped files are the same bytes from the same sources: no clock, no user, no
# order of a directory gets into them (`make reproducible` tries it).
VERSION := $(shell cat VERSION)
SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || stat -c %Y VERSION)
export SOURCE_DATE_EPOCH
# Of the packages; the owner of a release names himself.
MAINTAINER ?= appsig maintainers <maintainers@appsig.example>

DIST    := build/dist
STAGE   := $(BUILD)/stage
NAME    := appsig-$(VERSION)-$(ARCH)
TARBALL := $(DIST)/$(NAME).tar.gz
SBOM    := $(DIST)/$(NAME).spdx.json
DEB     := $(DIST)/appsig_$(VERSION)_$(DEB_ARCH_$(ARCH)).deb
RPM     := $(DIST)/appsig-$(VERSION)-1.$(ARCH).rpm
# PEP 425's compressed tag set: one file for both libcs, as it needs neither.
WHEEL_PROGRAMS := appsig-exec appsig-patch
wheel   = $(DIST)/$(subst -,_,$(1))-$(VERSION)-py3-none-$(WHEEL_PLATFORMS_$(ARCH)).whl
WHEELS  := $(foreach program,$(WHEEL_PROGRAMS),$(call wheel,$(program)))
SUMMARY_appsig-exec  := Starts a Python service so that CloudWatch Application Signals sees it
SUMMARY_appsig-patch := Rewrites a repository so that CloudWatch Application Signals sees its Python services

PREFIX ?= /usr/local

# $(call put,MODE,PLACE,FILES): one kind of file below the folder $(root); nothing where there is none yet.
put = $(if $(strip $(3)),install -d $(root)/$(2) && install -m $(1) $(strip $(3)) $(root)/$(2)/)

comma := ,
empty :=
# What the compiler links into each program by itself.
ALWAYS_LINKED := musl libgcc
# $(call linked,PROGRAMS): PROGRAM=LIBRARY,LIBRARY for packaging/libraries.py
linked = $(foreach program,$(1),$(program)=$(subst $(empty) $(empty),$(comma),$(LIBS_$(program))))
# $(call license_files,PROGRAMS)
license_files = $(patsubst %,$(DEPS)/licenses/%,$(sort $(ALWAYS_LINKED) $(foreach program,$(1),$(LIBS_$(program)))))
LICENSE_STAMPS := $(ALWAYS_LINKED:%=$(DEPS)/stamp/%) $(NEEDED_STAMPS)
NOTICE := $(BUILD)/NOTICE

ZSH_PLACE := share/zsh/site-functions
define put_all
	@$(call put,755,bin,$(RELEASE_PROGRAMS))
	@$(call put,644,share/appsig/hooks,$(HOOK_FILES))
	@$(call put,644,share/appsig/conf,$(wildcard conf/*.*))
	@$(call put,644,share/doc/appsig,$(wildcard *.md) LICENSE $(NOTICE))
	@$(call put,644,share/doc/appsig/docs,$(wildcard docs/*))
	@$(call put,644,share/man/man1,$(filter %.1,$(MAN_PAGES)))
	@$(call put,644,share/man/man5,$(filter %.5,$(MAN_PAGES)))
	@$(call put,644,share/bash-completion/completions,$(filter %.bash,$(COMPLETIONS)))
	@$(call put,644,$(ZSH_PLACE),$(filter-out %.bash %.fish,$(COMPLETIONS)))
	@$(call put,644,share/fish/vendor_completions.d,$(filter %.fish,$(COMPLETIONS)))
endef
INSTALLED := $(RELEASE_PROGRAMS) $(NOTICE) LICENSE $(HOOK_FILES) $(wildcard conf/*.* *.md docs/*) \
    $(MAN_PAGES) $(COMPLETIONS)

FOREIGN := $(filter-out $(ARCH),$(ARCHES))
# `dist` is everything for every architecture; `dist-here` for this one.
.PHONY: dist dist-here packed wheels install
dist: packed $(FOREIGN:%=foreign-packed-%)
dist-here: packed
dist dist-here:
	@cd $(DIST) && sha256sum $$(ls -I SHA256SUMS) >SHA256SUMS && cat SHA256SUMS

wheels: $(WHEELS)
packed: wheels $(TARBALL) $(SBOM) $(DEB) $(RPM)
# What is of this machine is made by one make, not by several at once.
foreign-packed-%: packed
	+@$(MAKE) ARCH=$* packed
foreign-wheels-%: packed
	+@$(MAKE) ARCH=$* ONLY="$(WHEEL_PROGRAMS)" wheels

# Minutes, as the libraries are built twice.
reproducible: | build/need/build build/need/dist
	+@packaging/reproducible.sh "$(MAKE)" build/reproducible

$(NOTICE): packaging/notice.py packaging/libraries.py mk/programs.mk $(LICENSE_STAMPS)
	@mkdir -p $(@D)
	@python3 packaging/notice.py --deps $(DEPS) $(call linked,$(PROGRAMS)) >$@.new && mv $@.new $@

$(SBOM): $(RELEASE_PROGRAMS) packaging/sbom.py packaging/libraries.py mk/programs.mk VERSION $(LICENSE_STAMPS)
	@echo "  SBOM    $@"
	@mkdir -p $(@D)
	@python3 packaging/sbom.py --version $(VERSION) --arch $(ARCH) --deps $(DEPS) --folder $(BUILD) \
	    $(call linked,$(PROGRAMS)) >$@.new && mv $@.new $@

# $(call wheel_rules,PROGRAM)
define wheel_rules
$(call wheel,$(1)): $(BUILD)/$(1) packaging/wheel.py VERSION LICENSE README.md $(HOOK_FILES) $(LICENSE_STAMPS) \
    | build/need/dist
	@echo "  WHEEL   $$@"
	@mkdir -p $$(@D)
	@python3 packaging/wheel.py --version $(VERSION) --program $$< --summary "$(SUMMARY_$(1))" --readme README.md \
	    --license LICENSE $$(addprefix --library ,$$(call license_files,$(1))) \
	    $$(if $$(filter appsig-exec,$(1)),$$(addprefix --hook ,$$(HOOK_FILES))) $$@
endef
$(foreach program,$(filter $(WHEEL_PROGRAMS),$(PROGRAMS)),$(eval $(call wheel_rules,$(program))))

# What `make install` puts in place, below one folder.
$(TARBALL): root = $(STAGE)/$(NAME)
$(TARBALL): $(INSTALLED) VERSION mk/dist.mk
	@echo "  TAR     $@"
	@mkdir -p $(@D) && rm -rf $(root)
	$(put_all)
	@tar -C $(STAGE) --sort=name --mtime=@$(SOURCE_DATE_EPOCH) --owner=0 --group=0 --numeric-owner \
	    --format=gnu -cf - $(NAME) | gzip -9n >$@

# Debian's zsh looks into a folder of its own.
$(DEB): ZSH_PLACE = share/zsh/vendor-completions
# $(call system_package_rules,FILE,KIND,NAME OF THE ARCHITECTURE): below /usr and /etc, by packaging/KIND.sh
define system_package_rules
$(1): root = $(STAGE)/$(2)/usr
$(1): $(INSTALLED) VERSION mk/dist.mk $(wildcard packaging/*) | build/need/dist
	@echo "  PACK    $$@"
	@mkdir -p $$(@D) && rm -rf $(STAGE)/$(2)
	$$(put_all)
	@install -D -m 644 conf/appsig.conf $(STAGE)/$(2)/etc/appsig/appsig.conf
	@gzip -9n $$(root)/share/man/man?/*
	@umask 022 && packaging/$(2).sh $(STAGE)/$(2) $(VERSION) $(3) "$(MAINTAINER)" $$@
endef
$(eval $(call system_package_rules,$(DEB),deb,$(DEB_ARCH_$(ARCH))))
$(eval $(call system_package_rules,$(RPM),rpm,$(ARCH)))

install: root = $(DESTDIR)$(PREFIX)
install: $(INSTALLED)
	$(put_all)
