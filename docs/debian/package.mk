# SPDX-License-Identifier: GPL-2.0-only
# The packages' part of the Makefile, which includes it. "make deb" uses this folder as debian/ of a copy of
# the tree. At the top level it would be in the way of a distribution's own debian/.

NAME := memdestroy-trace-$(VERSION)
# Lower than any of Debian's own, which would replace this package
REVISION := 0upstream1
# Dates in packages are those of the commit, or in an unpacked source archive those of its files.
SOURCE_DATE_EPOCH ?= $(shell $(if $(wildcard .git),git log -1 --format=%ct,stat -c %Y CHANGELOG))

deb: ## build Debian packages in build/deb (needs debhelper)
	$(Q)rm -rf $(OUT)/deb
	$(Q)mkdir -p $(OUT)/deb/$(NAME)
	$(Q)tar -c --exclude=./build --exclude=./.git . | tar -xC $(OUT)/deb/$(NAME)
	$(Q)cp -r docs/debian $(OUT)/deb/$(NAME)/debian
	$(Q)printf '%s\n' 'memdestroy-trace ($(VERSION)-$(REVISION)) unstable; urgency=medium' '' \
		'  * Release $(VERSION).' '' \
		" -- $$(sed -n 's/^Maintainer: //p' docs/debian/control)  $$(LC_ALL=C date -uRd @$(SOURCE_DATE_EPOCH))" \
		>$(OUT)/deb/$(NAME)/debian/changelog
	$(call say,DEB,$(OUT)/deb)
	$(Q)cd $(OUT)/deb/$(NAME) && env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL \
		dpkg-buildpackage -b -us -uc -j$(shell nproc) >../log 2>&1 || { tail -n 40 ../log; exit 1; }

# All that a release consists of. Built from the source archive itself, so that it has everything.
DIST := $(OUT)/dist
dist: ## build a release in build/dist: source archive, packages, static programs, checksums
	$(Q)[ -z "$$(git status --porcelain)" ] || { echo 'dist: there are changes without a commit' >&2; exit 1; }
	$(Q)[ "$$(sed -n '/^## /{s///;s/ .*//;p;q}' CHANGELOG)" = $(VERSION) ] || \
		{ echo 'dist: the first entry of CHANGELOG is not that of $(VERSION)' >&2; exit 1; }
	$(Q)rm -rf $(DIST)
	$(Q)mkdir -p $(DIST)/tree
	$(Q)git -c tar.umask=0022 archive --prefix=$(NAME)/ HEAD | gzip -9n >$(DIST)/$(NAME).tar.gz
	$(Q)tar -xzf $(DIST)/$(NAME).tar.gz -C $(DIST)/tree
	$(Q)$(MAKE) --no-print-directory -C $(DIST)/tree/$(NAME) static static-arm64 deb
	$(Q)cp $(DIST)/tree/$(NAME)/build/deb/*.deb $(DIST)
	$(Q)cp $(DIST)/tree/$(NAME)/build/memdestroy-trace-static $(DIST)/$(NAME)-x86_64
	$(Q)cp $(DIST)/tree/$(NAME)/build/arm64/memdestroy-trace-static $(DIST)/$(NAME)-arm64
	$(Q)rm -rf $(DIST)/tree
	$(Q)cd $(DIST) && sha256sum * >SHA256SUMS && cat SHA256SUMS

dist-check: ## build a release twice, in two folders, and compare (10 minutes)
	$(Q)tests/package/dist

.PHONY: deb dist dist-check
