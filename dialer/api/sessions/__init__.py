"""Sessions of browsers: log in, stay, log out; the own password and second factor."""
