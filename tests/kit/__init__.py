"""What tests and benchmarks stand on: real servers, fakes of the switch, worlds, pages."""
