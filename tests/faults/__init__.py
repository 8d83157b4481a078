"""Real servers, real databases, real phones, and everything that can happen to them: nothing acknowledged is lost."""
