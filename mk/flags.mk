# Compiler and linker flags, once for the static release build (musl) and once for the sanitizer build (glibc).

# bubblewrap's list, its "parenthesis" spelt as gcc knows it.
WARNINGS := -Wall -Wextra -Werror -Wno-missing-field-initializers -Wswitch-enum $(addprefix -Werror=, \
    shadow empty-body strict-prototypes missing-prototypes implicit-function-declaration pointer-arith init-self \
    missing-declarations return-type overflow int-conversion parentheses incompatible-pointer-types \
    misleading-indentation missing-include-dirs aggregate-return switch-default format=2 format-security \
    format-nonliteral)

COMMON_CFLAGS := -std=c17 -D_GNU_SOURCE $(WARNINGS) -fstack-protector-strong -I. -I$(BUILD)

# Also for the libraries, hence without what only our sources can stand.
STATIC_CFLAGS := -fno-pie -ffunction-sections -fdata-sections -fstack-protector-strong \
    -fno-asynchronous-unwind-tables
# Measured: the same start as with -O2, and 37 kB less to ship.
LIBRARY_CFLAGS := $(STATIC_CFLAGS) -Os

CC_release      = $(call MUSL_CC,$(ARCH))
CFLAGS_release  = $(COMMON_CFLAGS) $(STATIC_CFLAGS) -O2 -flto=auto -isystem $(DEPS)/include \
    -idirafter $(DEPS)/kernel
# A static program that is not position-independent has nothing to relocate at its start.
LDFLAGS_release = -static -no-pie -s -L$(DEPS)/lib \
    -Wl,--gc-sections,-z,relro,-z,now,-z,noexecstack,--build-id=none,--fatal-warnings

CC_san      := gcc
CFLAGS_san  := $(COMMON_CFLAGS) -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
    -fno-sanitize-recover=all
LDFLAGS_san :=

# $(call remember,FILE,TEXT): a file that is newer only when TEXT is another than before, so that whatever is made
# with flags is made again when these change, and not when a makefile was merely touched.
define remember
$(1): FORCE
	@mkdir -p $$(@D)
	@printf '%s\n' '$(strip $(2))' | cmp -s - $$@ || printf '%s\n' '$(strip $(2))' >$$@
endef
.PHONY: FORCE
FORCE:
$(foreach variant,release san,$(eval $(call remember,build/flags/$(ARCH)-$(variant),$(CC_$(variant)) $(CFLAGS_$(variant)) $(LDFLAGS_$(variant)))))
