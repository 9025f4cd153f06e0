"""Pure values and calculation on the standard library and numpy: rate trees, prices."""
