"""Small widgets that every page uses; each module holds one of them."""
