"""Checks: rules over drafts and approved pages, and how their findings are reported."""

from pipeline.translation.checks.finding import Finding
from pipeline.translation.checks.formats import FORMATS, render
from pipeline.translation.checks.page import LinkFault, Page, Shared
from pipeline.translation.checks.rules import RULES, Level, Rule
from pipeline.translation.checks.run import CheckReport, check, check_page

__all__ = [
    "FORMATS",
    "RULES",
    "CheckReport",
    "Finding",
    "Level",
    "LinkFault",
    "Page",
    "Rule",
    "Shared",
    "check",
    "check_page",
    "render",
]
