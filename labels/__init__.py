"""Plain values in, PDF bytes out. Imports no other room."""
