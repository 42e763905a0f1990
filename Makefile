# Kith. `make` alone explains itself.
PORT ?= 8090
DATA ?= kith_data
SEED ?= demo
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
export CGO_ENABLED ?= 0

.DEFAULT_GOAL := help
.PHONY: help run build app test bench lint clean

help: ## says what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  PORT=$(PORT) DATA=$(DATA) SEED=$(SEED) (SEED=none: no demo town)"

run: build ## builds, seeds the demo town if there is no data yet, serves on http://127.0.0.1:8090
	@if [ "$(SEED)" != none ] && [ ! -e "$(DATA)/data.db" ]; then ./kith seed --dir "$(DATA)"; fi
	./kith serve --dir "$(DATA)" --http 127.0.0.1:$(PORT)

build: app ## leaves ./kith, one static binary with the app inside
	go build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o kith .

app: pb_public/index.html ## builds the phone app into pb_public

pb_public/index.html: app/node_modules/.package-lock.json $(shell find app/src app/public app/build app/index.html app/vite.config.ts internal/calendar/bankholidays.json -type f 2>/dev/null)
	cd app && npm run --silent build
	@touch $@

app/node_modules/.package-lock.json: app/package.json app/package-lock.json
	cd app && npm ci --no-audit --no-fund
	@touch $@

clean: ## removes what was built (never data)
	rm -rf kith pb_public/assets pb_public/*.* app/node_modules
