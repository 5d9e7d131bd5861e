"""What every room uses: settings, database session, errors, words, clock. Knows no domain."""
