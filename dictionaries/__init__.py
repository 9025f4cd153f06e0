"""Dictionaries of the field (countries, operators, codes …), and matching texts to them."""
