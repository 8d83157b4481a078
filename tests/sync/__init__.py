"""The engine's promises, on a small made-up business. What field service adds is tested in tests/domain."""
