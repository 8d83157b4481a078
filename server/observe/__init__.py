"""What the process says about itself: logs, numbers, health. No personal data, no secret and no body in any of it."""
