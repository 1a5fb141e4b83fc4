# Debian packages, a row for each purpose. build/need/<purpose> installs what is missing of its row.
PACKAGES_build := gcc libc6-dev musl-tools musl-dev linux-libc-dev gperf dpkg-dev xz-utils bzip2 patch
PACKAGES_san   := gcc libc6-dev libcurl4-openssl-dev libc-ares-dev libcjson-dev libiniparser-dev libseccomp-dev \
                  libyaml-dev
PACKAGES_venv  := python3 python3-venv python3-dev gcc libc6-dev
PACKAGES_unit  := perl
PACKAGES_lint  := clang-format shellcheck
PACKAGES_test  := lintian systemd docker-compose strace binutils busybox-static openssl mandoc zsh fish shellcheck
PACKAGES_integration := postgresql procps tini dumb-init gosu
PACKAGES_bench := tini dumb-init gosu nginx-light valgrind busybox-static
PACKAGES_fuzz  := clang libclang-rt-14-dev
PACKAGES_emulated := qemu-user-static
PACKAGES_dist  := python3 dpkg-dev xz-utils rpm
$(foreach arch,$(ARCHES),$(eval PACKAGES_cross-$(arch) := $(CROSS_PACKAGES_$(arch))))

PURPOSES := $(patsubst PACKAGES_%,%,$(filter PACKAGES_%,$(.VARIABLES)))
$(PURPOSES:%=build/need/%): build/need/%: mk/packages.mk mk/need.sh
	@mk/need.sh $(PACKAGES_$*)
	@mkdir -p $(@D) && touch $@
