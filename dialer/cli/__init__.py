"""The command line: `dialer …`. Modules import what they need when a command runs, not before."""
