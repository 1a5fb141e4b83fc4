# Static libraries for the release build, each with a stamp of its own; mk/deps/<name>.sh says how one is built.
LIBRARIES := cares curl libseccomp iniparser cjson libyaml mbedtls curltls

LINK_curl       := -lcurl
LINK_curltls    := -lcurltls
LINK_mbedtls    := -lmbedtls -lmbedx509 -lmbedcrypto
# The sanitizer build has the machine's own, which brings its TLS along.
LINK_curltls_san := -lcurl
LINK_mbedtls_san := -lcurl
LINK_cares      := -lcares
LINK_cjson      := -lcjson
LINK_iniparser  := -liniparser
LINK_libyaml    := -lyaml
LINK_libseccomp := -lseccomp

# $(call link,VARIANT,LIBRARIES)
link = $(foreach lib,$(2),$(or $(LINK_$(lib)_$(1)),$(LINK_$(lib))))

# $(call library_rules,ARCH)
define library_rules
build/deps/$(1)/stamp/%: mk/deps/%.sh build/deps/$(1)/stamp/.kernel build/deps/$(1)/flags | build/need/build
	@CC=$$(call MUSL_CC,$(1)) AR=$$(call TOOLS,$(1))gcc-ar RANLIB=$$(call TOOLS,$(1))gcc-ranlib HOST_TRIPLET=$$(MUSL_TRIPLET_$(1)) \
	    DEB_ARCH=$$(DEB_ARCH_$(1)) DEPS_CFLAGS="$$(LIBRARY_CFLAGS) -idirafter $$(CURDIR)/build/deps/$(1)/kernel" \
	    mk/deps/build.sh $$* $(1) build/deps/$(1) build/deps/sources
	@touch $$@
$$(eval $$(call remember,build/deps/$(1)/flags,$$(call TOOLS,$(1))musl-gcc $$(LIBRARY_CFLAGS)))

# curl's configure tries the libraries that it is told to use.
build/deps/$(1)/stamp/curltls: build/deps/$(1)/stamp/mbedtls

# musl-gcc sees no header of glibc, and so none of the kernel's beside them.
build/deps/$(1)/stamp/.kernel: build/deps/$(1)/flags | build/need/build $(if $(call is_cross,$(1)),build/deps/$(1)/cc)
	@mkdir -p $$(@D) build/deps/$(1)/kernel
	@for name in linux asm asm-generic mtd; do \
	    for place in $$(call KERNEL_HEADERS,$(1)); do \
	        [ ! -d $$$$place/$$$$name ] || ln -sfn $$$$place/$$$$name build/deps/$(1)/kernel/$$$$name; \
	    done; \
	done
	@touch $$@

build/deps/$(1)/cc: mk/deps/cross.sh | build/need/build build/need/cross-$(1)
	@mk/deps/cross.sh build/deps/$(1) build/deps/sources $$(GNU_TRIPLET_$(1))-gcc $$(DEB_ARCH_$(1)) $$(MUSL_TRIPLET_$(1))
endef
$(foreach arch,$(sort $(ARCH) $(HOST_ARCH)),$(eval $(call library_rules,$(arch))))

.PHONY: deps
deps: $(LIBRARIES:%=$(DEPS)/stamp/%)
