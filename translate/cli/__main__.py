"""`python -m translate.cli` is `dragoman`."""

from translate.cli import main

main()
