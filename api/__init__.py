"""The Litestar application: JSON resources, pages, and the `panier` command line."""
