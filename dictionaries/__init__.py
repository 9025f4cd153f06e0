"""Dictionaries of the field (countries, operators, codes, markets …), and matching texts to them."""
