"""The simulator: whole companies under all weather, in one thread, from one seed, against an independent model.

Nothing imports it; the installed product does not carry it. What it finds is repaired in the engine, never here.
"""
