"""Tests of the tariff screens."""
