# What differs between architectures, a row for each. Another one is built beside this machine's own:
# `make ARCH=aarch64` leaves everything under build/aarch64.
HOST_ARCH := $(shell uname -m)
ARCH ?= $(HOST_ARCH)

MUSL_CC_x86_64         := musl-gcc
MUSL_TRIPLET_x86_64    := x86_64-linux-musl
DEB_ARCH_x86_64        := amd64
KERNEL_HEADERS_x86_64  := /usr/include /usr/include/x86_64-linux-gnu
WHEEL_PLATFORMS_x86_64 := manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64

MUSL_CC_aarch64         := musl-gcc
MUSL_TRIPLET_aarch64    := aarch64-linux-musl
DEB_ARCH_aarch64        := arm64
KERNEL_HEADERS_aarch64  := /usr/include /usr/include/aarch64-linux-gnu
WHEEL_PLATFORMS_aarch64 := manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64

$(if $(MUSL_CC_$(ARCH)),,$(error ARCH "$(ARCH)" has no row in mk/arch.mk))

BUILD     := build$(if $(filter-out $(HOST_ARCH),$(ARCH)),/$(ARCH))
DEPS      := build/deps/$(ARCH)
HOST_DEPS := build/deps/$(HOST_ARCH)
GEN       := $(BUILD)/gen
