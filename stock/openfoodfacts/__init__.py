"""What Open Food Facts knows of products: read from their exports, or asked for one number at a time."""
