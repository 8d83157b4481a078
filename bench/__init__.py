"""What the product costs, beside references that do the same bytes without any logic. Measures; never decides."""
