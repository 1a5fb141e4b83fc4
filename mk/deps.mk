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
	@CC=$$(MUSL_CC_$(1)) AR=gcc-ar RANLIB=gcc-ranlib HOST_TRIPLET=$$(MUSL_TRIPLET_$(1)) \
	    DEB_ARCH=$$(DEB_ARCH_$(1)) DEPS_CFLAGS="$$(LIBRARY_CFLAGS) -idirafter $$(CURDIR)/build/deps/$(1)/kernel" \
	    mk/deps/build.sh $$* $(1) build/deps/$(1) build/deps/sources
	@touch $$@
$$(eval $$(call remember,build/deps/$(1)/flags,$$(MUSL_CC_$(1)) $$(LIBRARY_CFLAGS)))

# curl's configure tries the libraries that it is told to use.
build/deps/$(1)/stamp/curltls: build/deps/$(1)/stamp/mbedtls

# musl-gcc sees no header of glibc, and so none of the kernel's beside them.
build/deps/$(1)/stamp/.kernel: build/deps/$(1)/flags | build/need/build
	@mkdir -p $$(@D) build/deps/$(1)/kernel
	@for name in linux asm asm-generic mtd; do \
	    for place in $$(KERNEL_HEADERS_$(1)); do \
	        [ ! -d $$$$place/$$$$name ] || ln -sfn $$$$place/$$$$name build/deps/$(1)/kernel/$$$$name; \
	    done; \
	done
	@touch $$@
endef
$(foreach arch,$(sort $(ARCH) $(HOST_ARCH)),$(eval $(call library_rules,$(arch))))

.PHONY: deps
deps: $(LIBRARIES:%=$(DEPS)/stamp/%)
