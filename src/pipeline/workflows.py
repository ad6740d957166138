"""`pipeline init --github`: workflows of GitHub Actions for a site. Actions are pinned to commits, and each job may do
only what it needs.
"""

from __future__ import annotations

import json

from pipeline import __version__

__all__ = ["workflows"]

_CHECKOUT = "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2"
_PYTHON = "actions/setup-python@a26af69be951a213d495a4c3e4e4022e16d87065 # v5.6.0"
_CACHE = "actions/cache@5a3ec84eff668545956fd18022155c47e93e2684 # v4.2.3"
_AWS = "aws-actions/configure-aws-credentials@e3dd6a429d7300a6a4c196c26e071d42e0343502 # v4.0.2"

_INSTALL = f"""\
      - uses: {_PYTHON}
        with:
          python-version: "3.11"
          cache: pip
          cache-dependency-path: pipeline.toml
      - run: python -m pip install "multilingual-pipeline@EXTRA=={__version__}\""""
_TRANSLATE = """\
# English posts that were pushed are translated, and each translation is proposed as a pull request.
name: Translate
on:
  push:
    branches: [@BRANCH]
    paths: ["content/@SOURCE/**", glossary.csv, pipeline.toml]
  workflow_dispatch:

permissions: {}

concurrency:
  group: translate # one run at a time; none is stopped half-way

jobs:
  translate:
    runs-on: ubuntu-latest
    timeout-minutes: 60
    permissions:
      contents: write # branches with translations
      pull-requests: write
    env:
      # Pull requests made with the workflow's own token start no other workflows, such as Check. With a token of a
      # GitHub App or of a person in PIPELINE_TOKEN they do.
      GITHUB_TOKEN: ${{ secrets.PIPELINE_TOKEN || github.token }}
      PIPELINE_REVIEW__AUTHOR: github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com>
      # Keys of engines go here:
      # DEEPL_AUTH_KEY: ${{ secrets.DEEPL_AUTH_KEY }}
    steps:
      - uses: @CHECKOUT
        with:
          fetch-depth: 0 # earlier translations are found in the history
          persist-credentials: false
@INSTALL[forges]
      - uses: @CACHE
        with:
          path: .pipeline/journal # what an engine has answered is not asked again
          key: pipeline-journal-${{ github.run_id }}
          restore-keys: pipeline-journal-
      - name: Bring what reviewers wrote
        run: pipeline propose --fetch || test $? -eq 3 # 3: something needs a person
      - name: Translate
        run: pipeline translate || test $? -eq 3
      - name: Propose
        run: pipeline propose || test $? -eq 3
"""
_CHECK = """\
# What the checks find in a pull request is shown beside its lines.
name: Check
on:
  pull_request:
    paths: ["content/**", glossary.csv, pipeline.toml]

permissions: {}

jobs:
  check:
    runs-on: ubuntu-latest
    timeout-minutes: 20
    permissions:
      contents: read
    steps:
      - uses: @CHECKOUT
        with:
          persist-credentials: false
@INSTALL
      - run: pipeline check --format github
      - run: pipeline build || test $? -eq 3 # 3: there are warnings
"""
_PUBLISH = """\
# What is merged is published, with a role that trusts this repository: no key is stored. The repository's variables
# PIPELINE_TARGET (s3://bucket), AWS_ROLE and AWS_REGION say where, and docs/hosting.md makes the role.
name: Publish
on:
  push:
    branches: [@BRANCH]
  schedule:
    - cron: "17 5 * * *" # posts with a date to come
  workflow_dispatch:

permissions: {}

concurrency:
  group: publish # one run at a time; none is stopped half-way

jobs:
  publish:
    if: vars.PIPELINE_TARGET != ''
    runs-on: ubuntu-latest
    timeout-minutes: 60
    permissions:
      contents: read
      id-token: write # to assume the role
    env:
      PIPELINE_PUBLISH__TARGET: ${{ vars.PIPELINE_TARGET }}
    steps:
      - uses: @CHECKOUT
        with:
          fetch-depth: 0 # dates of changes are found in the history
          persist-credentials: false
@INSTALL
      - uses: @AWS
        with:
          role-to-assume: ${{ vars.AWS_ROLE }}
          aws-region: ${{ vars.AWS_REGION || 'us-east-1' }}
      - run: pipeline build || test $? -eq 3 # 3: there are warnings
      - run: pipeline publish
"""
_PREVIEW = """\
# A pull request of this repository gets its site below preview/, until it ends. AWS_PREVIEW_ROLE is a role that trusts
# pull requests of this repository and may write below preview/ only; without it there are no previews.
name: Preview
on:
  pull_request:
    types: [opened, synchronize, reopened, closed]
    paths: ["content/**"]

permissions: {}

concurrency:
  group: preview-${{ github.event.pull_request.number }}

jobs:
  preview:
    if: vars.AWS_PREVIEW_ROLE != '' && github.event.pull_request.head.repo.full_name == github.repository
    runs-on: ubuntu-latest
    timeout-minutes: 30
    permissions:
      contents: read
      id-token: write # to assume the role
    env:
      BRANCH: ${{ github.head_ref }}
      PIPELINE_PUBLISH__TARGET: ${{ vars.PIPELINE_TARGET }}
    steps:
      - uses: @CHECKOUT
        with:
          persist-credentials: false
@INSTALL
      - uses: @AWS
        with:
          role-to-assume: ${{ vars.AWS_PREVIEW_ROLE }}
          aws-region: ${{ vars.AWS_REGION || 'us-east-1' }}
      - if: github.event.action != 'closed'
        run: pipeline preview "$BRANCH"
      - if: github.event.action == 'closed'
        run: pipeline preview "$BRANCH" --end
"""
_FILES = {"translate": _TRANSLATE, "check": _CHECK, "preview": _PREVIEW, "publish": _PUBLISH}


def workflows(branch: str, source: str) -> dict[str, str]:
    """Path → text of each workflow, for a site whose published `branch` and whose `source` locale are these."""
    words = {
        "@CHECKOUT": _CHECKOUT,
        "@CACHE": _CACHE,
        "@AWS": _AWS,
        "@INSTALL[forges]": _INSTALL.replace("@EXTRA", "[forges]"),
        "@INSTALL": _INSTALL.replace("@EXTRA", ""),
        "@BRANCH": json.dumps(branch),
        "@SOURCE": source,
    }
    found = {}
    for name, text in _FILES.items():
        for word, meaning in words.items():
            text = text.replace(word, meaning)
        found[f".github/workflows/{name}.yml"] = text
    return found
