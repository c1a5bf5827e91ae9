"""`python -m aggregator.app` is `jobbfyr`."""

from aggregator.app.cli import main

main()
