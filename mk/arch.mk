# What differs between architectures, a row for each. Another one than this machine's own is cross-compiled beside it:
# `make ARCH=aarch64` leaves everything under build/aarch64. `make dist` packs all of them.
HOST_ARCH := $(shell uname -m)
ARCH ?= $(HOST_ARCH)
ARCHES := x86_64 aarch64

MUSL_TRIPLET_x86_64    := x86_64-linux-musl
GNU_TRIPLET_x86_64     := x86_64-linux-gnu
DEB_ARCH_x86_64        := amd64
CROSS_PACKAGES_x86_64  := gcc-x86-64-linux-gnu linux-libc-dev-amd64-cross
WHEEL_PLATFORMS_x86_64 := manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64

MUSL_TRIPLET_aarch64    := aarch64-linux-musl
GNU_TRIPLET_aarch64     := aarch64-linux-gnu
DEB_ARCH_aarch64        := arm64
CROSS_PACKAGES_aarch64  := gcc-aarch64-linux-gnu linux-libc-dev-arm64-cross
WHEEL_PLATFORMS_aarch64 := manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64

$(if $(MUSL_TRIPLET_$(ARCH)),,$(error ARCH "$(ARCH)" has no row in mk/arch.mk))

# $(call is_cross,ARCH)
is_cross = $(filter-out $(HOST_ARCH),$(1))
# musl-tools has a compiler for the machine's own architecture; mk/deps/cross.sh makes one for another.
MUSL_CC        = $(if $(call is_cross,$(1)),$(CURDIR)/build/deps/$(1)/cc,musl-gcc)
TOOLS          = $(if $(call is_cross,$(1)),$(GNU_TRIPLET_$(1))-)
KERNEL_HEADERS = $(if $(call is_cross,$(1)),/usr/$(GNU_TRIPLET_$(1))/include,/usr/include /usr/include/$(GNU_TRIPLET_$(1)))

BUILD     := build$(if $(call is_cross,$(ARCH)),/$(ARCH))
DEPS      := build/deps/$(ARCH)
HOST_DEPS := build/deps/$(HOST_ARCH)
GEN       := $(BUILD)/gen
