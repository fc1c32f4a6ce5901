# make run    install what is missing, build, start everything on this machine, import a real sample
# make stop   end what `make run` started
# make clean  stop, and remove what it kept (.srto/) and the build
# make test   the whole suite, against servers that it starts itself
# make test-faults   every fault in docs/faults.md, each on servers of its own; `make test` has the quick half
# make simulate SEEDS=100000   the job runtime on so many seeds of a simulated world (SEED=n: that one alone)
# make bench, make bench-jobs, make bench-import   an import; the job runtime, and millions of rows, beside their peers
# make bench-routing   the route solver beside its peers, under an hour (FULL=1: whole folders and three seeds)
# make endurance   a million jobs while workers, publisher and broker are killed (MESSAGES=n: so many)
# make bench-tabular   the CSV reader alone, on one core
# make fuzz SECONDS=60   coverage-guided fuzzing of the file readers
# make csv-agreement FILES=100000   the CSV reader beside Python's csv module on so many generated files
# make lint   formatting and the house's rules of style

SHELL := /bin/bash
.PHONY: csv-agreement fuzz run stop clean test test-faults lint install bench bench-jobs bench-import bench-routing bench-tabular endurance simulate

run: install
	swift build -c release --product srto
	.ci/house start

stop:
	.ci/house stop

clean: stop
	rm -rf .srto .build

install:
	@.ci/servers install

test: install lint
	.ci/test

test-faults: install
	.ci/test --filter '^FaultTests'

SEEDS ?= 10000
SEED ?=
simulate:
	SRTO_SIMULATION_SEEDS=$(SEEDS) SRTO_SIMULATION_SEED=$(SEED) \
		swift test --filter 'SimulationTests\.SimulationTests/holds'

lint:
	swift format lint --recursive --parallel --strict Package.swift Sources Tests Benchmarks

bench-jobs: install
	swift build -c release --product jobs-bench
	Benchmarks/jobs/run

bench-import: install
	swift build -c release --product srto
	swift build -c release --product commits-bench
	Benchmarks/bulk/run

SECONDS ?= 60
fuzz: install
	Benchmarks/tabular/fuzz/run $(SECONDS)

FILES ?= 100000
csv-agreement: install
	SRTO_CSV_FILES=$(FILES) swift test --filter 'TabularTests\.PythonAgreementTests'

bench-tabular: install
	swift run -c release tabular-bench

bench-routing: install
	swift build -c release --product srto
	Benchmarks/routing/run

endurance: install
	swift build -c release --product jobs-bench
	Benchmarks/jobs/endurance

bench: install
	swift build -c release --product srto
	Benchmarks/import
