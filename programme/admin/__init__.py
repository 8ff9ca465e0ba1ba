"""The organisers' and reviewers' side of calls: what is sent in, judged, decided and told."""

from programme.admin import applications, calls, decisions, proposals, reviewing

__all__ = ["applications", "calls", "decisions", "proposals", "reviewing"]
