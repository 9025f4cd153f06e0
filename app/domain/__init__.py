"""Pure values and calculation: rate trees, their differences, prices. Standard library and numpy only."""
