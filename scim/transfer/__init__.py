"""Whole tenants as lines of JSON, in and out."""
