"""The faults, as data: one file for each invariant. Each is a slip that a hurried hand makes."""
