"""The demo: the whole product on this machine, with a public network and reps that are not
people.
"""
