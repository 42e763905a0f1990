# Kith. `make` alone explains itself.
PORT ?= 8090
DATA ?= kith_data
SEED ?= demo
SEEDS ?= 1000
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
export CGO_ENABLED ?= 0
# Tests don't vet once more what `make check` has.
export GOFLAGS ?= -trimpath -vet=off
SHELL := /bin/bash
.SHELLFLAGS := -e -o pipefail -c
# Go collects less often where a test computes: a fifth of its time. NB! Never for a server that is looked at from outside.
ROOMY := GOGC=400
GO_DIRS := main.go bench hooks internal migrations seed sim

.DEFAULT_GOAL := help
.PHONY: help run build app test tools check check-go check-app unit unit-go unit-doors unit-app sim reach outside crash faults days fuzz race e2e bench lint release-gate gate-report clean

help: ## says what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  PORT=$(PORT) DATA=$(DATA) SEED=$(SEED) (SEED=none: no demo town) FCM=fake (push, to a Google on this machine)"

run: build ## builds, seeds the demo town if there is no data yet, serves on http://127.0.0.1:8090
	@if [ "$(SEED)" != none ] && [ ! -e "$(DATA)/data.db" ]; then ./kith seed --dir "$(DATA)"; fi
ifeq ($(FCM),fake)
	scripts/with-fake-google ./kith serve --dir "$(DATA)" --http 127.0.0.1:$(PORT)
else
	./kith serve --dir "$(DATA)" --http 127.0.0.1:$(PORT)
endif

build: app ## leaves ./kith, one static binary with the app inside
	go build -ldflags "-s -w -X main.version=$(VERSION)" -o kith .

app: pb_public/index.html ## builds the phone app into pb_public

pb_public/index.html: app/node_modules/.package-lock.json $(shell find app/src app/public app/build app/index.html app/vite.config.ts internal/calendar/bankholidays.json -type f 2>/dev/null)
	cd app && npm run --silent build
	@touch $@

app/node_modules/.package-lock.json: app/package.json app/package-lock.json
	cd app && npm ci --no-audit --no-fund
	@touch $@

test: tools build check unit sim outside e2e ## everything that decides whether a change lands

tools: ## installs Debian's Chromium, fuse3 and strace where they are missing, or says how
	@scripts/tools

check: ## formatting, vet, types and faults in the app's markup
	@test -z "$$(gofmt -l $(GO_DIRS))" || { gofmt -l $(GO_DIRS); echo "run gofmt -w on these"; exit 1; }
	@$(MAKE) --no-print-directory -j2 --output-sync=target check-go check-app

check-go:
	$(ROOMY) go vet ./...

check-app: app/node_modules/.package-lock.json
	cd app && npm run --silent check

unit: ## tests of Go packages and of the app's rules and engine, side by side
	@$(MAKE) --no-print-directory -j3 --output-sync=target unit-go unit-doors unit-app

# The tests of ./hooks are one after the other: those that ask at every door, and all others, are a half each.
DOORS := TestOracle_|TestBadInput_|TestAttack|TestOpenAPI_|TestPush_

unit-go:
	$(ROOMY) go test -skip '$(DOORS)' $$(go list ./... | grep -v 'kith/sim$$')

unit-doors:
	$(ROOMY) go test -run '$(DOORS)' ./hooks

unit-app: app/node_modules/.package-lock.json
	cd app && npm test

sim: ## simulator: SEEDS=1000 by default; SEED=42 replays one seed, whole
	@if [ -n "$(filter-out demo none,$(SEED))" ]; then SEED=$(SEED) go test ./sim -run TestSim_Replay -v; \
	else go test ./sim -run 'TestSim|TestModel|TestSoak|TestPartitions' -seeds $(SEEDS) -timeout 2h -v | grep -v '^=== '; fi

reach: ## which lines of the sync the small model's orders reach, and which they don't
	@mkdir -p .cache && go test ./sim -run TestModel -coverpkg=kith/internal/sync -coverprofile=.cache/reach.cover -timeout 20m >/dev/null
	@go tool cover -func=.cache/reach.cover | sed 's#kith/internal/sync/##' | column -t
	@echo "each line: go tool cover -html=.cache/reach.cover"

OUTSIDE := TestCrash|TestPowerCut|TestRestore|TestHistory|TestDisk|TestHerd|TestUpgrade|TestKeep
crash: build ## the real server from outside: kill -9, power cuts, failing disks, restores, histories, a herd
	KITH_BIN=$(CURDIR)/kith go test ./sim -run '$(OUTSIDE)' -timeout 6h -v | grep -v '^=== '

outside: ## crash beside faults, days and fuzz: the first waits for disks, the others compute while it does
	@$(MAKE) --no-print-directory -j3 --output-sync=target BESIDE='nice -n 10' crash faults days fuzz

days: ## registers, rotas and addresses of phones that are days late
	$(ROOMY) $(BESIDE) go test ./sim -run 'TestRegisters|TestCircles|TestAddresses' -timeout 20m -v | grep -v '^=== '

faults: ## every planted fault is caught by a named test
	$(ROOMY) $(BESIDE) go test ./sim -run TestFaults -timeout 20m -v | grep -v '^=== '

fuzz: ## ten thousand inputs to each fuzz target
	@$(ROOMY) $(BESIDE) scripts/fuzz 10000x

race: ## the Go tests under the race detector (needs gcc; compiles SQLite anew)
	CGO_ENABLED=1 go test -race $$(go list ./... | grep -v kith/sim)

e2e: build ## the app in a real browser against the real server
	cd app && npx --no-install playwright test

bench: build ## every figure beside its limit or peer
	go build -o bench/bench ./bench && ./bench/bench

lint: ## golangci-lint, as configured
	go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.5.0 run

release-gate: build ## the same at the size of a release, goes on where it stopped: PARTS=sim,crash MINUTES=20
	go run ./sim/gate -parts "$(PARTS)" -minutes "$(or $(MINUTES),0)"

gate-report: ## what the gate has measured on this code so far
	@go run ./sim/gate -parts "$(PARTS)" report

clean: ## removes what was built (never data)
	rm -rf kith pb_public/assets pb_public/*.* app/node_modules
