# Compiler and linker flags, once for the static release build (musl) and once for the sanitizer build (glibc).

# bubblewrap's list, its "parenthesis" spelt as gcc knows it.
WARNINGS := -Wall -Wextra -Werror -Wno-missing-field-initializers -Wswitch-enum $(addprefix -Werror=, \
    shadow empty-body strict-prototypes missing-prototypes implicit-function-declaration pointer-arith init-self \
    missing-declarations return-type overflow int-conversion parentheses incompatible-pointer-types \
    misleading-indentation missing-include-dirs aggregate-return switch-default format=2 format-security \
    format-nonliteral)

COMMON_CFLAGS := -std=c17 -D_GNU_SOURCE $(WARNINGS) -fstack-protector-strong -I. -I$(BUILD)

# Also for the libraries, hence without what only our sources can stand.
STATIC_CFLAGS := -O2 -fno-pie -ffunction-sections -fdata-sections -fstack-protector-strong \
    -fno-asynchronous-unwind-tables

CC_release      = $(MUSL_CC_$(ARCH))
CFLAGS_release  = $(COMMON_CFLAGS) $(STATIC_CFLAGS) -flto=auto -isystem $(DEPS)/include -idirafter $(DEPS)/kernel
LDFLAGS_release = -static -no-pie -s -flto=auto -O2 -L$(DEPS)/lib \
    -Wl,--gc-sections,-z,relro,-z,now,-z,noexecstack,--build-id=none,--fatal-warnings

CC_san      := gcc
CFLAGS_san  := $(COMMON_CFLAGS) -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
    -fno-sanitize-recover=all
LDFLAGS_san := -fsanitize=address,undefined
