"""Instance to plan (pure), sessions, baskets, hand-over, what is left behind, and the waste report."""
