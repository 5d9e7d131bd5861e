"""Organisations, sites, the people who log in, their roles, and the audit trail."""
