# @Title@

What @a one@ is, in the words of the field, and what it is for.

Each belongs to a pool: who sees the pool sees it. It is changed by the version that was seen, put away instead of
deleted, and every change is in the audit log.
