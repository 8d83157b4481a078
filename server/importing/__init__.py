"""Customers, sites, assets, technicians and open orders from CSV files, through the write door like everything else.

A dry run lists every bad row and writes nothing. A real run is keyed by the codes in the file: again is safe.
"""
