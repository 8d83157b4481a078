"""What somebody who wishes us ill may try: each promise of docs/SECURITY.md has its test here or is named there.

`DOORSTEP_SECURITY_EXAMPLES` multiplies the examples of every generated test here; `make security` sets it to 20.
"""
