# Everything a newcomer needs: `make run` for a first session, `make test` for all tests.
SWIFT ?= swift
DEMO := .build/demo
REQUEST := Which sections of the installed Debian packages in packages.tsv take the most space? Chart the ten largest \
sections by total installed size and write a report with the totals.

.PHONY: run test lint bench release build setup format clean

## Runs a session without a network on this machine's own package database.
run: build $(DEMO)/packages.tsv
	.build/debug/sandbox-entry run --model offline --input $(DEMO)/packages.tsv --request "$(REQUEST)"

## Runs all tests, eight at a time: with all at once, those that watch the clock would see only each other.
test: setup
	@Scripts/setup-tests.sh
	$(SWIFT) build --build-tests
	@Scripts/run-tests.sh $(SWIFT)

build: setup
	$(SWIFT) build --product sandbox-entry
	$(SWIFT) build --product sandbox-runtime

## Checks the style; warnings are errors in every build already.
lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests sandbox-entry/Runtime Benchmarks

format:
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests sandbox-entry/Runtime Benchmarks

## The folder to ship: the guard, which a supervisor starts, the runtime with a static Swift runtime, both stripped, and
## the manifests. Nobody loads the runtime as a library, so its symbols need not be exported, which is a tenth of its size.
release: setup
	$(SWIFT) build -c release --product sandbox-entry
	$(SWIFT) build -c release --product sandbox-runtime --static-swift-stdlib -Xlinker --no-export-dynamic
	rm -rf .build/ship && mkdir -p .build/ship
	strip -o .build/ship/sandbox-entry .build/release/sandbox-entry
	strip -o .build/ship/sandbox-runtime .build/release/sandbox-runtime
	cp -R manifests .build/ship/manifests

## Measures start-up, CPU and memory against a scripted model server, and what a tool call is made of.
bench: release
	$(SWIFT) build -c release --product sandbox-bench --static-swift-stdlib
	.build/release/sandbox-bench sessions $(CURDIR)/.build/ship/sandbox-entry
	.build/release/sandbox-bench tools
	.build/release/sandbox-bench processes $(CURDIR)/.build/ship

## Installs the C libraries that the build needs, when they are missing.
setup:
	@Scripts/setup.sh

# The packages of this machine, with their section and installed size in KiB.
$(DEMO)/packages.tsv:
	@mkdir -p $(DEMO)
	@{ printf 'package\tversion\tsection\tinstalled_size_kib\n'; \
	   dpkg-query -W -f='$${Package}\t$${Version}\t$${Section}\t$${Installed-Size}\n'; } > $@

clean:
	rm -rf .build .sandbox-entry
