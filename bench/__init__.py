"""What the product costs, beside references that do the same bytes without any logic, and beside other products.

Measures and judges; the product never imports it, and it changes nothing of the product.
"""
