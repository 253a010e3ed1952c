"""`python -m slantwise` is `slantwise`."""

from slantwise.cli import main

main(prog_name="slantwise")
