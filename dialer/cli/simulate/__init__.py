"""`dialer simulate` and `dialer replay`: what the simulator is asked, and how it answers."""
