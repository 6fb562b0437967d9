"""Tokens of programs: scoped, shown once, ending by themselves."""
