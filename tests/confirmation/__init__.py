"""A visit's time is confirmed by the customer: real free times, signed links, the pages behind them."""
