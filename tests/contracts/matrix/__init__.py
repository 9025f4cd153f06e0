"""The permission matrix: a small network of companies, and how every service call is made in it."""
