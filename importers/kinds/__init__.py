"""How each kind of file (IMP-3) becomes candidate rates."""
