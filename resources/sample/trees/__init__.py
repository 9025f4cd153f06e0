"""Rate trees of the sample operator, as exported trees."""
