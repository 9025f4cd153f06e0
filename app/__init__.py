"""Tariffdesk: tariff and billing back office; see the README for the map of the packages."""
