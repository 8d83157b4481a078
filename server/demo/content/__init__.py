"""The demo company's content: catalogue data that people wrote, and pure generators of its customers and work orders.

Nothing here reads a clock, a database or the network; field names belong to this folder, the demo builder maps them.

Shapes (every name is ``{"zh", "en"}``; money is integer fen; coordinates are WGS-84 microdegrees; instants are
``YYYY-MM-DDTHH:MM:SSZ`` in UTC; days are ``YYYY-MM-DD`` of the site's zone; ids are UUID text unless called a code):

- catalogue files: see the keys of one row in each ``*.json``; people and places refer to each other by code or login
- ``customers.customer_base``: customers, contacts, sites, assets, contracts, maintenance_plans
- ``history.closed_year`` and ``today.open_days``: work_orders, visits, stock_moves, ratings, complaints, follow_ups,
  expert_cases, shifts
"""
