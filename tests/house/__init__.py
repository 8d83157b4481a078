"""Tests of the house itself: settings, locks, purity and the direction of imports.
No behaviour of the product is tested here.
"""
