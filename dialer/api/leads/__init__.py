"""Leads: lists come in."""
