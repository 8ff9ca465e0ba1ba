"""`{{ entry|described }}`: what a log entry says."""

from django import template

from events.log_words import describe

register = template.Library()
register.filter("described", describe)
