"""Members, reste à vivre, admission, exclusions, needs: what is known of the people who come."""
