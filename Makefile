# Cadre's commands. Each works on a clean clone of a fresh Debian 12 or Ubuntu;
# `make` alone lists them.

SHELL       := bash
.SHELLFLAGS := -euo pipefail -c
export PATH := $(PATH):/usr/local/go/bin
export CGO_ENABLED = 0

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unversioned)
BUILD    = go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)'

.DEFAULT_GOAL := help
.PHONY: help setup build demo test check bench bench-full fuzz torture

help: ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /\1|/' | awk -F'|' '{printf "  make %-9s %s\n", $$1, $$2}'

setup: ## install what is missing on this machine
	@scripts/setup

build: ## build bin/cadre
	@mkdir -p bin
	$(BUILD) -o bin/cadre ./cmd/cadre

demo: setup build ## serve the programme of November 2020, played by invented officers
	bin/cadre demo

test: setup ## everything that has to hold: both engines, real browser; about 20 minutes
	@scripts/test

check: setup ## formatting, linters, generated code, scripts; before every merge
	@scripts/check

bench: setup ## measure, as ratios within one run
	@scripts/bench

bench-full: setup
	@scripts/bench 25000

fuzz: setup ## every fuzz target for FUZZTIME (10m each)
	@FUZZTIME=$${FUZZTIME:-10m} scripts/fuzz

torture: setup ## power cuts, failing disks, kills, histories for SECONDS (or a million cuts), then a load
	@CADRE_TEST_SECONDS=$(SECONDS) scripts/torture
