"""Catalogue, barcodes and dates, lots, the ledger of movements, donors, temperatures, waste."""
