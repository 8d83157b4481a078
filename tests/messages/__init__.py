"""Messages: the sender, the contract of channels, real SMTP, words and previews, what the desk sees."""
