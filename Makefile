# A thin face of Meson, npm and the scripts; `make help` says what there is.
BUILD ?= build
.DEFAULT_GOAL := help
.PHONY: help deps build portal demo check quick bench coverage deb install clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile | expand -t 18

deps: ## install what Debian 12 lacks (asks for nothing, can be run again)
	@scripts/install-packages

build: deps ## the program into build/src/shangyou, the portal into build/web
	@scripts/build $(BUILD)

demo: build ## a province on this machine, until Ctrl-C; prints its address
	@scripts/demo $(BUILD)

check: ## everything that must be true; ends with "N passed, N failed"
	@scripts/install-packages check
	@tools/check

quick: build ## build and the unit tests only
	@meson test -C $(BUILD) --suite unit --print-errorlogs

bench: build ## figures of this machine beside its limits
	@$(BUILD)/src/shangyou bench

coverage: deps ## the lines of src/assess that tests go through
	@tools/coverage

deb: build ## a Debian package into dist/
	@packaging/make-deb $(BUILD)

clean: ## remove what was built (not the data under var/)
	rm -rf build build-* dist web/dist
