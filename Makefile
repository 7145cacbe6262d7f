# Each target does its own set-up, once: .venv from the hashed lock file.

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.ready
TEXTS := $(wildcard src/aistats/locale/*/LC_MESSAGES/aistats.po)
READY := $(INSTALLED) $(TEXTS:.po=.mo)
SUDO := $(if $(filter-out 0,$(shell id -u)),sudo)

# The calls in which the key of a text stands; the tests read this list, too.
KEYWORDS := say plural:1,1 Fault parameter_error EDTFError text_key
POT := .venv/aistats.pot
LOCK = $(UPGRADE) --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
  --no-header --no-annotate --quiet

.DEFAULT_GOAL := help
.PHONY: help report verify test test-all soak check lab notebooks browser engines bench texts lock \
  update clean

help: ## list the targets · 列出可用的命令
	@awk -F ' *## *' '/^[a-z-]+:.*##/ {sub(/:.*/, "", $$1); printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

report: $(READY) ## build the current edition under reports/ · 生成最新一期报告
	@$(BIN)/aistats report $(ARGS)

verify: $(READY) ## rebuild the published editions aside and compare every byte · 重新生成并逐字节核对
	@$(BIN)/aistats verify --rebuild $(ARGS)

SLOW := slow or browser or clusters or editions or engines or faults or install

test: $(READY) ## run the fast tests and the doctests (3 minutes) · 运行快速测试（3分钟）
	@$(BIN)/python -m pytest -n 2 --hypothesis-profile fast -m "not ($(SLOW))" $(ARGS)

test-all: $(READY) ## run all tests, as CI does: also browsers, engines, clusters, whole editions · 运行全部测试
	@$(BIN)/python -m pytest -n 2 $(ARGS)

soak: engines ## kill builds and workers, and draw odd tables, many more times (1 hour) · 长时间故障测试
	@AISTATS_KILLS=150 AISTATS_ROOMS=25 AISTATS_CLUSTER_KILLS=10 AISTATS_EXAMPLES=1000 CI=true \
	  $(BIN)/python -m pytest tests/test_editions_faults.py tests/test_counting_clusters.py \
	  tests/test_counting_engines.py $(ARGS)
	@CI=true $(BIN)/python -m pytest -n 2 $(ARGS)

check: $(READY) ## ruff and mypy --strict · 代码检查
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

lab: $(READY) ## open the first notebook in JupyterLab · 在JupyterLab中打开第一个笔记本
	@$(BIN)/jupyter lab notebooks/1-what-is-on-record.ipynb $(ARGS)

notebooks: $(READY) ## run the notebooks in place, for committing · 就地运行全部笔记本
	@$(BIN)/aistats notebooks

browser: ## install what the browser tests need (Debian, Ubuntu) · 安装浏览器测试所需的软件
	@command -v chromium >/dev/null || { $(SUDO) apt-get update -qq && \
	  $(SUDO) apt-get install -y -qq --no-install-recommends chromium; }
	@npm ci --prefix tests --loglevel=error --no-audit --no-fund

engines: $(READY) ## install the engines whose frames can be counted, and Java for Spark (1 GB) · 安装各计算引擎
	@command -v java >/dev/null || { $(SUDO) apt-get update -qq && \
	  $(SUDO) apt-get install -y -qq --no-install-recommends default-jre-headless; }
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r engines.lock

BENCH ?= imports editions false_claims drafts sizes

bench: $(READY) $(if $(filter sizes,$(BENCH)),engines) ## builds, claims of change, drafts, counts of any size (80 minutes) · 基准测试
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r benchmarks/requirements.lock
	@$(foreach it,$(BENCH),$(BIN)/python benchmarks/$(it).py --out benchmarks/$(it).csv $(ARGS) &&) true

texts: $(READY) ## put the keys of texts that the code uses into both .po files · 更新文字目录
	@$(BIN)/pybabel -q extract --no-default-keywords $(KEYWORDS:%=-k %) --no-location \
	  --project aistats --version '' -o $(POT) src
	@$(BIN)/pybabel -q update -i $(POT) -D aistats -d src/aistats/locale --width 100 \
	  --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date

lock: $(READY) ## rewrite the lock files from pyproject.toml · 重写依赖锁定文件
	@$(BIN)/uv pip compile pyproject.toml --extra lab --group dev $(LOCK) -o requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --extra engines --constraint requirements.lock $(LOCK) \
	  -o engines.lock
	@$(BIN)/uv pip compile --group bench --constraint requirements.lock $(LOCK) \
	  -o benchmarks/requirements.lock

update: ## move the lock files to the newest versions, rebuild, and show what changed · 升级依赖并列出变化
	@$(MAKE) --no-print-directory lock UPGRADE=--upgrade
	@git --no-pager diff --unified=0 -- '*.lock' | grep '^[-+][a-z0-9]' || echo "No newer versions · 没有新版本"
	@$(MAKE) --no-print-directory verify || true  # what the new versions change in what is published
	@$(MAKE) --no-print-directory notebooks report
	@git --no-pager diff --stat

clean: ## remove what the targets made, editions excepted · 清理（不动已生成的报告）
	rm -rf reports/.cache .venv .hypothesis .mypy_cache .ruff_cache .pytest_cache

$(INSTALLED): requirements.lock pyproject.toml hatch_build.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "aistats needs Python 3.11 or newer (make PYTHON=python3.12 …) · 需要Python 3.11或更新版本" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "This Python lacks venv. On Debian or Ubuntu: sudo apt install python3-venv" >&2; \
	  echo "这个Python没有venv模块。Debian或Ubuntu请先运行：sudo apt install python3-venv" >&2; exit 1; }
	@echo "Setting up .venv (once) · 正在准备.venv（只需一次）"
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

%.mo: %.po | $(INSTALLED)  # after a change; the first time, installing compiles them
	@$(BIN)/pybabel -q compile -i $< -o $@
