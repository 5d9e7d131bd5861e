"""`python -m api` is `panier`."""

from api.cli import main

main()
