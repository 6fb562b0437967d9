"""Records: what a feature keeps as rows that people list, read, make, change and put away.

A feature declares the record (`dialer.ports.records`), its table (`dialer.store.record_tables`) and
its place in the store (`keeping.kept_records`); `routes.record_router` answers HTTP for it.
"""
