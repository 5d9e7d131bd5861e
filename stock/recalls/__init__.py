"""Product recalls: alerts are read, compared with what came in, and what is concerned is blocked at once."""
